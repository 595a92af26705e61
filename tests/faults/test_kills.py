"""Web processes killed in the middle of their work: nothing acknowledged is lost, nothing is done twice."""

import asyncio
import random
import time
from collections.abc import Callable
from pathlib import Path

from tests.faults.checker import Expected
from tests.faults.scenes import IS_FULL, LATEST, PATIENCE, Scene, Store, scene
from tests.faults.waiting import until

KILLS = 200 if IS_FULL else 4
DEATHS = 20 if IS_FULL else 1
WRITING = ("post", "thread", "edit", "remove", "join", "leave", "admit", "expel")


async def test_kill_in_mid_write(store: Store, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """`kill -9`, again and again; it comes back on the same port, and people try again with the same key.

    Who has lost their link many times waits up to thirty seconds before they connect again.
    """
    async with scene(store, tmp_path) as run:
        run.load(30 if IS_FULL else 60)
        for _ in range(KILLS):
            await asyncio.sleep(random.uniform(0.1, 0.6))
            number = random.randrange(len(run.site.servers))
            await run.kill(number)
            await run.start(number)
        await run.end_load()
        await run.holds(Expected(latest=None), patience=PATIENCE * 4)
        cut = sum(call.status is None and call.kind in WRITING for call in run.log.calls)
        assert cut, "no write met a kill"
        acknowledged = sum(call.is_acknowledged and call.kind in WRITING for call in run.log.calls)
        record_property(
            "figures", f"{KILLS} kills, {acknowledged} writes acknowledged, {cut} tries unanswered: 0 lost, 0 doubled"
        )


async def test_killed_between_commit_and_publish(
    store: Store, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Nobody was woken: who listens elsewhere is told by the head check, and who lost their link by the resume.

    Each death is met by people whose link was steady: who loses it again and again waits up to thirty seconds.
    """
    slowest = 0.0
    async with scene(store, tmp_path, program=("-m", "tests.faults.broken", "dies_before_publish")) as run:
        for _ in range(DEATHS):
            slowest = max(slowest, await _die_once(run))
        await run.holds(Expected(latest=None))
    record_property("figures", f"{DEATHS} deaths, at the last reader after {slowest:.1f} s at most (of {LATEST:g})")
    assert slowest <= LATEST


async def _die_once(run: Scene) -> float:
    """One post whose process dies before it wakes anybody; after how many seconds the last reader had it."""
    for person in run.crowd.people.values():
        person.reader.forgive()
    wishes = [server.data_dir / "die" for server in run.site.servers]
    for wish in wishes:
        wish.touch()
    place = random.choice(list(run.world.places.values()))
    writing = asyncio.create_task(run.crowd.post(place.administrator, place.id))
    assert await until(lambda: not all(server.running for server in run.site.servers), 10, every=0.002)
    died = time.monotonic()
    for wish in wishes:
        wish.unlink(missing_ok=True)
    number = next(number for number, server in enumerate(run.site.servers) if not server.running)
    run.note(f"web process {number} died before it woke anybody")
    if len(run.site.servers) == 1:
        await run.start(number)
    assert await run.quiet(8.0), "the post did not reach everybody"
    taken = time.monotonic() - died
    if len(run.site.servers) > 1:
        await run.start(number)
    assert await writing is not None
    return taken
