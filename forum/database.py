"""The database, the same for the whole of Confer on SQLite and on PostgreSQL.

Reads are autocommitted and can't write. Writes are one transaction each. On SQLite a write holds
an advisory lock on a file in the data folder, across processes: SQLite before 3.51.3 can lose a
commit when two connections write or checkpoint at once, and most machines have an older one.
"""

import asyncio
import fcntl
import logging
import math
import os
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from contextvars import ContextVar
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol
from weakref import WeakValueDictionary

from sqlalchemy import event, exc, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from forum.connections import PATIENCE_SECONDS, Connections
from ground.hot import HotStatement, driver_of, run

LOCK_PATIENCE_SECONDS = 15.0
CHECKPOINT_BYTES = 16 * 1024 * 1024
ROOM = 32_000
"""KiB of its pages that a command keeps which writes a lot; with the 1,000 of a server it takes five times as long."""
EMPTY_AGAIN_SECONDS = 30.0
"""A try waits for those who read for as long as `busy_timeout` says, and nobody writes meanwhile."""
_log = logging.getLogger(__name__)

WRITES_BEHIND: ContextVar[bool] = ContextVar("WRITES_BEHIND", default=False)
"""Set in tasks whose writing nobody waits for. On SQLite one of them at most stands among those who wait to write."""


class DatabaseBusy(Exception):
    """Another process held the write lock of SQLite for too long; nothing was written."""


_FAULTS: set[type[Exception]] = {exc.IntegrityError, exc.DataError, exc.ProgrammingError}
_FAILURES: set[type[Exception]] = {OSError, DatabaseBusy, exc.TimeoutError, exc.DBAPIError}


def is_unavailable(error: Exception) -> bool:
    """Whether this error says that the database can't be used just now, rather than that we asked it wrongly."""
    return isinstance(error, tuple(_FAILURES)) and not isinstance(error, tuple(_FAULTS))


def _driver(dialect: str) -> Any:
    """What talks to this kind of database. That of the other kind would be 4 MB of a process that has no use for it."""
    driver = import_module(f"forum.{dialect}_driver")
    _FAULTS.update(driver.FAULTS)
    _FAILURES.update(driver.FAILURES)
    return driver


class _HotReader(Protocol):
    """What a driver reads the few reads with that go past SQLAlchemy."""

    connections: Connections[Any] | None
    """Those that it takes turns with, where there are several."""

    async def fetch(self, read: HotStatement, parameters: Mapping[str, Any]) -> list[list[Any]]: ...

    async def close(self) -> None: ...


