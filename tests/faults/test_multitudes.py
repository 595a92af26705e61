"""Thousands of sockets: their gateway is killed, all are cut at once, and some of them take nothing."""

import asyncio
import contextlib
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from tests.faults.asking import Asker, NoAnswer
from tests.faults.halls import Hall, hall
from tests.faults.metrics import read_metrics
from tests.faults.multitude import Member
from tests.faults.scenes import IS_FULL, Store
from tests.faults.waiting import until
from tests.servers.postgres import PostgresServer
from tests.servers.processes import free_port
from tests.servers.shapes import POSTGRES_REDIS, SQLITE_MEMORY

GATEWAY = 2_000 if IS_FULL else 150
ALL = 5_000 if IS_FULL else 200
A_SECOND = 10.0 if IS_FULL else 20.0
USUAL_SECONDS = 15.0 if IS_FULL else 2.0
READ_EVERY_SECONDS = 40.0
"""How often somebody who has the site open reads a page of it."""
SLOW = 200 if IS_FULL else 20
TURNS = 3 if IS_FULL else 1
POSTS = 100 if IS_FULL else 30
LONG = "What we found on the ward, and what we make of it, at some length. " * 240
STATEMENTS = "SELECT sum(calls) FROM pg_stat_statements"


async def test_gateway_killed_with_all_its_sockets(
    store: Store, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Where there is another gateway they come to it, and on SQLite to the same one, started again."""
    async with hall(store, tmp_path, GATEWAY, processes=2) as run:
        run.crowd.ports = [run.servers[0].port]
        await run.crowd.gather(60, over=GATEWAY / 1000)
        writing = asyncio.create_task(run.write(A_SECOND))
        await asyncio.sleep(1)
        run.crowd.ports = [server.port for server in run.servers[1:]] or run.crowd.ports
        await asyncio.to_thread(run.servers[0].kill)
        killed = time.monotonic()
        if len(run.servers) == 1:
            await asyncio.to_thread(run.servers[0].start)
        assert await until(lambda: run.crowd.codes[1006] >= GATEWAY, 5), run.crowd.codes
        assert await run.crowd.all_live(10 - (time.monotonic() - killed), 0.99), (
            f"{run.crowd.live} are back; {run.crowd.codes}"
        )
        most = time.monotonic() - killed
        assert await run.crowd.all_live(60)
        everybody = time.monotonic() - killed
        run.is_over = True
        await writing
        assert await run.everybody_has_everything(20)
        await run.check()
        posts, repeated = len(run.acknowledged), run.crowd.repeated
    record_property(
        "figures",
        f"{GATEWAY} sockets: 99 % resumed after {most:.1f} s (10 allowed), all after {everybody:.1f} s; "
        f"{posts} posts, 0 lost, 0 applied twice ({repeated} repeated and dropped)",
    )


# -- All cut at once ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def counting() -> Iterator[PostgresServer]:
    """A PostgreSQL that counts its statements, for the tests of this module alone."""
    server = PostgresServer(settings=["shared_preload_libraries=pg_stat_statements"])
    yield server
    server.stop()


async def test_all_cut_at_once_on_postgres(
    counting: PostgresServer, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """As when a proxy is restarted. Statements are counted in each second, and set against those of usual business."""
    async with hall((POSTGRES_REDIS, counting), tmp_path, ALL) as run:
        connection = await asyncpg.connect(run.database_url.replace("+asyncpg", ""))
        await connection.execute("CREATE EXTENSION pg_stat_statements")
        await run.crowd.gather(60, over=ALL / 500)
        writing = asyncio.gather(run.write(A_SECOND), _read_pages(run, ALL / READ_EVERY_SECONDS))
        usual = await _statements_a_second(connection, USUAL_SECONDS)
        counts: list[float] = []
        counting_task = asyncio.create_task(_count_for_ever(connection, counts))
        taken = await _cut_all(run)
        await until(lambda: len(counts) > taken, 5)
        counting_task.cancel()
        await asyncio.gather(counting_task, return_exceptions=True)
        run.is_over = True
        await writing
        assert await run.everybody_has_everything(30)
        await run.check()
        await connection.close()
    worst, middle = max(counts), sum(counts) / len(counts)
    record_property(
        "figures",
        f"{ALL} sockets cut at once: all back after {taken:.1f} s (60 allowed); {usual:.0f} statements a second "
        f"usually, meanwhile {middle:.0f} ({middle / usual:.1f} times), in the worst second {worst:.0f} "
        f"({worst / usual:.1f} times; 3 allowed)",
    )
    assert taken < 60
    assert not IS_FULL or worst < 3 * usual


async def test_all_cut_at_once_on_sqlite(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    async with hall((SQLITE_MEMORY, None), tmp_path, ALL) as run:
        await run.crowd.gather(60, over=ALL / 500)
        writing = asyncio.create_task(run.write(A_SECOND))
        taken = await _cut_all(run)
        run.is_over = True
        await writing
        assert await run.everybody_has_everything(30)
        await run.check()
    record_property("figures", f"{ALL} sockets cut at once: all back after {taken:.1f} s (60 allowed)")
    assert taken < 60


async def _cut_all(run: Hall) -> float:
    """Every link ends in the same moment, and nobody says goodbye; how long it takes until all are welcomed again."""
    cut = time.monotonic()
    for member in run.crowd.members:
        assert member.link is not None
        member.link.abort()
    assert await until(lambda: run.crowd.codes[1006] >= ALL, 5)
    assert await run.crowd.all_live(90)
    return time.monotonic() - cut


async def _read_pages(run: Hall, a_second: float) -> None:
    """What people with the site open do besides: read a page now and then."""
    token = next(iter(run.world.tokens.values()))
    asker, path = Asker(token), f"/api/v1/threads/{run.place.threads[0]}/posts?limit=20"

    async def read() -> None:
        with contextlib.suppress(NoAnswer):
            await asker.ask(run.servers[0].port, "GET", path, seconds=60)

    async with asyncio.TaskGroup() as group:
        while not run.is_over:
            group.create_task(read())
            await asyncio.sleep(1 / a_second)
    await asker.close()


async def _statements_a_second(connection: asyncpg.Connection, seconds: float) -> float:
    before, began = float(await connection.fetchval(STATEMENTS)), time.monotonic()
    await asyncio.sleep(seconds)
    return (float(await connection.fetchval(STATEMENTS)) - before) / (time.monotonic() - began)


async def _count_for_ever(connection: asyncpg.Connection, counts: list[float]) -> None:
    while True:
        counts.append(await _statements_a_second(connection, 1.0))


# -- Slow readers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [SQLITE_MEMORY])
async def test_slow_readers_slow_nobody_else(
    shape: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Turn about with and without those who take nothing; each time the others' p99, from the sending of a post."""
    port = free_port()
    async with hall((shape, None), tmp_path, GATEWAY, settings={"METRICS_PORT": str(port)}) as run:
        await run.crowd.gather(60, over=GATEWAY / 500)
        slow, others = run.crowd.members[:SLOW], run.crowd.members[SLOW:]
        latencies = _Latencies(run, others)
        await latencies.p99(10)  # the first posts are slower
        without, beside = list[float](), list[float]()
        worst = lagging = 0.0
        for _ in range(TURNS):
            for member in slow:
                member.rest(True)
            without.append(await latencies.p99(POSTS))
            for member in slow:
                member.rest(False)
            assert await run.crowd.all_live(30)
            assert await run.everybody_has_everything(30)  # who still catches up is never lagging
            for member in slow:
                member.take_nothing()
            beside.append(await latencies.p99(POSTS))
            figures = await asyncio.to_thread(read_metrics, port)
            worst = max(worst, figures["confer_unsent_bytes"] / SLOW)
            lagging = max(lagging, figures["confer_lagging_sockets"])
            for member in slow:
                member.take_again()
        assert await run.everybody_has_everything(60)
        await run.check()
    ratio = statistics.median(beside) / statistics.median(without)
    record_property(
        "figures",
        f"{SLOW} of {GATEWAY} take nothing: p99 of the others {statistics.median(beside) * 1000:.0f} ms, without them "
        f"{statistics.median(without) * 1000:.0f} ms: {ratio:.2f} times (1.2 allowed); {worst / 1024:.0f} KiB "
        f"unsent each (512 allowed), {lagging:.0f} lagging",
    )
    assert worst <= 512 * 1024
    assert lagging > 0 or run.crowd.codes[4508], "nobody took so little that it was noticed"
    assert not IS_FULL or ratio < 1.2


class _Latencies:
    """When posts came to those who are counted, from the moment in which each was sent."""

    def __init__(self, run: Hall, counted: list[Member]) -> None:
        self._run = run
        self._counted = set(counted)
        self._came: list[tuple[int, float]] = []
        run.crowd.on_event = self._hear

    def _hear(self, member: Member, stream: str, seq: int) -> None:
        if member in self._counted and stream == self._run.place.stream:
            self._came.append((seq, time.monotonic()))

    async def p99(self, posts: int) -> float:
        """Seconds, over so many long posts, one after another."""
        self._came.clear()
        latencies: list[float] = []
        for _ in range(posts):
            sent, wanted = time.monotonic(), len(self._came) + len(self._counted)
            assert await self._run.post(LONG)
            assert await until(lambda: len(self._came) >= wanted, 30, every=0.005)  # noqa: B023
            latencies += [at - sent for _, at in self._came[-len(self._counted) :]]
        return sorted(latencies)[int(len(latencies) * 0.99)]
