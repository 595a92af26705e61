"""A write is one transaction: all of it is kept, or nothing, whatever happens to the task or to its connection."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import Connection, bindparam, delete, func, insert, literal, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from forum.database import WRITES_BEHIND, Database, NotCommitted, is_unavailable, open_database
from forum.migrate import migrate
from ground.hot import HotStatement, driver_of, given, run
from realtime.tables import streams

_COUNT = select(func.count()).select_from(streams)
_WRITE = HotStatement(insert(streams))


def row(name: str) -> dict[str, object]:
    """A row of the smallest table."""
    return {"name": name, "head": 0, "authz_version": 0}


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = open_database(database_url, 2)
    await migrate(opened)
    async with opened.write() as connection:
        await connection.execute(delete(streams))
    yield opened
    await opened.dispose()


@pytest.fixture
async def postgres(fresh_postgres_url: str) -> AsyncIterator[Database]:
    opened = open_database(fresh_postgres_url, 2)
    await migrate(opened)
    async with opened.write() as connection:
        await connection.execute(delete(streams))
    yield opened
    await opened.dispose()


async def count(database: Database) -> int:
    """How many pages are committed."""
    async with database.read() as connection:
        return await connection.scalar(_COUNT) or 0


async def test_both_ways_of_writing_are_one_transaction(database: Database) -> None:
    async with database.write() as connection:
        await run(connection, _WRITE, row("one"))
        await connection.execute(insert(streams), row("two"))
        assert await count(database) == 0
    assert await count(database) == 2


async def _write_and_fail(database: Database) -> None:
    async with database.write() as connection:
        await run(connection, _WRITE, row("one"))
        await connection.execute(insert(streams), row("two"))
        raise ZeroDivisionError


async def test_p1_a_write_is_on_the_disk_before_it_is_answered(database: Database) -> None:
    """Both say so for each connection, whatever the server of PostgreSQL was started with (here: without)."""
    async with database.write() as connection:
        if database.dialect == "postgresql":
            assert await connection.scalar(text("SHOW synchronous_commit")) == "on"
        else:
            asked = [await connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous")]
            assert asked == ["wal", 2]  # FULL


async def test_an_error_leaves_nothing(database: Database) -> None:
    for _ in range(4):  # more often than there are connections
        with pytest.raises(ZeroDivisionError):
            await _write_and_fail(database)
    assert await count(database) == 0
    async with database.write() as connection:
        await run(connection, _WRITE, row("one"))
    assert await count(database) == 1


async def test_who_is_cancelled_leaves_nothing(database: Database) -> None:
    async def write(reached: asyncio.Event) -> None:
        async with database.write() as connection:
            await run(connection, _WRITE, row("one"))
            reached.set()
            await asyncio.sleep(60)

    for _ in range(4):
        reached = asyncio.Event()
        task = asyncio.create_task(write(reached))
        await asyncio.wait_for(reached.wait(), 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await count(database) == 0
    async with database.write() as connection:
        await run(connection, _WRITE, row("one"))
    assert await count(database) == 1


async def test_who_is_cancelled_at_any_moment_leaves_nothing_open(postgres: Database) -> None:
    """Wherever in the conversation with PostgreSQL it happens: a later transaction begins afresh, and commits."""

    async def write() -> None:
        async with postgres.write() as connection:
            await run(connection, _WRITE, row("one"))
            await connection.execute(select(func.pg_sleep(0.002)))
            raise ZeroDivisionError

    for step in range(40):
        task = asyncio.create_task(write())
        await asyncio.sleep(step * 0.0003)
        task.cancel()
        with pytest.raises((asyncio.CancelledError, ZeroDivisionError)):
            await task
    assert await count(postgres) == 0
    for number in range(4):
        async with postgres.write() as connection:
            await run(connection, _WRITE, row(f"page-{number}"))
    assert await count(postgres) == 4


async def _pass_over(postgres: Database) -> None:
    async with postgres.write() as connection:
        await run(connection, _WRITE, row("one"))
        with pytest.raises(IntegrityError):
            await connection.execute(insert(streams), row("one"))


async def test_a_failed_statement_that_was_passed_over_is_not_called_committed(postgres: Database) -> None:
    with pytest.raises(NotCommitted):
        await _pass_over(postgres)
    assert await count(postgres) == 0


async def _end(postgres: Database, process: int) -> None:
    async with postgres.read() as connection:
        assert await connection.scalar(text(f"SELECT pg_terminate_backend({process})"))
    await asyncio.sleep(0.1)


_SLEEP = HotStatement(select(func.pg_sleep(given("seconds")), func.clock_timestamp()))
_ONE_OVER = HotStatement(insert(streams).returning(literal(1) // bindparam("parts", type_=streams.c.head.type)))


async def test_those_at_once_of_one_queue_take_turns_and_others_do_not_wait(postgres: Database) -> None:
    order: list[str] = []

    async def sleep(name: str, queue: str, seconds: float) -> None:
        assert await postgres.write_at_once(queue, _SLEEP, {"seconds": seconds})
        order.append(name)

    await asyncio.gather(sleep("first", "one", 0.5), sleep("second", "one", 0), sleep("other", "two", 0))
    assert order == ["other", "first", "second"]


async def test_what_did_nothing_at_once_leaves_nothing(postgres: Database) -> None:
    for _ in range(4):  # more often than there are connections
        assert await postgres.write_at_once("one", _ONE_OVER, row("one") | {"parts": 0}) is None
    assert await count(postgres) == 0
    assert await postgres.write_at_once("one", _ONE_OVER, row("one") | {"parts": 1}) == [1]
    assert await count(postgres) == 1


async def test_another_error_at_once_is_raised_and_the_queue_goes_on(postgres: Database) -> None:
    assert await postgres.write_at_once("one", _ONE_OVER, row("one") | {"parts": 1}) == [1]
    with pytest.raises(asyncpg.UniqueViolationError):
        await postgres.write_at_once("one", _ONE_OVER, row("one") | {"parts": 1})
    assert await postgres.write_at_once("one", _ONE_OVER, row("two") | {"parts": 1}) == [1]


async def test_a_connection_that_ended_while_idle_is_replaced(postgres: Database) -> None:
    async with postgres.write() as connection:
        ended = driver_of(connection).get_server_pid()
    await _end(postgres, ended)
    async with postgres.write() as connection:
        assert driver_of(connection).get_server_pid() != ended
        await run(connection, _WRITE, row("one"))
    assert await count(postgres) == 1


async def test_a_lost_connection_whose_error_was_passed_over_takes_no_turn_away(postgres: Database) -> None:
    for _ in range(4):  # more often than there are connections
        async with postgres.read() as connection:
            async with postgres.write() as other:
                process = driver_of(connection).get_server_pid()
                assert await other.scalar(text(f"SELECT pg_terminate_backend({process})"))
            await asyncio.sleep(0.1)
            with pytest.raises(DBAPIError):
                await connection.execute(_COUNT)
        assert await count(postgres) == 0


async def _write_and_lose(postgres: Database, way: str) -> None:
    async with postgres.write() as connection:
        await run(connection, _WRITE, row("one"))
        await _end(postgres, driver_of(connection).get_server_pid())
        if way == "hot":
            await run(connection, _WRITE, row("two"))
        elif way == "sqlalchemy":
            await connection.execute(insert(streams), row("two"))


async def test_a_connection_that_ends_in_the_middle_says_so(postgres: Database) -> None:
    for way in ("hot", "sqlalchemy", "commit"):
        with pytest.raises((DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError)) as raised:
            await _write_and_lose(postgres, way)
        assert is_unavailable(raised.value)
        assert await count(postgres) == 0
    async with postgres.write() as connection:
        await run(connection, _WRITE, row("one"))
    assert await count(postgres) == 1


async def test_a_connection_whose_end_asyncpg_has_not_seen_yet_is_a_failure(postgres: Database) -> None:
    """Between PostgreSQL's last word and the end of the link asyncpg answers with an error that it calls internal."""
    error = asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress")
    async with postgres.read() as connection:
        used = driver_of(connection).get_server_pid()
    with pytest.raises(asyncpg.InternalClientError):
        async with postgres.read():
            raise error
    assert is_unavailable(error)
    async with postgres.read() as connection:
        assert driver_of(connection).get_server_pid() != used  # nobody has that connection again


