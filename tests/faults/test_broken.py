"""The checker catches five servers that each break one law, and finds nothing wrong with the product itself."""

from pathlib import Path

import pytest

from tests.faults.broken import BROKEN
from tests.faults.checker import Expected
from tests.faults.scenes import scene
from tests.servers.postgres import PostgresServer
from tests.servers.shapes import POSTGRES_REDIS, SHAPES

LOAD = (50, 2.5)
"""Acts a second, and for how many seconds."""
EXPECTED = Expected(latest=2.5)
"""Nothing is out of order in these runs: what is late is late by the server's own fault."""

async def _play(shape, folder, postgres, kind=""):
    import time
    t=time.monotonic()
    program = ("-m", "tests.faults.broken", kind) if kind else ()
    async with scene(shape, folder, postgres, program=program) as run:
        print("up", time.monotonic()-t)
        await run.load(*LOAD)
        print("loaded", time.monotonic()-t)
        b = await run.verdict(EXPECTED)
        print("verdict", time.monotonic()-t, len(run.log.calls), len(run.log.frames), len(run.log.steps))
        print(run.explain(b))
    print("down", time.monotonic()-t)
    return b


@pytest.mark.parametrize("shape", SHAPES)
async def test_nothing_is_found(shape: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    postgres = request.getfixturevalue("postgres_server") if shape == POSTGRES_REDIS else None
    assert not await _play(shape, tmp_path, postgres)


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("shape", SHAPES)
async def test_broken_server_is_caught(shape: str, kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    postgres = request.getfixturevalue("postgres_server") if shape == POSTGRES_REDIS else None
    assert await _play(shape, tmp_path, postgres, kind)
