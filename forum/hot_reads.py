"""The few reads that every page makes, run by the driver itself.

SQLAlchemy's way from a statement to its rows costs about as much again as the query. So a
`HotRead` is compiled once for each dialect and handed to asyncpg, or to a read-only connection of
`sqlite3` inside the event loop: these reads take a bounded handful of rows by index.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

import asyncpg
from sqlalchemy import BindParameter, Dialect, Select, bindparam
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import asyncpg as postgresql_asyncpg
from sqlalchemy.engine import make_url
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from ground.columns import Identifier, Moment

Convert = Callable[[Any], Any]
Connection: TypeAlias = asyncpg.Connection
PATIENCE_SECONDS = 10
_SETTINGS = {"jit": "off", "application_name": "confer", "default_transaction_read_only": "on"}


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


def given(name: str) -> BindParameter[Any]:
    """A parameter of a hot read, whose value comes with each call."""
    return bindparam(name, required=False)


class HotRead:
    """A SELECT compiled once; its named parameters become the driver's own."""

    def __init__(self, statement: Select[Any]) -> None:
        self._forms = {
            "postgresql": _Form(statement, postgresql_asyncpg.dialect()),  # type: ignore[no-untyped-call]
            "sqlite": _Form(statement, sqlite.dialect()),
        }

    def form(self, dialect: str) -> "_Form":
        """The SQL and the conversions for one dialect."""
        return self._forms[dialect]


class _Form:
    def __init__(self, statement: Select[Any], dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        self.sql = str(compiled)
        self._names: list[str] = compiled.positiontup
        self._constants = {key: value for key, value in compiled.params.items() if value is not None}
        self._binds: dict[str, Convert | None] = {
            key: bind.type.dialect_impl(dialect).bind_processor(dialect) for key, bind in compiled.binds.items()
        }
        processors = [_result_processor(column.type, dialect) for column in statement.selected_columns]
        self._results = [(place, convert) for place, convert in enumerate(processors) if convert is not None]

    def arguments(self, parameters: Mapping[str, Any]) -> list[Any]:
        """The values in the order of the SQL's placeholders."""
        values = {**self._constants, **parameters}
        return [self._bound(name, values[name]) for name in self._names]

    def _bound(self, name: str, value: Any) -> Any:
        convert = self._binds.get(name)
        return value if convert is None else convert(value)

    def row(self, values: Any) -> list[Any]:
        """One row of the driver as Python values."""
        row = list(values)
        for place, convert in self._results:
            if row[place] is not None:
                row[place] = convert(row[place])
        return row


def _result_processor(kind: Any, dialect: Dialect) -> Convert | None:
    """What makes a driver's value ours; nothing where asyncpg has it ready: ids as text, and moments in UTC."""
    if dialect.name == "postgresql" and isinstance(kind, Identifier | Moment):
        return None
    convert: Convert | None = kind.dialect_impl(dialect).result_processor(dialect, None)
    return convert


class SqliteReader:
    """Hot reads by a connection that can't write, in the event loop."""

    def __init__(self, url: str) -> None:
        self._connection = sqlite3.connect(make_url(url).database or "", isolation_level=None, check_same_thread=False)
        for pragma in ("busy_timeout = 2000", "query_only = ON", "cache_size = -4000"):
            self._connection.execute(f"PRAGMA {pragma}")

    async def fetch(self, read: HotRead, parameters: Mapping[str, Any]) -> list[list[Any]]:
        """The rows of the read."""
        form = read.form("sqlite")
        return [form.row(row) for row in self._connection.execute(form.sql, form.arguments(parameters)).fetchall()]

    async def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class PostgresqlReader:
    """Hot reads by connections of asyncpg that are neither reset nor wrapped.

    Its own pool: what asyncpg's does at each turn (a proxy, two timers, a reset) costs a third of such a read.
    """

    def __init__(self, url: str, connections: int, prepare: Callable[[Any], Awaitable[None]]) -> None:
        self._url = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._prepare = prepare
        self._turns = asyncio.Semaphore(connections)
        self._open: set[Connection] = set()
        self._idle: list[Connection] = []
        self._ending: set[asyncio.Task[None]] = set()

    async def fetch(self, read: HotRead, parameters: Mapping[str, Any]) -> list[list[Any]]:
        """The rows of the read. Raises TimeoutError where no connection is free for ten seconds."""
        form = read.form("postgresql")
        arguments = form.arguments(parameters)
        if self._turns.locked():
            await asyncio.wait_for(self._turns.acquire(), PATIENCE_SECONDS)
        else:
            await self._turns.acquire()
        connection = None
        try:
            connection = self._take() or await self._connect()
            rows = await connection.fetch(form.sql, *arguments)
        except BaseException:
            # Whatever went wrong, or whoever gave up waiting: the connection ends, and its turn with it.
            ending = asyncio.create_task(self._end(connection))
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)
            raise
        self._idle.append(connection)
        self._turns.release()
        return [form.row(row) for row in rows]

    def _take(self) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
            self._open.discard(connection)
        return None

    async def _connect(self) -> Connection:
        connection = await asyncpg.connect(self._url, timeout=5, command_timeout=30, server_settings=_SETTINGS)
        try:
            await self._prepare(connection)
        except BaseException:
            connection.terminate()
            raise
        self._open.add(connection)
        return connection

    async def _end(self, connection: Connection | None) -> None:
        """Stop what the server may still be doing for this connection, and only then let another take its place."""
        try:
            if connection is not None:
                await connection.close(timeout=5)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            pass  # it was gone already, or asyncpg has cut it off
        finally:
            self._open.discard(connection)
            self._turns.release()

    async def close(self) -> None:
        """Close every connection, at once where one hangs."""
        for connection in self._open:
            connection.terminate()
