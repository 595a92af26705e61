"""A private PostgreSQL cluster in a temporary folder, and cheap new databases in it.

`initdb` and the server refuse to run as root, so as root they run as `postgres` or `nobody`.
"""

import asyncio
import contextlib
import itertools
import os
import re
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import asyncpg

from tests.servers.processes import Child, accepts, family, free_port, ordinary_user

_SAFE_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


class PostgresServer:
    """One cluster, listening on the loopback address; `stop` removes it with all its data."""

    def __init__(self, *, fsync: bool = False, settings: Sequence[str] = ()) -> None:
        """Make and start it. `fsync` off is three times faster and loses nothing but a power cut.

        `settings` are further lines of its configuration, such as `max_connections=20`.
        """
        self._folder = Path(tempfile.mkdtemp(prefix="confer-postgres-"))
        self._user = ordinary_user()
        self._numbers = itertools.count(1)
        self._templates: set[str] = set()
        self._settings = ["max_connections=300", "timezone=UTC", *([] if fsync else _FAST), *settings]
        try:
            self._make()
            self.start()
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise

    def _make(self) -> None:
        if self._user is not None:
            shutil.chown(self._folder, self._user)
        self._run("initdb", "--username=confer", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")

    def _run(self, program: str, *arguments: str) -> None:
        child = Child(
            [binary(program), "--pgdata", str(self.data), *arguments], self.log, directory=self._folder, user=self._user
        )
        if child.wait(60) != 0:
            raise RuntimeError(f"{program} failed:\n{child.said()}")

    @property
    def data(self) -> Path:
        """The cluster's folder."""
        return self._folder / "data"

    @property
    def log(self) -> Path:
        """The file with all that `initdb` and the server said."""
        return self._folder / "log.txt"

    def start(self) -> None:
        """Start it, on a new port the first time and on the same one after `kill`."""
        for _ in range(3):
            self.port = getattr(self, "port", None) or free_port()
            settings = [f"--{setting}" for setting in self._settings]
            self._child = Child(
                [binary("postgres"), "-D", str(self.data), f"--port={self.port}", *_PRIVATE, *settings],
                self.log,
                directory=self._folder,
                user=self._user,
                stop_signal=signal.SIGINT,  # fast: does not wait for connections to end
            )
            if self._answers():
                return
            self._child.kill()
            del self.port
        raise RuntimeError(f"PostgreSQL does not start:\n{self._child.said()}")

    def _answers(self) -> bool:
        deadline = time.monotonic() + 20
        while self._child.running and time.monotonic() < deadline:
            if accepts(self.port):
                try:
                    self.execute("SELECT 1")
                except asyncpg.CannotConnectNowError:
                    pass
                else:
                    return True
            time.sleep(0.02)
        return False

    def url(self, database: str) -> str:
        """The address of one of its databases, as `DATABASE_URL` takes it."""
        return f"postgresql+asyncpg://confer@127.0.0.1:{self.port}/{database}"

    def new_database(self, template: str | None = None) -> str:
        """The address of a new database: empty, or a copy of a template made by `make_template`."""
        name = f"test_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {_safe(template or 'template1')} STRATEGY FILE_COPY")
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Remove a database and end every connection to it."""
        self.execute(f"DROP DATABASE IF EXISTS {_safe(url.rpartition('/')[2])} WITH (FORCE)")

    def make_template(self, name: str, fill: Callable[[str], None]) -> str:
        """Once for each name: make a database and let `fill` migrate it by its address; the name again."""
        if name not in self._templates:
            self.execute(f"CREATE DATABASE {_safe(name)}")
            fill(self.url(name))
            self._templates.add(name)
        return name

    def execute(self, statement: str) -> None:
        """Run one statement as the cluster's administrator; may be called beside a running event loop."""
        _run_apart(lambda: self._execute(statement))

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(host="127.0.0.1", port=self.port, user="confer", database="postgres")
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def kill(self) -> None:
        """`kill -9` of all its processes, as a power cut would; `start` brings it back with what was committed."""
        for pid in family(self._child.pid):  # each of its children is a process group of its own
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._child.kill()

    def restart(self) -> None:
        """End it as an administrator would, which ends every connection, and start it again on the same port."""
        self._child.stop()
        self.start()

    def pause(self) -> None:
        """Freeze the server and its connections: they stay open and nothing answers."""
        for pid in family(self._child.pid):
            os.kill(pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Undo `pause`."""
        for pid in family(self._child.pid):
            with contextlib.suppress(ProcessLookupError):  # a back end that has ended meanwhile
                os.kill(pid, signal.SIGCONT)

    def stop(self) -> None:
        """End it and remove its data."""
        self.resume()
        self._child.stop()
        shutil.rmtree(self._folder, ignore_errors=True)


_FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
_PRIVATE = ["--listen_addresses=127.0.0.1", "--unix_socket_directories=", "--log_timezone=UTC"]


def binary(name: str) -> str:
    """The path of one of PostgreSQL's programs; Debian keeps them out of the PATH, newest version first."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    found = str(versions[-1]) if versions else shutil.which(name)
    if not found:
        raise RuntimeError(f"{name} is missing: `make test` installs PostgreSQL, or says how to")
    return found


def _safe(name: str) -> str:
    if not _SAFE_NAME.match(name):
        raise ValueError(f"not a plain database name: {name}")
    return name


def _run_apart(make: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a coroutine to its end in a thread of its own, away from the event loop of a test."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(make())
        except BaseException as error:  # raised again in the caller's thread
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
