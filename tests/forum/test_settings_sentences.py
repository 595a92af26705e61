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
    assert str(refused.value) == f"{name} is wrong. How to write it: {description}"
