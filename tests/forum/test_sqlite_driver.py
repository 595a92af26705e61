"""SQLite through our cursors: rows, counts and errors as SQLAlchemy expects them, and one thread's work at a time."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from forum.database import Database, open_database
from forum.sqlite_driver import WholeConnection

words = Table("words", MetaData(), Column("id", Integer, primary_key=True), Column("word", String, unique=True))


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    opened = open_database(sqlite_url)
    async with opened.write() as connection:
        await connection.run_sync(words.metadata.create_all)
    yield opened
    await opened.dispose()


async def _count(database: Database) -> int:
    async with database.read() as connection:
        return int(await connection.scalar(select(func.count()).select_from(words)) or 0)


async def test_it_is_in_use(database: Database) -> None:
    async with database.read() as connection:
        raw = await connection.get_raw_connection()
        assert isinstance(raw.driver_connection, WholeConnection)


async def test_rows_counts_and_numbers(database: Database) -> None:
    async with database.write() as connection:
        many = await connection.execute(insert(words), [{"word": word} for word in ("oak", "elm", "ash")])
        assert many.rowcount == 3
        one = await connection.execute(insert(words).values(word="yew"))
        assert one.inserted_primary_key == (4,)
        changed = await connection.execute(update(words).where(words.c.id > 2).values(word=words.c.word + "s"))
        assert changed.rowcount == 2
        returned = await connection.execute(update(words).values(word=words.c.word + "!").returning(words.c.word))
        assert sorted(returned.scalars()) == ["ashs!", "elm!", "oak!", "yews!"]
    async with database.read() as connection:
        rows = (await connection.execute(select(words).order_by(words.c.id))).mappings().all()
    assert rows[0] == {"id": 1, "word": "oak!"}


async def test_what_fails_is_rolled_back_and_says_why(database: Database) -> None:
    async def write_twice() -> None:
        async with database.write() as connection:
            await connection.execute(insert(words).values(word="oak"))
            await connection.execute(insert(words).values(word="oak"))

    with pytest.raises(IntegrityError):
        await write_twice()
    assert await _count(database) == 0
    with pytest.raises(OperationalError, match="no such table"):
        async with database.read() as connection:
            await connection.execute(text("SELECT * FROM nowhere"))


async def test_readers_cannot_write(database: Database) -> None:
    with pytest.raises(OperationalError, match="readonly"):
        async with database.read() as connection:
            await connection.execute(insert(words).values(word="oak"))


async def test_a_given_up_write_leaves_nothing(database: Database) -> None:
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT max(i) FROM n"

    async def write() -> None:
        async with database.write() as connection:
            await connection.execute(insert(words).values(word="oak"))
            await connection.execute(text(numbers))

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(write(), 0.1)
    async with database.write() as connection:
        await connection.execute(insert(words).values(word="elm"))
    async with database.read() as connection:
        assert list(await connection.scalars(select(words.c.word))) == ["elm"]


async def test_the_loop_goes_on_meanwhile(database: Database) -> None:
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT max(i) FROM n"
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.001)
            ticks += 1

    ticking = asyncio.create_task(tick())
    async with database.read() as connection:
        assert await connection.scalar(text(numbers)) == 1_000_000
    ticking.cancel()
    assert ticks > 5
