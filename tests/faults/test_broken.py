"""The checker catches five servers that each break one law, and finds nothing wrong with the product itself."""

import asyncio
from pathlib import Path

import pytest

from tests.faults.broken import BROKEN
from tests.faults.checker import Breach, Expected
from tests.faults.reading_back import read_heads
from tests.faults.scenes import LATEST, Scene, Store, scene
from tests.faults.waiting import until
from tests.faults.world import SMALL

A_SECOND, SECONDS = 50, 1.5
EXPECTED = Expected(latest=2.5, settled=2.5)
"""Nothing is out of order in these runs: what is late is late by the server's own fault."""
PATIENCE = {"": 30.0, "no_head_check": 3.0, "publish_first": 3.5}
"""So many seconds for everything to arrive; those that are not caught by what is missing need none."""
CAUGHT_BY = {
    "sequence": {"a stream is exactly 1 to its head", "nobody is told to load afresh without cause"},
    "no_head_check": {"every live reader has applied the head"},
    "publish_first": {"nothing comes late", "every live reader has applied the head"},
    "audience_once": {"nothing numbered after the end of a right"},
    "answer_first": {"an acknowledged write is there"},
}


async def _play(store: Store, folder: Path, kind: str = "") -> tuple[Scene, list[Breach]]:
    """The same load on each server: people come and go, and somebody is removed while others write."""
    program = ("-m", "tests.faults.broken", kind) if kind else ()
    async with scene(store, folder, program=program, size=SMALL) as run:
        load = run.load(A_SECOND, SECONDS)
        await asyncio.sleep(SECONDS / 4)
        network, who = run.closed_member()
        await run.crowd.expel(who, network)
        await load
        await _last_words(run)
        return run, await run.verdict(EXPECTED if kind else Expected(latest=LATEST), patience=PATIENCE.get(kind, 0.5))


async def _last_words(run: Scene) -> None:
    """Something is said where nobody says more; and again once everybody has that.

    A head check may bring the first soon. The second comes right after one, and so waits for the whole of the next.
    """
    place = run.world.places[run.crowd.quiet]
    await run.crowd.post(place.administrator, place.id)
    head = (await read_heads(run.site.database_url))[place.stream]
    members = [person.reader for person in run.crowd.people.values() if place.id in person.networks]
    await until(lambda: all(reader.has(place.stream, head) for reader in members), 5.5)
    await run.crowd.post(place.administrator, place.id)


async def test_nothing_is_found(store: Store, tmp_path: Path) -> None:
    run, breaches = await _play(store, tmp_path)
    assert not breaches, run.explain(breaches)
    assert sum(call.is_acknowledged for call in run.log.calls) > A_SECOND * SECONDS / 2
    assert len(run.log.frames) > 500


@pytest.mark.parametrize("kind", BROKEN)
async def test_broken_server_is_caught(store: Store, kind: str, tmp_path: Path) -> None:
    _, breaches = await _play(store, tmp_path, kind)
    assert CAUGHT_BY[kind] & {breach.law for breach in breaches}, breaches
