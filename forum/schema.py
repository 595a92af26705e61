"""Which schema this version works with, and whether the database has it.

The steps themselves need Alembic: some megabytes that a running server has no use for. So `forum.migrate` is
loaded only where there is a step to make.
"""

from contextlib import closing
from importlib import import_module

from sqlalchemy import Connection, inspect, text

from forum.database import Database

SCHEMA = "0040"
"""The newest of `migrations/versions`."""

_TABLE = "alembic_version"
_STEP = text(f"SELECT version_num FROM {_TABLE}")  # noqa: S608  our own constant


def _is_current(connection: Connection) -> bool:
    return inspect(connection).has_table(_TABLE) and connection.scalar(_STEP) == SCHEMA


async def is_current(database: Database) -> bool:
    """Whether the schema is the one that this version works with."""
    async with database.read() as connection:
        return bool(await connection.run_sync(_is_current))


class CannotSearch(Exception):
    """This database has nothing to search with; the text says what to do."""


def check_search(dialect: str) -> None:
    """Whether this database can search. Raises CannotSearch."""
    if dialect != "sqlite":
        return
    sqlite3 = import_module("sqlite3")  # a megabyte that a process on PostgreSQL has no use for
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.execute("CREATE VIRTUAL TABLE tried USING fts5(words)")
        except sqlite3.OperationalError as error:
            raise CannotSearch(
                f"The SQLite of this Python ({sqlite3.sqlite_version}) was built without FTS5, by which Confer "
                "searches. Use the Python of your system or of python.org, or PostgreSQL (DATABASE_URL=postgresql://…)."
            ) from error


async def bring_up_to_date(database: Database) -> None:
    """Make or change the tables until they are those of this version; nothing is done where they are.

    Raises CannotSearch.
    """
    check_search(database.dialect)
    if not await is_current(database):
        await import_module("forum.migrate").migrate(database)
