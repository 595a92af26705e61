"""SQLite's connections for SQLAlchemy: each statement is one walk to the connection's thread and back.

As aiosqlite and SQLAlchemy do it by themselves, a statement walks there four times: to get a cursor,
to run it, to fetch the rows and to close it. Each walk wakes two threads, and costs more than most of
our statements. The few reads that every page makes don't walk at all. Loaded where the database is SQLite alone.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aiosqlite import Connection
from sqlalchemy.engine import make_url

from ground.hot import HotStatement

Rows = Sequence[Any]

FAULTS = (sqlite3.IntegrityError, sqlite3.ProgrammingError)
"""Errors which say that we asked wrongly."""

FAILURES = (sqlite3.Error,)
"""Errors which say that it can't be used, where they are no faults."""


class WholeCursor:
    """Runs a statement and has all its rows at once; nothing of it stays open."""

    arraysize = 1

    def __init__(self, connection: "WholeConnection") -> None:
        self._connection = connection
        self._rows: Rows = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> "WholeCursor":
        return self

    async def execute(self, statement: str, parameters: Any = ()) -> None:
        """Run the statement."""
        await self._run(sqlite3.Cursor.execute, statement, parameters)

    async def executemany(self, statement: str, parameters: Iterable[Any]) -> None:
        """Run the statement once for each set of parameters."""
        await self._run(sqlite3.Cursor.executemany, statement, parameters)

    async def _run(self, method: Any, statement: str, parameters: Any) -> None:
        done = await self._connection.run_whole(method, statement, parameters)
        self._rows, self.description, self.rowcount, self.lastrowid = done

    async def fetchall(self) -> Rows:
        """The rows, once."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Nothing is open."""


class WholeConnection(Connection):
    """A connection of aiosqlite with such cursors."""

    def cursor(self) -> WholeCursor:  # type: ignore[override]
        """A cursor; no thread is asked for it."""
        return WholeCursor(self)

    async def run_whole(self, method: Any, statement: str, parameters: Any) -> tuple[Rows, Any, int, int | None]:
        """The rows of a statement, what their columns are called, how many rows it changed, the last one's number."""
        in_thread: Any = self._execute  # aiosqlite leaves it without types
        done: tuple[Rows, Any, int, int | None] = await in_thread(self._whole, method, statement, parameters)
        return done

    async def fetch(self, statement: str, *parameters: Any) -> Rows:
        """The rows of a hot statement, run here and now without a walk: it takes a few rows by index, or writes one.

        To be called inside a write transaction, which has waited for its lock already.
        """
        return self._conn.execute(statement, parameters).fetchall()

    def _whole(self, method: Any, statement: str, parameters: Any) -> tuple[Rows, Any, int, int | None]:
        cursor: sqlite3.Cursor = self._conn.cursor()
        try:
            method(cursor, statement, parameters)
            description = cursor.description
            rows = cursor.fetchall() if description else []
            return rows, description, cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()


def connect(path: str, **options: Any) -> WholeConnection:
    """A connection to the database file, to be awaited; options as of `sqlite3.connect`."""

    def open_file() -> sqlite3.Connection:
        opened: sqlite3.Connection = sqlite3.connect(path, **{**options, "check_same_thread": False})
        return opened

    connection = WholeConnection(open_file, iter_chunk_size=64)
    connection._thread.daemon = True  # as SQLAlchemy has it: a process that ends waits for no database
    return connection


class SqliteReader:
    """Hot reads by a connection that can't write, in the event loop."""

    connections = None

    def __init__(self, url: str) -> None:
        self._connection = sqlite3.connect(make_url(url).database or "", isolation_level=None, check_same_thread=False)
        for pragma in ("busy_timeout = 2000", "query_only = ON", "cache_size = -1000"):
            self._connection.execute(f"PRAGMA {pragma}")

    async def fetch(self, read: HotStatement, parameters: Mapping[str, Any]) -> list[list[Any]]:
        """The rows of the read."""
        form = read.form("sqlite")
        return [form.row(row) for row in self._connection.execute(form.sql, form.arguments(parameters)).fetchall()]

    async def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def open_hot(url: str, _: int) -> SqliteReader:
    """What reads past SQLAlchemy."""
    return SqliteReader(url)
