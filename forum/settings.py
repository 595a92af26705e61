"""Every setting, read from the environment once, at the start. A wrong one stops it with a sentence."""

import os
import re
import secrets
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from auth.emails import mailable_email
from auth.proxies import parse_proxies

LONGEST_SITE_NAME = 40
_HOST_NAME = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\Z")
_DATABASE_ADDRESS = re.compile(r"postgres(?:ql)?://(?:[^:/]*(?::[^@]*)?@)?(?:\[[^/?]+\]|[^/:?]*)(?::([^/?]*))?")


class SettingsError(Exception):
    """A setting has a wrong value; the text says which and how to write it."""


class Settings(BaseModel):
    """How Confer runs. Each field is the environment variable of the same name in capitals."""

    model_config = ConfigDict(frozen=True)

    port: int = Field(8000, ge=0, le=65535, description="Port of the server, a number from 0 to 65535.")
    host: str = Field("127.0.0.1", description="Address the server listens on.")
    data_dir: Path = Field(Path("var"), description="Folder for the database, keys and mail files.")
    base_url: str = Field(
        "",
        description="Address people use, such as https://confer.example.org; localhost, 127.0.0.1 and [::1] are one.",
    )
    database_url: str = Field("", description="postgresql://… or sqlite:///path; SQLite in DATA_DIR if empty.")
    files_url: str = Field(
        "", description="file:///folder or s3://bucket/folder, where files are kept; a folder in DATA_DIR if empty."
    )
    file_mb: int = Field(200, ge=1, le=5_000, description="Most megabytes of one file, 1 to 5000.")
    network_mb: int = Field(10_000, ge=1, description="Most megabytes of the files of one network.")
    site_mb: int = Field(0, ge=0, description="Most megabytes of files of all networks; as much as the disk has if 0.")
    clamd_url: str = Field(
        "", description="tcp://host:3310 or unix:///path of a virus scanner (clamd); off gives out what still waits."
    )
    secret_key: str = Field("", description="At least 32 characters; made once in DATA_DIR on SQLite.")
    redis_url: str = Field("", description="redis://host:port/0; without it one process serves all.")
    smtp_url: str = Field("", description="smtp://user:password@host:587; without it mail becomes files.")
    mail_from: str = Field("", description="Address that mail comes from; confer@ the host if empty.")
    trusted_proxies: str = Field("", description="Addresses of proxies whose forwarded headers count.")
    rate_limits: Literal["on", "off"] = Field("on", description="Write on, or off for load tests.")
    allow_http: bool = Field(False, description="1 allows http on addresses that are not loopback.")
    registration: Literal["open", "closed"] = Field("open", description="Write open or closed.")
    email_domains: str = Field("", description="Domains people may register from, with commas; all if empty.")
    network_creation: Literal["anyone", "administrators"] = Field(
        "anyone", description="Who may create networks: anyone or administrators."
    )
    site_name: str = Field("Confer", description="The name in the corner of each page, up to 40 letters.")
    time_zone: str = Field("Europe/London", description="Zone of the times on pages, such as Europe/London.")
    development: bool = Field(False, description="1 shows /styleguide and reloads templates.")
    database_connections: int = Field(8, ge=2, le=100, description="Connections of one process, 2 to 100.")
    metrics_port: int = Field(0, ge=0, le=65535, description="Port of /metrics, on 127.0.0.1 only; 0 serves none.")
    log_requests: Literal["on", "off"] = Field(
        "on", description="Write on for a line in the log for each request, or off for those alone that failed here."
    )

    @field_validator("data_dir", mode="before")
    @classmethod
    def _check_data_dir(cls, value: object) -> object:
        if not str(value).strip():  # it would be wherever the command happens to be typed
            raise ValueError("it names no folder; write /var/lib/confer, or leave it out, which means var")
        return value

    @field_validator("metrics_port", mode="before")
    @classmethod
    def _read_no_port(cls, value: object) -> object:
        return value or 0

    @field_validator("trusted_proxies")
    @classmethod
    def _check_proxies(cls, value: str) -> str:
        parse_proxies(value)
        return value

    @field_validator("host")
    @classmethod
    def _check_host(cls, value: str) -> str:
        if not _is_address(value) and (not _HOST_NAME.match(value) or value.rpartition(".")[2].isdecimal()):
            raise ValueError(f"“{value}” is no address of a machine; write 127.0.0.1, or 0.0.0.0 to listen on all")
        return value

    @field_validator("mail_from")
    @classmethod
    def _check_mail_from(cls, value: str) -> str:
        if not value:
            return value
        name, address = parseaddr(value)
        if not name and address != value.strip(" <>"):  # of several addresses only the first was read
            address = ""
        if not _is_one_line(value) or not (address.endswith("@localhost") or is_mailable(address)):
            raise ValueError(
                f"“{value}” is no e-mail address; write confer@example.org, or Confer <confer@example.org>"
            )
        return value

    @field_validator("files_url")
    @classmethod
    def _check_files_url(cls, value: str) -> str:
        if value and not value.startswith(("file:///", "s3://")):
            raise ValueError("it must begin with file:/// or s3://")
        if value.startswith("s3://"):
            parts = urlsplit(value)
            if not parts.hostname:
                raise ValueError("it names no bucket; write s3://bucket/folder?endpoint=https://…&region=…")
            endpoint = dict(parse_qsl(parts.query)).get("endpoint", "")
            if endpoint and not (endpoint.startswith(("http://", "https://")) and _names_a_host(endpoint)):
                raise ValueError("its endpoint must look like https://minio.example.org:9000")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _check_smtp_url(cls, value: str) -> str:
        if value and not (value.startswith(("smtp://", "smtps://")) and _names_a_host(value)):
            raise ValueError(
                "it must begin with smtp:// or smtps://, name a host, and no port above 65535; "
                "in a password write / as %2F and # as %23"
            )
        return value

    @field_validator("redis_url")
    @classmethod
    def _check_redis_url(cls, value: str) -> str:
        is_socket = value.startswith("unix:///")
        if value and not is_socket and not (value.startswith(("redis://", "rediss://")) and _names_a_host(value)):
            raise ValueError(
                "it must begin with redis:// or rediss://, name a host, and no port above 65535; "
                "in a password write / as %2F and # as %23"
            )
        if value and not is_socket and not re.fullmatch(r"/?\d*/?", urlsplit(value).path):
            raise ValueError("after the host comes the number of a database, such as /0")
        return value

    @field_validator("database_url")
    @classmethod
    def _check_database_url(cls, value: str) -> str:
        """Read as SQLAlchemy reads it: a password may have more signs in it than elsewhere."""
        parts = _DATABASE_ADDRESS.match(value)
        port = parts.group(1) if parts else None
        if port and not (port.isdecimal() and 0 < int(port) <= 65535):
            raise ValueError(
                "its port is no number from 1 to 65535; in a password write @ as %40, / as %2F and : as %3A"
            )
        return value

    @field_validator("clamd_url")
    @classmethod
    def _check_clamd_url(cls, value: str) -> str:
        if value in ("", "off"):
            return value
        parts = urlsplit(value)  # a port that is none raises ValueError below
        is_socket = parts.scheme == "unix" and not parts.netloc and parts.path.startswith("/")
        if not is_socket and not (parts.scheme == "tcp" and parts.hostname and parts.port and not parts.path):
            raise ValueError("it must look like tcp://127.0.0.1:3310 or unix:///run/clamav/clamd.ctl")
        return value

    @field_validator("site_name")
    @classmethod
    def _check_site_name(cls, value: str) -> str:
        if not value.strip() or not _is_one_line(value):
            raise ValueError("it must have at least one letter, and no line breaks")
        if len(value.strip()) > LONGEST_SITE_NAME:
            raise ValueError(
                f"it is too long: it has {len(value.strip())} letters, and {LONGEST_SITE_NAME} at most fit"
            )
        return value.strip()

    @field_validator("email_domains")
    @classmethod
    def _check_domains(cls, value: str) -> str:
        for domain in filter(None, (part.strip() for part in value.split(","))):
            if not is_mailable(f"anybody@{domain}"):
                raise ValueError(f"“{domain}” is no domain; write what stands after the @, such as example.org")
        return value

    @field_validator("time_zone")
    @classmethod
    def _check_time_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"no time zone is called “{value}”") from error
        return value

    @model_validator(mode="after")
    def _check_addresses(self) -> "Settings":
        self._check_public_url()
        if not self.database.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
            raise ValueError("DATABASE_URL must begin with postgresql:// or sqlite:///")
        if self.secret_key and len(self.secret_key) < 32:
            raise ValueError("SECRET_KEY must have at least 32 characters")
        if self.is_postgresql and not self.secret_key:
            raise ValueError("SECRET_KEY is needed with PostgreSQL: at least 32 random characters")
        return self

    def _check_public_url(self) -> None:
        if not self.base_url and not is_loopback(self.host) and (not self.allow_http or is_every(self.host)):
            raise ValueError(
                f"HOST is {self.host}, where others reach this server: "
                "set BASE_URL to the address that they use, such as https://confer.example.org"
            )
        host = host_of(self.public_url)
        if not host:
            raise ValueError("BASE_URL must look like https://confer.example.org, without a path")
        if not self.is_https and not self.allow_http and not is_loopback(host):
            raise ValueError("BASE_URL is http on a name that others reach: use https, or set ALLOW_HTTP=1")
        if self.smtp_url and not self.mail_from and not is_loopback(host) and not is_mailable(f"confer@{host}"):
            raise ValueError(f"MAIL_FROM is needed, such as confer@example.org: no mail can come from confer@{host}")

    @property
    def public_url(self) -> str:
        """The address people use, without a closing slash; every link is built from it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.base_url or f"http://{host}:{self.port}").rstrip("/")

    @property
    def is_https(self) -> bool:
        """Whether people reach the site by https, so that cookies are `__Host-` and Secure."""
        return self.public_url.startswith("https://")

    @property
    def database(self) -> str:
        """The database address with the asynchronous driver that we use."""
        if not self.database_url:
            return f"sqlite+aiosqlite:///{(self.data_dir / 'confer.sqlite3').absolute()}"
        for written, driver in (("postgres://", "postgresql+asyncpg://"), ("postgresql://", "postgresql+asyncpg://")):
            if self.database_url.startswith(written):
                return driver + self.database_url.removeprefix(written)
        if self.database_url.startswith("sqlite:///"):
            return "sqlite+aiosqlite:///" + self.database_url.removeprefix("sqlite:///")
        return self.database_url

    @property
    def is_postgresql(self) -> bool:
        """Whether the database is PostgreSQL; otherwise it is SQLite."""
        return self.database.startswith("postgresql")

    @property
    def domains(self) -> frozenset[str]:
        """The e-mail domains that people may register from; empty means all."""
        return frozenset(filter(None, (part.strip().lower() for part in self.email_domains.split(","))))

    @property
    def files(self) -> str:
        """Where files are kept, as an address."""
        return self.files_url or (self.data_dir / "files").absolute().as_uri()

    @property
    def has_scanner(self) -> bool:
        """Whether new files are held back until a virus scanner has found them clean."""
        return self.clamd_url not in ("", "off")

    @property
    def spool(self) -> Path:
        """Where files lie that are on their way to object storage."""
        return self.data_dir / "files"

    def key(self) -> bytes:
        """The secret key; on SQLite made on the first start and kept in DATA_DIR, mode 0600."""
        if self.secret_key:
            return self.secret_key.encode()
        path = self.data_dir / "secret_key"
        if not path.exists():
            self.data_dir.mkdir(parents=True, exist_ok=True)
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(file, "w") as stream:
                stream.write(secrets.token_urlsafe(48))
        return path.read_bytes()


def _is_one_line(text: str) -> bool:
    return all(character.isprintable() for character in text)


def _names_a_host(url: str) -> bool:
    """Whether an address has a host, and no port that is none."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def host_of(url: str) -> str:
    """The host of an http or https address without a path; empty where it is not one."""
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in ("http", "https") and parts.path in ("", "/") and parts.port != -1
    except ValueError:  # a port that is none, or half a bracket
        return ""
    return (parts.hostname or "") if is_whole and not (parts.query or parts.fragment or parts.username) else ""


