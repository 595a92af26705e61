"""What a wrong setting is answered with: how to write it, in words of ours."""

import pytest

from forum.settings import Settings, SettingsError, read_settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("RATE_LIMITS", "sometimes"),
        ("ALLOW_HTTP", "perhaps"),
        ("DATABASE_CONNECTIONS", "1"),
        ("SITE_NAME", "x" * 41),
    ],
)
def test_wrong_settings_are_told_how_to_write_them(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    description = Settings.model_fields[name.lower()].description
    given = f": it can't be “{value}”" if len(value) <= 40 else ""
    assert str(refused.value) == f"{name} is wrong{given}. How to write it: {description}"


def test_a_secret_is_not_told_with_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "short-secret")
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert "short-secret" not in str(refused.value)


@pytest.mark.parametrize("value", ["@trust", "nhs.uk, @example.org", "nhs.uk; example.org", "example org"])
def test_what_is_no_domain_stops_the_start(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("EMAIL_DOMAINS", value)
    with pytest.raises(SettingsError, match=r"EMAIL_DOMAINS is wrong: .* is no domain; write what stands after the @"):
        read_settings()


def test_domains_are_taken_with_spaces_and_capitals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL_DOMAINS", " NHS.uk, example.org,")
    assert read_settings().domains == {"nhs.uk", "example.org"}
