"""PostgreSQL may die, freeze, drop its back ends or be restarted: what was acknowledged is there, and all goes on.

What a gateway does that cannot read the database (`degraded`, P8c and P9) is tried in `tests/realtime`.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.checker import Expected
from tests.faults.scenes import IS_FULL, PATIENCE, Scene, scene
from tests.faults.waiting import until
from tests.servers.postgres import PostgresServer
from tests.servers.shapes import POSTGRES_REDIS

ROUNDS = 20 if IS_FULL else 1
FROZEN_SECONDS = 30.0 if IS_FULL else 3.0
BETWEEN_SECONDS = 2.0 if IS_FULL else 0.7
AWAY_SECONDS = 1.0 if IS_FULL else 0.3
BACK_ENDS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'confer'"


@pytest.fixture(scope="module")
def mortal() -> Iterator[PostgresServer]:
    """A PostgreSQL that keeps its word through a power cut, for the tests of this module alone."""
    server = PostgresServer(fsync=True)
    yield server
    server.stop()


async def _kill(run: Scene, postgres: PostgresServer) -> None:
    run.note("kill -9 of PostgreSQL")
    await asyncio.to_thread(postgres.kill)
    await asyncio.sleep(AWAY_SECONDS)
    await asyncio.to_thread(postgres.start)


async def _restart(run: Scene, postgres: PostgresServer) -> None:
    run.note("restart of PostgreSQL")
    await asyncio.to_thread(postgres.restart)


async def _terminate(run: Scene, postgres: PostgresServer) -> None:
    run.note("every back end is terminated")
    await asyncio.to_thread(postgres.execute, BACK_ENDS)


async def _freeze(run: Scene, postgres: PostgresServer) -> None:
    run.note("SIGSTOP")
    postgres.pause()
    await asyncio.sleep(FROZEN_SECONDS)
    postgres.resume()
    run.note("SIGCONT")


Fault = Callable[[Scene, PostgresServer], Awaitable[None]]
FAULTS: dict[str, tuple[Fault, int]] = {
    "killed": (_kill, ROUNDS),
    "restarted": (_restart, ROUNDS),
    "back ends terminated": (_terminate, ROUNDS * 3),
    "frozen": (_freeze, 1),
}


@pytest.mark.parametrize("name", FAULTS)
async def test_postgres_fails_under_load(
    mortal: PostgresServer, tmp_path: Path, record_property: Callable[[str, object], None], name: str
) -> None:
    fault, times = FAULTS[name]
    slowest = 0.0
    mortal.restart()  # in this thread: the kernel ends a child with the thread that started it
    async with scene((POSTGRES_REDIS, mortal), tmp_path) as run:
        run.load(50)
        for _ in range(times):
            await asyncio.sleep(BETWEEN_SECONDS)
            await fault(run, mortal)
            slowest = max(slowest, await _seconds_until_written(run))
        await asyncio.sleep(BETWEEN_SECONDS)
        await run.end_load()
        closed = sum(link.code is not None for link in run.log.links)
        await run.holds(Expected(latest=None), patience=PATIENCE * 2)
        written = sum(call.is_acknowledged and call.kind == "post" for call in run.log.calls)
        refused = sum(call.is_unknown for call in run.log.calls)
        record_property(
            "figures",
            f"{times} times {name}: {written} posts acknowledged, 0 lost; {refused} calls to be tried again, "
            f"{closed} sockets lost; the next post acknowledged after {slowest:.1f} s at most",
        )
    assert slowest < 10.0


async def _seconds_until_written(run: Scene) -> float:
    """How long after the fault somebody's post is acknowledged that was sent after it."""
    over = time.monotonic()

    def is_written() -> bool:
        return any(
            call.is_acknowledged and call.kind == "post" and call.started > over for call in run.log.calls[-500:]
        )

    assert await until(is_written, 30), "nothing can be written after the fault"
    return time.monotonic() - over