class Database:
    """Connections for reading and for writing. Made once for a process, by `open_database`."""

    keeps = True
    """Whether what is written stays: not where pages are looked at as somebody else would see them."""

    def __init__(self, url: str, readers: AsyncEngine, writers: AsyncEngine, connections: int) -> None:
        self.url = url
        self._most = connections
        self.dialect = readers.dialect.name
        self._driver = _driver(self.dialect)
        self._hot: _HotReader | None = None
        self._reader_engine = readers
        self._readers = _kept_open(readers, connections)
        self._writers = _kept_open(writers, connections)
        self._sqlite_writer = writers
        self._turn, self._turn_behind = asyncio.Lock(), asyncio.Lock()
        self._queues: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        path = make_url(url).database or ""
        self._path = Path(path) if self.dialect == "sqlite" else None
        self._empty_log_at = math.inf

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection for SELECTs: each statement sees what was committed when it began."""
        async with _turn(self._readers) as connection:
            yield connection

    @asynccontextmanager
    async def read_aside(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading that nobody has before or after: what is temporary in it is in no other.

        No writer waits for it.
        """
        async with self._reader_engine.connect() as connection:
            yield connection

    async def fetch(self, read: HotStatement, parameters: Mapping[str, Any]) -> list[list[Any]]:
        """The rows of one of the few reads that go past SQLAlchemy (see the two drivers)."""
        if self._hot is None:
            self._hot = self._open_hot()
        return await self._hot.fetch(read, parameters)

    def _open_hot(self) -> _HotReader:
        hot: _HotReader = self._driver.open_hot(self.url, max(2, self._most // 2))
        return hot

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A connection in one write transaction, committed at the end and rolled back on an error.

        On SQLite one comes after the other. Raises DatabaseBusy where another process keeps its lock for 15 seconds.
        """
        if self._path is None:
            async with _turn(self._writers) as connection, _postgresql_transaction(connection):
                yield connection
            return
        behind: AbstractAsyncContextManager[None] = self._turn_behind if WRITES_BEHIND.get() else nullcontext()
        async with behind, self._turn, write_lock(self._path):
            async with self._sqlite_writer.begin() as connection:
                yield connection
            await self._checkpoint(self._path)

    async def make_room(self) -> None:
        """Keep more of SQLite's database in memory while writing: for a process that writes a lot, and nothing else."""
        if self._path is not None:
            async with self.write() as connection:
                await connection.execute(text(f"PRAGMA cache_size = -{ROOM}"))

    async def write_at_once(
        self, queue: str, statement: HotStatement, parameters: Mapping[str, Any]
    ) -> list[Any] | None:
        """On PostgreSQL, the one row of a statement that is a transaction by itself.

        None where it did nothing, which it says by dividing by zero: that undoes all of it without a second round
        trip. In this process those of one `queue` come one after the other, for a statement that waits for a row in
        its middle makes PostgreSQL begin that part again. Raises TimeoutError where its turn does not come in ten
        seconds.
        """
        turn = self._queues.setdefault(queue, asyncio.Lock())
        async with asyncio.timeout(PATIENCE_SECONDS):
            await turn.acquire()
        try:
            return await self._write_at_once(statement, parameters)
        finally:
            turn.release()

    async def _write_at_once(self, statement: HotStatement, parameters: Mapping[str, Any]) -> list[Any] | None:
        async with _turn(self._writers) as connection:
            try:
                (row,) = await run(connection, statement, parameters)
            except self._driver.UNDONE:
                return None
        return row

    async def empty_log(self) -> None:
        """Write SQLite's log into the database and cut it off: what was taken away is in neither then.

        Where somebody reads for too long meanwhile (a backup), a later write does it. PostgreSQL's log is its own.
        """
        if self._path is None:
            return
        self._empty_log_at = 0.0
        async with self._turn, write_lock(self._path):
            await self._checkpoint(self._path)

    async def _checkpoint(self, path: Path) -> None:
        log = path.with_name(path.name + "-wal")
        size, is_due = _size(log), time.monotonic() >= self._empty_log_at
        if size > (0 if is_due else CHECKPOINT_BYTES):
            async with self._sqlite_writer.connect() as connection:
                connection = await connection.execution_options(isolation_level="AUTOCOMMIT")
                await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
            size = _size(log)
        if size == 0:
            self._empty_log_at = math.inf
        elif is_due:
            self._empty_log_at = time.monotonic() + EMPTY_AGAIN_SECONDS

    def connections_in_use(self) -> dict[str, tuple[int, int]]:
        """For each kind of connection how many are at work at this moment, and how many there may be."""
        kept: dict[str, Connections[Any]] = {"read": self._readers}
        if self._path is None:
            kept["write"] = self._writers
        if self._hot is not None and self._hot.connections is not None:
            kept["hot"] = self._hot.connections
        return {kind: (each.in_use, each.most) for kind, each in kept.items()}

    async def dispose(self) -> None:
        """Close every connection."""
        if self._hot is not None:
            await self._hot.close()
        await self._readers.close()
        if self._path is None:
            await self._writers.close()
            return
        # The last connection to close writes the log back into the database: that is a checkpoint.
        async with self._turn, write_lock(self._path):
            await self._sqlite_writer.dispose()


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def _kept_open(engine: AsyncEngine, most: int) -> Connections[AsyncConnection]:
    async def begin() -> AsyncConnection:
        return await engine.connect()

    return Connections(most, begin=begin, is_closed=_is_closed, end=_end)


def _is_closed(connection: AsyncConnection) -> bool:
    """Whether PostgreSQL has ended it while it was idle, or SQLAlchemy in a turn whose error was passed over."""
    return connection.invalidated or (connection.dialect.name == "postgresql" and driver_of(connection).is_closed())


async def _end(connection: AsyncConnection) -> None:
    try:
        if not connection.invalidated:
            if connection.dialect.name == "postgresql":
                await _driver("postgresql").end(driver_of(connection))
            await connection.invalidate()
        await connection.close()
    except Exception as error:
        _log.warning("a connection to the database did not close rightly: %s", type(error).__name__)


@asynccontextmanager
async def _turn(connections: Connections[AsyncConnection]) -> AsyncIterator[AsyncConnection]:
    """A connection for this task; after an error of its own, or where the task was cancelled, nobody has it again."""
    connection = await connections.take()
    try:
        yield connection
    except BaseException as error:
        if isinstance(error, Exception) and not isinstance(error, (*_FAILURES, *_FAULTS, NotCommitted)):
            connections.give_back(connection)
        else:
            connections.discard(connection)
        raise
    connections.give_back(connection)


@asynccontextmanager
async def write_lock(database_path: Path) -> AsyncIterator[None]:
    """Hold the lock that every writer of this SQLite file holds, in this and other processes."""
    file = os.open(database_path.with_name(database_path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        await _acquire(file)
        yield
    finally:
        os.close(file)


async def _acquire(file: int) -> None:
    give_up_at = asyncio.get_running_loop().time() + LOCK_PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if asyncio.get_running_loop().time() > give_up_at:
                raise DatabaseBusy("another process has been writing for too long") from None
            await asyncio.sleep(0.002)


def open_database(url: str, connections: int = 8) -> Database:
    """The database at this address (`sqlite+aiosqlite:///…` or `postgresql+asyncpg://…`).

    `connections` bounds how many are open for reading, and again for writing.
    """
    if url.startswith("sqlite"):
        Path(make_url(url).database or "").parent.mkdir(parents=True, exist_ok=True)
        return Database(url, _sqlite_engine(url, readonly=True), _sqlite_engine(url, readonly=False), connections)
    engine = _postgresql_engine(url)
    return Database(url, engine, engine, connections)


class NotCommitted(Exception):
    """PostgreSQL ended a transaction without keeping it, for a statement in it had failed: nothing was written."""


@asynccontextmanager
async def _postgresql_transaction(connection: AsyncConnection) -> AsyncIterator[None]:
    """One transaction, begun and ended by the driver: a third of the time that SQLAlchemy's way takes.

    SQLAlchemy believes that it commits each statement by itself, so it and hot statements can be mixed.
    """
    driver = driver_of(connection)
    try:
        await driver.execute("BEGIN")
        yield
        # PostgreSQL takes COMMIT for ROLLBACK where a statement failed, and calls it no error.
        if await driver.execute("COMMIT") != "COMMIT":
            raise NotCommitted
    except BaseException:
        await _roll_back(driver)
        raise


async def _roll_back(driver: Any) -> None:
    """End what was begun; where that is not certain the connection ends, so that nobody finds the rest."""
    try:
        if not driver.is_closed():
            await driver.execute("ROLLBACK", timeout=5)
    except Exception:
        driver.terminate()
    except BaseException:
        driver.terminate()
        raise


def _sqlite_engine(url: str, *, readonly: bool) -> AsyncEngine:
    options: dict[str, Any] = {"isolation_level": "AUTOCOMMIT", "pool_reset_on_return": None} if readonly else {}
    options["connect_args"] = {"async_creator_fn": _driver("sqlite").connect}
    # Readers are kept open by `connections`; the one writer by SQLAlchemy.
    options |= {"poolclass": NullPool} if readonly else {"pool_size": 1, "max_overflow": 0}
    engine = create_async_engine(url, hide_parameters=True, **options)

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in SQLITE_PRAGMAS + (("query_only = ON", "cache_size = -250") if readonly else ()):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    if not readonly:

        @event.listens_for(engine.sync_engine, "begin")
        def begin(connection: Any) -> None:
            # A checkpoint runs in AUTOCOMMIT and fails inside a transaction.
            if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
                connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


SQLITE_PRAGMAS = (
    "busy_timeout = 5000",
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "wal_autocheckpoint = 0",
    "cache_size = -1000",
    "temp_store = MEMORY",
    "secure_delete = ON",
)


def _postgresql_engine(url: str) -> AsyncEngine:
    driver = _driver("postgresql")

    async def connect(**_: object) -> Any:
        return await driver.connect(url)

    engine = create_async_engine(
        url,
        poolclass=NullPool,  # they are kept open by `connections`
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
        connect_args={"async_creator_fn": connect},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.run_async(driver.ids_as_text)

    return engine
