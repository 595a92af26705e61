"""The steps lead, on both databases, to exactly the tables that the code declares."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, select

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
    # What each database searches by can't be described here: see `forum/tables/search.py`.
    opts = {"compare_type": True, "include_name": lambda name, *_: not str(name).startswith("search_index")}
    context = MigrationContext.configure(connection, opts=opts)
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


async def test_the_past_of_memberships_is_kept(database: Database) -> None:
    """Who came and went before states were kept: what is known of it is told by the step that begins to keep them."""
    await migrate(database, "0003")
    person, network, one, other = (f"00000000-0000-7000-8000-00000000000{place}" for place in range(4))
    at, of = "2026-03-01T10:00:00.000000Z", "id, network_id, account_id, status, current, created_at"
    async with database.write() as connection:
        for statement in (
            "INSERT INTO accounts (id, email, email_key, name, created_at) "
            f"VALUES ('{person}', 'a@b.org', 'a@b.org', 'A', '{at}')",
            f"INSERT INTO streams (name) VALUES ('network:{network}'), ('moderators:{network}')",
            "INSERT INTO networks (id, slug, name, purpose, access, stream, moderators_stream, created_at, created_by) "
            f"VALUES ('{network}', 's', 'N', 'P', 'closed', 'network:{network}', 'moderators:{network}', '{at}', "
            f"'{person}')",
            f"INSERT INTO memberships ({of}, since, ended_at, ended_by, reason) "
            f"VALUES ('{one}', '{network}', '{person}', 'removed', false, '{at}', '{at}', '{at}', '{person}', 'Moved')",
            f"INSERT INTO memberships ({of}) VALUES ('{other}', '{network}', '{person}', 'requested', true, '{at}')",
        ):
            await connection.exec_driver_sql(statement)
    await migrate(database)
    async with database.read() as connection:
        states = await connection.exec_driver_sql("SELECT status, reason FROM membership_states ORDER BY status")
        assert [tuple(row) for row in states] == [("active", ""), ("removed", "Moved"), ("requested", "")]
        left = await connection.exec_driver_sql("SELECT count(*) FROM memberships WHERE left_at = ended_at")
        assert left.scalar_one() == 1


async def test_names_of_those_who_took_them_along_before_are_looked_for(database: Database) -> None:
    """Once for all of them, by the worker; not where nobody did."""
    await migrate(database, "0037")
    person, at = "00000000-0000-7000-8000-000000000001", "2026-03-01T10:00:00.000000Z"
    async with database.write() as connection:
        await connection.exec_driver_sql(
            "INSERT INTO accounts (id, name, created_at, closed_at, former_name_shown) "
            f"VALUES ('{person}', 'Former member', '{at}', '{at}', false)"
        )
    await migrate(database)
    async with database.read() as connection:
        (task,) = (await connection.execute(select(realtime.tables.outbox))).all()
    assert (task.kind, task.reference, task.attempts) == ("forget_names", {"after": "", "name": ""}, 0)
