"""Statements compiled once and run by the driver itself, for the few of which every page and every post is made.

SQLAlchemy's way from a statement to its rows costs twice to five times what the driver takes. So what is hot is
compiled once, and then goes straight to asyncpg or sqlite3.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import JSON, BindParameter, ColumnElement, Dialect, Executable, Select, any_, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import asyncpg as postgresql_asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from ground.columns import Identifier, Moment

Convert = Callable[[Any], Any]


def given(name: str) -> BindParameter[Any]:
    """A parameter of a hot statement, whose value comes with each call."""
    return bindparam(name, required=False)


_DIALECTS: dict[str, Dialect] = {
    "postgresql": postgresql_asyncpg.dialect(),  # type: ignore[no-untyped-call]
    "sqlite": sqlite.dialect(),
}


class HotStatement:
    """One statement for both databases; its named parameters become the driver's own."""

    def __init__(self, statement: Executable, *, sqlite_statement: Executable | None = None) -> None:
        self._statements = {
            "postgresql": statement,
            "sqlite": statement if sqlite_statement is None else sqlite_statement,
        }
        self._forms: dict[str, Form] = {}

    def form(self, dialect: str) -> "Form":
        """The SQL and the conversions for one dialect; compiled when first asked for, as a process has one database."""
        form = self._forms.get(dialect)
        if form is None:
            form = self._forms[dialect] = Form(self._statements[dialect], _DIALECTS[dialect])
        return form


def one_of(statement: Select[Any], column: ColumnElement[Any], name: str) -> HotStatement:
    """The statement for the rows whose `column` is one of the values given as `name`.

    They go as one value (an array, a JSON list): one prepared statement whatever their number.
    """
    listed = func.json_each(bindparam(name, type_=JSON)).table_valued("value").c.value
    return HotStatement(
        statement.where(column == any_(bindparam(name, type_=postgresql.ARRAY(column.type)))),
        sqlite_statement=statement.where(column.in_(select(listed))),
    )


class Form:
    """A statement in the words of one database."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        self.sql = str(compiled)
        self._names: list[str] = compiled.positiontup
        self._constants = {key: value for key, value in compiled.params.items() if value is not None}
        binds = [compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect) for name in self._names]
        self._binds: list[tuple[int, Convert]] = [
            (place, convert) for place, convert in enumerate(binds) if convert is not None
        ]
        processors = [_result_processor(column.type, dialect) for column in statement.exported_columns]
        self._results = [(place, convert) for place, convert in enumerate(processors) if convert is not None]

    def arguments(self, parameters: Mapping[str, Any]) -> list[Any]:
        """The values in the order of the SQL's placeholders."""
        values = {**self._constants, **parameters}
        arguments = [values[name] for name in self._names]
        for place, convert in self._binds:
            arguments[place] = convert(arguments[place])
        return arguments

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


async def run(connection: AsyncConnection, statement: HotStatement, parameters: Mapping[str, Any]) -> list[list[Any]]:
    """The rows of a hot statement, run in the transaction that this connection is in.

    Errors are the driver's own. The connection's driver has `fetch(sql, *arguments)`: asyncpg's, and on SQLite that
    of `forum.sqlite_driver`.
    """
    form = statement.form(connection.dialect.name)
    driver: Any = driver_of(connection)
    return [form.row(row) for row in await driver.fetch(form.sql, *form.arguments(parameters))]


def driver_of(connection: AsyncConnection) -> Any:
    """The driver's own connection below SQLAlchemy's."""
    return connection.sync_connection.connection.driver_connection  # type: ignore[union-attr]