def is_mailable(address: str) -> bool:
    """Whether mail can come from this address."""
    try:
        return bool(mailable_email(address))
    except ValueError:
        return False


def is_every(host: str) -> bool:
    """Whether listening there means on every address of this machine, so that it is no address to go to."""
    return _is_address(host) and ip_address(host).is_unspecified


def is_loopback(host: str) -> bool:
    """Whether the host is this machine's own loopback address or name."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


_TOLD_AGAIN = frozenset(Settings.model_fields) - {"secret_key", "database_url", "redis_url", "smtp_url", "files_url"}
"""Settings that hold no secret: what was written is said with what is wrong."""


def read_settings() -> Settings:
    """The settings of the environment. Raises SettingsError, whose text says what to write."""
    try:
        return Settings.model_validate(
            {name: os.environ[name.upper()] for name in Settings.model_fields if name.upper() in os.environ}
        )
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(dict(item)) for item in error.errors())) from error


def _sentence(error: dict[str, object]) -> str:
    location = error["loc"]
    name = str(location[0]) if isinstance(location, tuple) and location else ""
    reason = str(error["msg"]).removeprefix("Value error, ").removeprefix(f"{name.upper()}: ").rstrip(".")
    if not name:
        return f"{reason}."
    given = str(error.get("input", ""))
    if error["type"] == "value_error":
        said = f": {reason}"
    else:  # pydantic's words are for programmers
        said = f": it can't be “{given}”" if name in _TOLD_AGAIN and len(given) <= 40 else ""
    return f"{name.upper()} is wrong{said}. How to write it: {Settings.model_fields[name].description}"
