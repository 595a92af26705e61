"""Which schema this version works with, and whether the database has it.

The steps themselves need Alembic: some megabytes that a running server has no use for. So `forum.migrate` is
loaded only where there is a step to make.
"""

from importlib import import_module

from sqlalchemy import Connection, inspect, text

from forum.database import Database

SCHEMA = "0012"
"""The newest of `migrations/versions`."""

_TABLE = "alembic_version"
_STEP = text(f"SELECT version_num FROM {_TABLE}")  # noqa: S608  our own constant


def _is_current(connection: Connection) -> bool:
    return inspect(connection).has_table(_TABLE) and connection.scalar(_STEP) == SCHEMA


async def is_current(database: Database) -> bool:
    """Whether the schema is the one that this version works with."""
    async with database.read() as connection:
        return bool(await connection.run_sync(_is_current))


async def bring_up_to_date(database: Database) -> None:
    """Make or change the tables until they are those of this version; nothing is done where they are."""
    if not await is_current(database):
        await import_module("forum.migrate").migrate(database)
