"""`python -m forum check` compares the rows and the store, both ways, beside a running server."""

import os
import secrets
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from forum.files.store import Kept
from forum.filing import keep
from ground.columns import now
from tests.forum.files.test_store import bring
from tests.forum.threads.village import Village, open_village
from tests.servers.confer import CommandFailed, ConferServer


@pytest.fixture
async def own_village(own_server: ConferServer) -> AsyncIterator[Village]:
    opened = open_village(own_server)
    yield opened
    await opened.close()


async def a_file(village: Village, *, with_row: bool = True) -> tuple[Kept, Path]:
    kept = await bring(village.state.files, secrets.token_bytes(3_000))
    if with_row:
        async with village.state.transaction() as tx:
            await keep(tx, village.state.files, village.state.settings, kept)
    return kept, place_of(village, kept)


def place_of(village: Village, kept: Kept) -> Path:
    return next(village.state.settings.data_dir.glob(f"files/*/*/{kept.sha256}"))


def put(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def age(path: Path, days: int) -> None:
    moment = (now() - timedelta(days=days)).timestamp()
    os.utime(path, (moment, moment))


def told(server: ConferServer, *options: str) -> str:
    with pytest.raises(CommandFailed, match=r"code 1\n") as refused:
        server.command("check", *options)
    return str(refused.value)


async def test_both_ways(own_village: Village, own_server: ConferServer) -> None:
    missing, short, other, nameless = [await a_file(own_village, with_row=number < 3) for number in range(4)]
    assert "holds together" in own_server.command("check", "--contents")
    missing[1].unlink()
    put(short[1], b"short")
    put(other[1], secrets.token_bytes(3_000))
    age(nameless[1], 9)
    said = told(own_server)
    assert f"The file {missing[0].sha256} is missing in the store. Restore it from a backup." in said
    assert f"The file {short[0].sha256} has 5 bytes, and should have 3,000." in said
    assert "A file lies in the store that nothing names any more." in said
    assert other[0].sha256 not in said
    assert f"The file {other[0].sha256} is not what it was." in told(own_server, "--contents")


async def test_what_is_on_its_way_is_no_trouble(own_village: Village, own_server: ConferServer) -> None:
    await a_file(own_village, with_row=False)
    incoming = await own_village.state.files.begin()
    await incoming.write(b"half")
    assert "holds together" in own_server.command("check", "--contents")
    await incoming.__aexit__(None, None, None)