async def test_a_wrong_statement_is_no_failure_of_the_database(database: Database) -> None:
    for statement in ("SELECT nothing FROM nowhere_at_all", "INSERT INTO streams (head) VALUES (NULL)"):
        with pytest.raises(DBAPIError) as raised:
            async with database.write() as connection:
                await connection.execute(text(statement))
        is_sqlite = database.dialect == "sqlite"
        assert is_unavailable(raised.value) == (is_sqlite and "nowhere" in statement)


def _fill(connection: Connection) -> None:
    connection.exec_driver_sql("PRAGMA max_page_count = 1")


async def test_p9_a_full_disk_is_a_failure_of_the_database(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    await migrate(database)
    async with database.write() as connection:
        await connection.run_sync(_fill)
    with pytest.raises(DBAPIError) as raised:
        async with database.write() as connection:
            await connection.execute(insert(streams), [row(f"{number:0100}") for number in range(5_000)])
    assert is_unavailable(raised.value)
    assert "full" in str(raised.value.orig)
    await database.dispose()


async def test_on_sqlite_whoever_posts_waits_for_one_of_those_behind_at_most(sqlite_url: str) -> None:
    database, order = open_database(sqlite_url), list[str]()
    await migrate(database)

    async def write(name: str) -> None:
        WRITES_BEHIND.set(name.startswith("behind"))
        async with database.write() as connection:
            await connection.execute(insert(streams), row(name))
            await asyncio.sleep(0.01)
            order.append(name)

    behind = [asyncio.create_task(write(f"behind {number}")) for number in range(5)]
    await asyncio.sleep(0)
    await asyncio.gather(write("post"), *behind)
    assert order.index("post") <= 1
    assert len(order) == 6
    await database.dispose()
