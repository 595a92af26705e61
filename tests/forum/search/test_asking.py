"""No search keeps the database from others: it is stopped in time, and only a few run at once."""

import asyncio

import pytest
from sqlalchemy import text

from forum.errors import TookTooLong
from forum.search import asking
from forum.search.asking import in_turn
from tests.forum.threads.village import Village

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'"


async def test_what_takes_too_long_is_stopped_with_a_sentence(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "LONGEST_SECONDS", 0.3)
    database = village.state.database

    async def search() -> None:
        async with in_turn(village.state), database.read() as connection:
            if database.dialect == "postgresql":
                await connection.execute(text("SELECT pg_sleep(30)"))
            await asyncio.sleep(30)

    with pytest.raises(TookTooLong, match=r"takes too long.*rarer word"):
        await search()
    if database.dialect == "postgresql":
        async with database.read() as connection:
            for _ in range(50):
                if not await connection.scalar(text(WAITING)):
                    return
                await asyncio.sleep(0.1)
        raise AssertionError("PostgreSQL goes on with what nobody waits for")


async def test_only_a_few_search_at_once(village: Village) -> None:
    at_once, most = 0, 0

    async def search() -> None:
        nonlocal at_once, most
        async with in_turn(village.state):
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0.01)
            at_once -= 1

    await asyncio.gather(*(search() for _ in range(20)))
    assert most == asking.AT_ONCE


async def test_an_error_of_its_own_is_no_matter_of_time(village: Village) -> None:
    async def search() -> None:
        async with in_turn(village.state):
            raise TimeoutError

    with pytest.raises(TimeoutError):
        await search()
