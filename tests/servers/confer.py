"""Confer itself as other programs meet it: a process with a port, started by its command line.

Nothing here reaches into the code: only the names of the environment, the commands and the
addresses that the contract fixes.
"""

import http.client
import os
import secrets
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.servers.forks import ForkedChild, run
from tests.servers.postgres import PostgresServer
from tests.servers.processes import Child, free_port
from tests.servers.redis import RedisServer
from tests.servers.shapes import POSTGRES_REDIS

ROOT = Path(__file__).parents[2]
PASSWORD = "a long walk by the river"
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "PYTHONWARNINGS", "PYTHONASYNCIODEBUG")


@dataclass(frozen=True, slots=True)
class Person:
    """A verified account: how it signs in, and a token for the API."""

    email: str
    name: str
    password: str
    token: str

    @property
    def bearer(self) -> dict[str, str]:
        """The header that says to the API who asks."""
        return {"Authorization": f"Bearer {self.token}"}


class CommandFailed(Exception):
    """A command of `python -m forum` ended with another code than 0; the text is what it said."""


class ConferServer:
    """One `python -m forum serve` on a free port, its data in one folder; may be killed and started again."""

    def __init__(
        self, folder: Path, *, database_url: str = "", redis_url: str | None = None, shape: str = "", **settings: str
    ) -> None:
        """Nothing runs before `start`. `settings` are further environment variables, such as `REGISTRATION="closed"`.

        `redis` is left None; who makes a Redis for this server puts it there for tests to kill. `program` names
        another module to start it with, as `("-m", "tests.faults.broken", "sequence")`.
        """
        self.program: tuple[str, ...] = ()
        self.shape = shape
        self.port = free_port()
        self.data_dir = folder / "data"
        self.log = folder / "log.txt"
        self.redis: RedisServer | None = None
        self._people: dict[str, Person] = {}
        self._child: Child | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self.environment = {name: os.environ[name] for name in _KEPT if name in os.environ} | {
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "BASE_URL": self.url,
            "DATA_DIR": str(self.data_dir),
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url or "",
            "SECRET_KEY": secrets.token_hex(32),
            "RATE_LIMITS": "off",
            **settings,
        }

    @property
    def url(self) -> str:
        """Its address, without a closing slash."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The process id, for measuring it."""
        return self._running().pid

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._child is not None and self._child.running

    @property
    def exit_code(self) -> int | None:
        """How it ended: None while it runs, negative by a signal."""
        return self._running().exit_code

    def said(self) -> str:
        """The whole log, of all its starts."""
        return self.log.read_text("utf-8", errors="replace") if self.log.exists() else ""

    def mails(self) -> list[Path]:
        """The mails that were written instead of sent, oldest first."""
        return sorted((self.data_dir / "mail").glob("*.eml"))  # their names begin with the moment

    def start(self, *options: str, seconds: float = 30.0, cold: bool = False) -> None:
        """Start it with further options of `serve`, and wait until /readyz says 200; `cold` with nothing loaded yet."""
        words = ["serve", *([] if "--only" in options else self._worker()), *options]
        if cold:
            command = [sys.executable, *(self.program or ("-m", "forum")), *words]
            self._child = Child(command, self.log, environment=self.environment, directory=ROOT)
        else:
            self._child = ForkedChild([*self.program, *words], self.log, self.environment)
        deadline = time.monotonic() + seconds
        while self.status("/readyz") != 200:
            if not self._child.running or time.monotonic() > deadline:
                self._child.kill()
                raise RuntimeError(f"Confer does not start:\n{self.said()}")
            time.sleep(0.03)

    def _worker(self) -> list[str]:
        return ["--with-worker"] if self.environment["DATABASE_URL"].startswith("postgresql") else []

    def _running(self) -> Child:
        if self._child is None:
            raise RuntimeError("not started yet")
        return self._child

    def status(self, path: str) -> int | None:
        """The status of one GET; None when nothing answers within two seconds."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return None
        finally:
            connection.close()

    def stop(self) -> int:
        """Ask it to end (SIGTERM) and wait; its exit code."""
        return self._running().stop(seconds=30)  # on a busy machine it takes its time to say goodbye

    def kill(self) -> int:
        """`kill -9`: what was answered is kept, and `start` goes on with the same data and port."""
        return self._running().kill()

    def restart(self) -> None:
        """`kill` and `start`."""
        self.kill()
        self.start()

    def pause(self) -> None:
        """Freeze it: its connections stay open and nothing answers."""
        self._running().send(signal.SIGSTOP)

    def resume(self) -> None:
        """Undo `pause`."""
        self._running().send(signal.SIGCONT)

    def command(self, *words: str, typed: str = "", timeout: float = 120) -> str:
        """Run `python -m forum` with these words on the same data; what it printed. `typed` is its input."""
        code, out, errors = run(words, self.environment, typed, timeout)
        if code != 0:
            raise CommandFailed(f"{' '.join(words)}: code {code}\n{out}{errors}")
        return out

    def person(self, name: str, *, email: str = "", site_administrator: bool = False) -> Person:
        """The verified account of this name, made the first time it is asked for."""
        email = email or f"{name.lower().replace(' ', '.')}@example.org"
        if email not in self._people:
            options = ["--name", name, "--password-stdin", "--token"]
            options += ["--site-administrator"] if site_administrator else []
            printed = self.command("account", "create", email, *options, typed=f"{PASSWORD}\n")
            self._people[email] = Person(email, name, PASSWORD, printed.strip().splitlines()[-1])
        return self._people[email]

    def beside(self, folder: Path, **settings: str) -> "ConferServer":
        """Another process on the same database and Redis, each at an address of its own; not started yet."""
        other = ConferServer(folder, shape=self.shape)
        taken = {name: other.environment[name] for name in ("PORT", "BASE_URL", "DATA_DIR")}
        other.environment = self.environment | taken | settings
        other.redis, other._people = self.redis, self._people
        return other


@contextmanager
def confer_in_shape(
    shape: str, folder: Path, postgres: PostgresServer | None, **settings: str
) -> Iterator[ConferServer]:
    """A started server with fresh data in one of the two shapes, with a Redis of its own where it has one.

    Its database is a copy of one that `python -m forum migrate` made once.
    """
    if shape != POSTGRES_REDIS:
        server = ConferServer(folder, shape=shape, **settings)
        server.data_dir.mkdir(parents=True, exist_ok=True)
        copy_migrated(server.data_dir / "confer.sqlite3")
        with _started(server):
            yield server
        return
    if postgres is None:
        raise ValueError("this shape needs a PostgreSQL server")
    database_url = new_migrated(postgres, folder)
    redis = RedisServer()
    try:
        server = ConferServer(folder, database_url=database_url, redis_url=redis.url, shape=shape, **settings)
        server.redis = redis
        with _started(server):
            yield server
    finally:
        redis.stop()
        postgres.drop_database(database_url)


@contextmanager
def _started(server: ConferServer) -> Iterator[None]:
    server.start()
    try:
        yield
    finally:
        server.stop()


def new_migrated(postgres: PostgresServer, folder: Path) -> str:
    """The address of a fresh PostgreSQL database with all its tables, a copy of one that was migrated once."""
    return postgres.new_database(postgres.make_template("migrated", lambda url: _migrate(folder, url)))


def copy_migrated(path: Path) -> None:
    """Put a fresh SQLite database with all its tables there, a copy of one that was migrated once in this worker."""
    shutil.copyfile(_migrated_file(), path)
    path.chmod(0o600)


@cache
def _migrated_file() -> Path:
    server = ConferServer(Path(tempfile.mkdtemp(prefix="confer-migrated-")))
    server.command("migrate")
    return server.data_dir / "confer.sqlite3"


def _migrate(folder: Path, database_url: str) -> None:
    ConferServer(folder / "migration", database_url=database_url).command("migrate")
