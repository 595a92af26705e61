"""The few reads that every page makes, on connections of the driver's own that can't write.

On SQLite they run inside the event loop: they take a bounded handful of rows by index.
"""

import contextlib
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

import asyncpg
from sqlalchemy.engine import make_url
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from forum.connections import Connections
from ground.hot import HotStatement

Connection: TypeAlias = asyncpg.Connection
_SETTINGS = {
    "application_name": "confer",
    "default_transaction_read_only": "on",
    "jit": "off",
    # Making a plan takes five times as long as the read: one plan serves all. And it goes by index from row to row, for
    # a handful of rows; where tables are small yet the planner would read and hash them whole, at half as much again.
    "plan_cache_mode": "force_generic_plan",
    **dict.fromkeys(("enable_hashjoin", "enable_mergejoin", "enable_seqscan", "enable_bitmapscan"), "off"),
}


class JsonArray(FunctionElement[str]):
    """Its arguments as one JSON array, as text."""

    inherit_cache = True
    name = "json_of"


class JsonRows(FunctionElement[str]):
    """The JSON values of a group of rows, gathered into one JSON array; null where there is none."""

    inherit_cache = True
    name = "json_rows"


@compiles(JsonArray, "postgresql")
def _(element: JsonArray, compiler: Any, **options: Any) -> str:
    return f"json_build_array({compiler.process(element.clauses, **options)})"


@compiles(JsonArray, "sqlite")
def _(element: JsonArray, compiler: Any, **options: Any) -> str:
    return f"json_array({compiler.process(element.clauses, **options)})"


@compiles(JsonRows, "postgresql")
def _(element: JsonRows, compiler: Any, **options: Any) -> str:
    # As text: SQLAlchemy's own connections would turn json into lists, those of hot reads would not.
    return f"CAST(json_agg({compiler.process(element.clauses, **options)}) AS TEXT)"


@compiles(JsonRows, "sqlite")
def _(element: JsonRows, compiler: Any, **options: Any) -> str:
    return f"json_group_array({compiler.process(element.clauses, **options)})"


class SqliteReader:
    """Hot reads by a connection that can't write, in the event loop."""

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


class PostgresqlReader:
    """Hot reads by connections of asyncpg that are neither reset nor wrapped."""

    def __init__(self, url: str, connections: int, prepare: Callable[[Any], Awaitable[None]]) -> None:
        self._url = address_of(url)
        self._prepare = prepare
        self.connections: Connections[Connection] = Connections(
            connections, begin=self._connect, is_closed=Connection.is_closed, end=end
        )

    async def fetch(self, read: HotStatement, parameters: Mapping[str, Any]) -> list[list[Any]]:
        """The rows of the read. Raises TimeoutError where no connection is free for ten seconds."""
        form = read.form("postgresql")
        arguments = form.arguments(parameters)
        connection = await self.connections.take()
        try:
            rows = await connection.fetch(form.sql, *arguments)
        except BaseException:
            # Whatever went wrong, or whoever gave up waiting.
            self.connections.discard(connection)
            raise
        self.connections.give_back(connection)
        return [form.row(row) for row in rows]

    async def _connect(self) -> Connection:
        connection = await asyncpg.connect(self._url, timeout=5, command_timeout=30, server_settings=_SETTINGS)
        try:
            await self._prepare(connection)
        except BaseException:
            connection.terminate()
            raise
        return connection

    async def close(self) -> None:
        """Close every connection, after five seconds even where one hangs."""
        await self.connections.close()


def address_of(url: str) -> str:
    """The database's address as asyncpg and PostgreSQL's own programs take it, with all that is said after the `?`."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


async def end(connection: Connection) -> None:
    """Stop what PostgreSQL may still be doing for this connection, and close it."""
    # It may be gone already, or be cut off by asyncpg where nothing answers.
    failures = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
    with contextlib.suppress(OSError, TimeoutError, *failures):
        await connection.close(timeout=5)
