"""Members removed while many write: nothing numbered after the removal reaches them, with Redis and without."""

import asyncio
import random
import time
from collections.abc import Callable
from pathlib import Path

from tests.faults.scenes import IS_FULL, Scene, Store, scene
from tests.faults.waiting import until

ROUNDS = 100 if IS_FULL else 2
AT_ONCE = 10 if IS_FULL else 6
A_SECOND = 50


async def test_removed_while_others_write(
    store: Store, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """In every second round Redis is down, where there is one. Who was removed is let in again before the next."""
    taken: dict[bool, list[float]] = {False: [], True: []}
    async with scene(store, tmp_path, acts={"reply": 1}) as run:
        run.load(A_SECOND)
        for number in range(ROUNDS):
            is_down = bool(number % 2) and run.site.redis is not None
            if run.site.redis is not None and is_down:
                await asyncio.to_thread(run.site.redis.kill)
            taken[is_down] += await _remove_some(run)
            if run.site.redis is not None and is_down:
                await asyncio.to_thread(run.site.redis.start)
        await run.end_load()
        await run.holds()
    for is_down, seconds in taken.items():
        if seconds:
            seconds.sort()
            p99 = seconds[int(len(seconds) * 0.99)]
            how = "with Redis down" if is_down else "with Redis" if run.site.redis else "on SQLite"
            record_property("figures", f"{len(seconds)} removals {how}: 0 later events, out after {p99:.2f} s (p99)")
            assert seconds[-1] < 10.0
            assert is_down or not IS_FULL or p99 < 1.0


async def _remove_some(run: Scene) -> list[float]:
    """Remove members of closed networks at once, wait until each is out, let them in again; the seconds each took."""
    chosen = {run.closed_member() for _ in range(AT_ONCE * 2)}
    chosen = set(random.sample(sorted(chosen), min(AT_ONCE, len(chosen))))
    taken = await asyncio.gather(*(_remove(run, network, who) for network, who in chosen))
    assert all(await asyncio.gather(*(run.crowd.join(who, network) for network, who in chosen)))
    return list(taken)


async def _remove(run: Scene, network: str, who: str) -> float:
    assert await run.crowd.expel(who, network)
    removed = time.monotonic()
    reader = run.crowd.people[who].reader
    await until(lambda: f"network:{network}" not in reader.places, 15)
    out = time.monotonic()
    return out - removed - run.log.stood_still(removed, out)
