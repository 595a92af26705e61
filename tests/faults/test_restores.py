"""An older state comes back: every client is told to load afresh, and ends with what there is now.

That a backup under load comes back as one moment is tried in `tests/forum/test_backup.py`; that an older copy put
there by other tools is noticed and refused, by the folder and by Redis, in `tests/realtime/test_heads.py`.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.laws_of_order import streams_are_whole
from tests.faults.laws_of_readers import heads_are_applied, held_is_stored
from tests.faults.reading_back import read_stored
from tests.faults.recorder import Placed
from tests.faults.scenes import IS_FULL, PATIENCE, Store, scene
from tests.servers.shapes import POSTGRES_REDIS, SHAPES

LOAD_SECONDS = 20.0 if IS_FULL else 1.0
ACTS = {"reply": 20, "edit": 3, "withdraw": 1, "read": 2}
"""Nobody comes or goes: a restore undoes that too, of which the people in the load know nothing."""


@pytest.mark.parametrize("store", SHAPES if IS_FULL else [POSTGRES_REDIS], indirect=True)
async def test_every_client_loads_afresh_after_a_restore(
    store: Store, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    file = tmp_path / "confer.backup"
    async with scene(store, tmp_path, acts=ACTS) as run:
        await run.load(40, LOAD_SECONDS)
        server = run.site.servers[0]
        assert await run.quiet()
        await asyncio.to_thread(server.command, "backup", str(file))
        told = len(run.log.steps)
        await run.load(40, LOAD_SECONDS)
        gone = {call.made for call in run.log.calls if call.kind == "post" and call.is_acknowledged}
        for each in run.site.servers:
            await asyncio.to_thread(each.stop)
        assert "new epoch" in await asyncio.to_thread(server.command, "restore", str(file))
        for number in range(len(run.site.servers)):
            await run.start(number)
        await run.load(40, LOAD_SECONDS)
        assert await run.quiet(PATIENCE * 2 + 10)
        stored = await read_stored(run.site.database_url)
        await run.crowd.go_home()
    afresh = {
        (step.who, step.stream) for step in run.log.steps[told:] if isinstance(step, Placed) and "epoch" in step.why
    }
    networks = {(who, f"network:{network}") for network, who in run.world.members}
    assert {who for who, _ in afresh} == set(run.crowd.people)
    assert len({pair for pair in afresh if pair in networks}) > len(networks) / 2
    breaches = [law(run.log, stored) for law in (streams_are_whole, heads_are_applied, held_is_stored)]
    assert not any(breaches), breaches
    assert gone - stored.posts.keys(), "nothing was written after the backup"
    record_property(
        "figures",
        f"{len(gone - stored.posts.keys())} posts undone: {len(afresh)} places of {len(run.crowd.people)} readers "
        "begun afresh, all hold what is stored now",
    )
