"""The reads that go past SQLAlchemy give what it would give, and survive what happens to connections."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import asyncpg
import pytest
from sqlalchemy import cast, func, literal, select
from sqlalchemy.dialects.postgresql import VARCHAR

from forum.database import Database, open_database
from forum.hot_reads import JsonArray, JsonRows
from forum.migrate import migrate
from forum.tables import site_pages
from ground.columns import Identifier, Moment, new_id
from ground.hot import HotStatement, given
from realtime.tables import epoch

CONNECTIONS = 3
_EPOCH = HotStatement(select(epoch.c.epoch, epoch.c.created_at).where(epoch.c.id == given("id")))
_ECHO = HotStatement(select(cast(given("id"), Identifier), cast(given("moment"), Moment)))
_SLEEP = HotStatement(select(func.pg_backend_pid(), cast(func.pg_sleep(given("seconds")), VARCHAR)))
_PAGES = HotStatement(select(select(JsonRows(JsonArray(site_pages.c.slug))).scalar_subquery(), literal("end")))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = open_database(database_url, CONNECTIONS)
    await migrate(opened)
    yield opened
    await opened.dispose()


@pytest.fixture
async def postgres(fresh_postgres_url: str) -> AsyncIterator[Database]:
    opened = open_database(fresh_postgres_url, CONNECTIONS)
    yield opened
    await opened.dispose()


async def test_rows_are_those_of_sqlalchemy(database: Database) -> None:
    async with database.read() as connection:
        expected = (await connection.execute(select(epoch.c.epoch, epoch.c.created_at))).one()
    assert await database.fetch(_EPOCH, {"id": 1}) == [list(expected)]
    assert await database.fetch(_EPOCH, {"id": 2}) == []
    assert (await database.fetch(_PAGES, {})) == [[await _no_rows(database), "end"]]


async def _no_rows(database: Database) -> str | None:
    """What gathers nothing: an empty array on SQLite, null on PostgreSQL; both mean no rows."""
    return "[]" if database.dialect == "sqlite" else None


async def test_ids_are_text_and_moments_are_in_utc(postgres: Database) -> None:
    identifier, moment = new_id(), datetime(2026, 11, 3, 14, 5, 6, 7, tzinfo=UTC)
    assert await postgres.fetch(_ECHO, {"id": identifier, "moment": moment}) == [[identifier, moment]]
    ((_, given_back),) = await postgres.fetch(_ECHO, {"id": identifier, "moment": moment})
    assert given_back.utcoffset().total_seconds() == 0


async def test_no_more_connections_than_allowed(postgres: Database) -> None:
    rows = await asyncio.gather(*(postgres.fetch(_SLEEP, {"seconds": 0.05}) for _ in range(4 * CONNECTIONS)))
    assert 1 < len({row[0][0] for row in rows}) <= CONNECTIONS


async def test_an_ended_connection_is_replaced(postgres: Database, fresh_postgres_url: str) -> None:
    ((before, _),) = await postgres.fetch(_SLEEP, {"seconds": 0})
    other = await asyncpg.connect(fresh_postgres_url.replace("+asyncpg", ""))
    assert await other.fetchval("SELECT pg_terminate_backend($1)", before)
    await other.close()
    await asyncio.sleep(0.1)
    ((after, _),) = await postgres.fetch(_SLEEP, {"seconds": 0})
    assert after != before


async def test_who_gives_up_takes_no_turn_away(postgres: Database) -> None:
    for _ in range(2 * CONNECTIONS):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(postgres.fetch(_SLEEP, {"seconds": 30}), 0.05)
    assert len(await postgres.fetch(_SLEEP, {"seconds": 0})) == 1
    assert await _backends(postgres) <= CONNECTIONS + 1  # and one that asks


async def _backends(database: Database) -> int:
    """How many connections the server still has of this database, once it has noticed those that were dropped."""
    async with database.read() as connection:
        for _ in range(50):
            statement = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            count: int = (await connection.exec_driver_sql(statement)).scalar_one()
            if count <= CONNECTIONS + 1:
                break
            await asyncio.sleep(0.05)
    return count


async def test_it_cannot_write(postgres: Database) -> None:
    await migrate(postgres)
    locking = HotStatement(select(epoch.c.epoch).with_for_update())
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await postgres.fetch(locking, {})
    assert len(await postgres.fetch(_EPOCH, {"id": 1})) == 1
