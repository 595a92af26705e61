"""Redis may go at any time: nothing is lost, no answer fails, and an event is at most six seconds late."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from tests.faults.checker import Expected
from tests.faults.laws_of_readers import lateness
from tests.faults.scenes import IS_FULL, LATEST, Store, scene
from tests.servers.redis import RedisServer

EACH_SECONDS = 20.0 if IS_FULL else 0.8
A_SECOND = 25 if IS_FULL else 50
"""In full size each act reaches more people: the load must leave the servers their share of two cores."""


async def _is_away(redis: RedisServer) -> None:
    await asyncio.to_thread(redis.kill)
    await asyncio.sleep(EACH_SECONDS)
    await asyncio.to_thread(redis.start)


FAULTS: dict[str, Callable[[RedisServer], object]] = {
    "FLUSHALL": RedisServer.empty,
    "its clients of pub/sub are killed": lambda redis: redis.ask("CLIENT KILL TYPE pubsub"),
    "all its clients are killed": RedisServer.drop_connections,
    "restarted empty": RedisServer.restart,
}


async def test_redis_fails(
    postgres_store: Store, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    async with scene(postgres_store, tmp_path) as run:
        redis = run.site.redis
        assert redis is not None
        run.load(A_SECOND)
        for name, fault in FAULTS.items():
            await asyncio.sleep(EACH_SECONDS)
            run.note(name)
            await asyncio.to_thread(fault, redis)
        await asyncio.sleep(EACH_SECONDS)
        run.note("killed")
        await _is_away(redis)
        run.note("back")
        await run.end_load()
        await run.holds(Expected(latest=LATEST))
        assert run.stored is not None
        slowest = max(seconds for seconds, _ in lateness(run.log, run.stored))
        record_property("figures", f"{len(FAULTS) + 1} faults, an event {slowest:.1f} s late at most")
        assert not [call for call in run.log.calls if call.is_unknown]


async def test_redis_does_not_come_back(
    postgres_store: Store, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Two processes that hear nothing of each other: the head check alone brings everything, in time."""
    async with scene(postgres_store, tmp_path) as run:
        assert run.site.redis is not None
        await asyncio.to_thread(run.site.redis.kill)
        await run.load(A_SECOND, EACH_SECONDS)
        await run.holds(Expected(latest=LATEST))
        assert run.stored is not None
        slowest = max(seconds for seconds, _ in lateness(run.log, run.stored))
        record_property("figures", f"Redis away for good, an event {slowest:.1f} s late at most")
        assert slowest > 0.5, "the other process heard of it by another way than its head check"
