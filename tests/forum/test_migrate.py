"""The steps lead, on both databases, to exactly the tables that the code declares."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

import auth.tables
import forum.tables
import realtime.tables
from forum.database import Database, open_database
from forum.migrate import migrate
from forum.schema import is_current

TARGETS = [realtime.tables.metadata, auth.tables.metadata, forum.tables.metadata]


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = open_database(database_url)
    yield opened
    await opened.dispose()


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, TARGETS))


async def test_steps_make_what_the_code_declares(database: Database) -> None:
    assert not await is_current(database)
    await migrate(database)
    assert await is_current(database)
    async with database.read() as connection:
        assert await connection.run_sync(_differences) == []


async def test_a_difference_would_be_found(database: Database) -> None:
    await migrate(database)
    async with database.write() as connection:
        await connection.exec_driver_sql("DROP TABLE watches")
    async with database.read() as connection:
        found = await connection.run_sync(_differences)
    assert "watches" in str(found)


async def test_second_time_changes_nothing(database: Database) -> None:
    await migrate(database)
    await migrate(database)
    assert await is_current(database)


async def test_two_at_once_both_end_well(database: Database, database_url: str) -> None:
    other = open_database(database_url)
    try:
        await asyncio.gather(migrate(database), migrate(other))
        assert await is_current(database)
    finally:
        await other.dispose()
