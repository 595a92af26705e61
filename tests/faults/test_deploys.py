"""One deploy after another under load (P10): each process says goodbye, and nothing is lost."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.faults.checker import Expected
from tests.faults.scenes import IS_FULL, PATIENCE, Store, scene

DEPLOYS = 15 if IS_FULL else 3
EVERY_SECONDS = 20.0 if IS_FULL else 1.0
PROGRAM = () if IS_FULL else ("-m", "tests.faults.broken", "quick_drain")
"""In small size a process that stops lets its sockets come back within one second, not within ten."""


async def test_deploy_after_deploy(
    store: Store, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """SIGTERM to one process after another, each started anew before the next one's turn."""
    slowest = 0.0
    async with scene(store, tmp_path, program=PROGRAM) as run:
        run.load(40)
        for number in range(DEPLOYS):
            await asyncio.sleep(EVERY_SECONDS)
            server = run.site.servers[number % len(run.site.servers)]
            run.note("SIGTERM")
            began = time.monotonic()
            assert await asyncio.to_thread(server.stop) == 0
            slowest = max(slowest, time.monotonic() - began)
            await run.start(number % len(run.site.servers))
        await asyncio.sleep(1)
        await run.end_load()
        assert await run.quiet(PATIENCE * 2)
        codes = Counter(link.code for link in run.log.links if link.code is not None)
        byes = sum(frame.type == "bye" for frame in run.log.frames)
        await run.holds(Expected(latest=None), patience=PATIENCE * 2)
        acknowledged = sum(call.is_acknowledged for call in run.log.calls)
    record_property(
        "figures",
        f"{DEPLOYS} deploys: {acknowledged} calls acknowledged, 0 lost; {codes[1012]} sockets closed with 1012 after "
        f"{byes} goodbyes, {codes.total() - codes[1012]} otherwise; a process was gone after {slowest:.1f} s at most",
    )
    assert codes.total() == codes[1012] == byes > 0, codes
