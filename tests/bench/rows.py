"""Many rows at once, past everything that would slow them down: for filling a database that nobody uses yet."""

import json
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import asyncpg
from sqlalchemy import Table

_AT_ONCE = 10_000

Rows = Iterator[Sequence[Any]]


class RowWriter(Protocol):
    """Takes rows into tables."""

    async def write(self, table: Table, columns: Sequence[str], rows: Rows) -> None:
        """Add rows whose values stand in the order of `columns`; other columns get their defaults."""


@asynccontextmanager
async def row_writer(database_url: str) -> AsyncIterator[RowWriter]:
    """Adds rows in one transaction; at its end the planner's statistics are made, and all is on the disk."""
    if database_url.startswith("sqlite"):
        with _sqlite(Path(database_url.partition(":///")[2])) as connection:
            yield _SqliteRows(connection)
        return
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    try:
        async with connection.transaction():
            yield _PostgresRows(connection)
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


@contextmanager
def _sqlite(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection in one transaction; at its end the database is analysed and its log written back."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        yield connection
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def _insert(table: Table, columns: Sequence[str]) -> str:
    places = ", ".join("?" for _ in columns)
    return f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({places})"


def _as_sqlite(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return json.dumps(value) if isinstance(value, list | Mapping) else value


class _SqliteRows:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def write(self, table: Table, columns: Sequence[str], rows: Rows) -> None:
        self._connection.executemany(_insert(table, columns), ([_as_sqlite(value) for value in row] for row in rows))


class _PostgresRows:
    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._connection = connection

    async def write(self, table: Table, columns: Sequence[str], rows: Rows) -> None:
        while part := [[_as_postgres(value) for value in row] for row in islice(rows, _AT_ONCE)]:
            await self._connection.copy_records_to_table(table.name, records=part, columns=columns)


def _as_postgres(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list | Mapping) else value
