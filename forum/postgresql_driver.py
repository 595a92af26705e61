"""PostgreSQL's connections: those that SQLAlchemy uses, and those of the few reads that every page makes.

Loaded where the database is PostgreSQL alone.
"""

import contextlib
from collections.abc import Mapping
from typing import Any, TypeAlias

import asyncpg
from sqlalchemy.engine import make_url

from forum.connections import Connections
from ground.hot import HotStatement

Connection: TypeAlias = asyncpg.Connection

FAULTS = (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError, asyncpg.SyntaxOrAccessError)
"""Errors which say that we asked wrongly."""

FAILURES = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # of a connection that PostgreSQL has ended, until asyncpg has seen its end
)
"""Errors which say that it can't be used, where they are no faults."""

UNDONE = asyncpg.DivisionByZeroError
"""By which a statement undoes all that it did."""

_SETTINGS = {
    "application_name": "confer",
    "default_transaction_read_only": "on",
    "jit": "off",
    # Making a plan takes five times as long as the read: one plan serves all. And it goes by index from row to row, for
    # a handful of rows; where tables are small yet the planner would read and hash them whole, at half as much again.
    "plan_cache_mode": "force_generic_plan",
    **dict.fromkeys(("enable_hashjoin", "enable_mergejoin", "enable_seqscan", "enable_bitmapscan"), "off"),
}


class PostgresqlReader:
    """Hot reads by connections of asyncpg that are neither reset nor wrapped."""

    def __init__(self, url: str, connections: int) -> None:
        self._url = address_of(url)
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
            await ids_as_text(connection)
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
    with contextlib.suppress(OSError, TimeoutError, *FAILURES):
        await connection.close(timeout=5)


async def connect(url: str) -> Connection:
    """A connection for SQLAlchemy.

    By the whole address: SQLAlchemy would hand over `sslmode` and the like as words that asyncpg does not know.
    """
    # No just-in-time compilation: it costs more than any of our short queries.
    settings = {"jit": "off", "synchronous_commit": "on", "timezone": "UTC", "application_name": "confer"}
    return await asyncpg.connect(address_of(url), server_settings=settings, timeout=5, command_timeout=30)


async def ids_as_text(connection: Any) -> None:
    """Let asyncpg hand over uuids as text, the one form that ids have in Python."""
    await connection.set_type_codec("uuid", encoder=str, decoder=str, schema="pg_catalog", format="text")


def open_hot(url: str, connections: int) -> PostgresqlReader:
    """What reads past SQLAlchemy, by at most so many connections."""
    return PostgresqlReader(url, connections)
