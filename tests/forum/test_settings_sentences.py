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
    ],
)
def test_wrong_settings_are_told_how_to_write_them(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    description = Settings.model_fields[name.lower()].description
    assert str(refused.value) == f"{name} is wrong: it can't be “{value}”. How to write it: {description}"


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("SITE_NAME", "x" * 50, "it is too long: it has 50 letters, and 40 at most fit"),
        ("DATA_DIR", "", "it names no folder; write /var/lib/confer, or leave it out, which means var"),
        ("DATA_DIR", "  ", "it names no folder; write /var/lib/confer, or leave it out, which means var"),
    ],
)
def test_what_is_wrong_is_said(monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert str(refused.value).startswith(f"{name} is wrong: {reason}. How to write it: ")


def test_a_name_of_forty_letters_is_taken_without_the_spaces_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_NAME", f" {'x' * 40} ")
    assert read_settings().site_name == "x" * 40


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


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMTP_URL", "smtp://127.0.0.1:abc"),
        ("SMTP_URL", "smtp://127.0.0.1:99999"),
        ("SMTP_URL", "smtp://"),
        ("SMTP_URL", "smtp://confer:se/cret@mail.example.org"),
        ("SMTP_URL", "mail.example.org"),
        ("REDIS_URL", "redis://127.0.0.1:99999/0"),
        ("REDIS_URL", "redis://127.0.0.1:abc/0"),
        ("REDIS_URL", "redis://"),
        ("REDIS_URL", "redis://127.0.0.1/first"),
        ("REDIS_URL", "127.0.0.1:6379"),
        ("DATABASE_URL", "postgresql://confer:secret@127.0.0.1:abc/confer"),
        ("DATABASE_URL", "postgresql://127.0.0.1:99999/confer"),
        ("FILES_URL", "s3://files/confer?endpoint=https://minio.example.org:abc"),
        ("FILES_URL", "s3://files/confer?endpoint=minio.example.org"),
        ("CLAMD_URL", "tcp://127.0.0.1:99999"),
        ("TIME_ZONE", ""),
    ],
)
def test_an_address_that_none_could_use_stops_the_start(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=rf"\A{name} is wrong: .{{10,}}\. How to write it: \S") as refused:
        read_settings()
    assert "secret" not in str(refused.value)
    assert "se/cret" not in str(refused.value)
    assert "called ." not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMTP_URL", "smtps://confer%40example.org:a%2Fb@mail.example.org"),
        ("SMTP_URL", "smtp://[::1]:2525"),
        ("REDIS_URL", "redis://:secret@127.0.0.1:6379/0"),
        ("REDIS_URL", "rediss://redis.example.org"),
        ("REDIS_URL", "unix:///run/redis.sock?db=1"),
        ("DATABASE_URL", "postgresql://confer:se[:cret@db.example.org:5432/confer?sslmode=require"),
        ("DATABASE_URL", "postgresql:///confer?host=/run/postgresql"),
        ("DATABASE_URL", "postgres://confer@[::1]/confer"),
        ("FILES_URL", "s3://KEY:SE%2FCRET@files/confer?endpoint=http://127.0.0.1:9000&region=eu-west-2"),
    ],
)
def test_addresses_that_can_be_used_are_taken(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    for each, written in (("SECRET_KEY", "k" * 32), ("MAIL_FROM", "confer@example.org"), (name, value)):
        monkeypatch.setenv(each, written)
    assert getattr(read_settings(), name.lower()) == value


def test_domains_are_taken_with_spaces_and_capitals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL_DOMAINS", " NHS.uk, example.org,")
    assert read_settings().domains == {"nhs.uk", "example.org"}
