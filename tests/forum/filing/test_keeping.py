"""The row of a file, and the room that its network and the site have for it."""

import asyncio
import hashlib
import secrets

import pytest
from sqlalchemy import func, select

from forum.errors import StoreFull, Unavailable
from forum.files.store import Kept
from forum.filing import charge, give_back, keep
from forum.tables import blobs, networks
from tests.forum.files.test_store import bring
from tests.forum.threads.village import Village


async def keep_in(village: Village, kept: Kept, **settings: int) -> None:
    async with village.state.transaction() as tx:
        await keep(tx, village.state.files, village.state.settings.model_copy(update=settings), kept)


async def rows(village: Village, sha256: str) -> list[tuple[int, str]]:
    async with village.state.database.read() as connection:
        found = await connection.execute(select(blobs.c.size, blobs.c.media_type).where(blobs.c.sha256 == sha256))
        return [tuple(row) for row in found]


async def stored(village: Village, network_id: str) -> int:
    async with village.state.database.read() as connection:
        return int(await connection.scalar(select(networks.c.stored_bytes).where(networks.c.id == network_id)) or 0)


async def a_network(village: Village) -> str:
    return (await village.network(await village.person())).id


async def test_one_row_however_often_it_is_brought(village: Village) -> None:
    content = secrets.token_bytes(50_000)
    kept = await bring(village.state.files, content)
    await asyncio.gather(*(keep_in(village, kept) for _ in range(8)))
    assert await rows(village, kept.sha256) == [(50_000, "application/octet-stream")]


async def test_what_was_collected_meanwhile_is_not_named(village: Village) -> None:
    unknown = Kept(hashlib.sha256(secrets.token_bytes(9)).hexdigest(), 9, "text/plain")
    with pytest.raises(Unavailable):
        await keep_in(village, unknown)
    assert await rows(village, unknown.sha256) == []


async def test_the_site_has_no_room(village: Village) -> None:
    """And says the same of what it has already: nobody learns so whether it has it."""
    first = await bring(village.state.files, secrets.token_bytes(500_000))
    await keep_in(village, first)
    async with village.state.database.read() as connection:
        used = int(await connection.scalar(select(func.sum(blobs.c.size))) or 0)
    most = used // 1_000_000 + 1
    more = await bring(village.state.files, secrets.token_bytes(most * 1_000_000 - used + 1))
    for kept in (more, Kept(first.sha256, more.size, first.media_type)):
        with pytest.raises(StoreFull, match="no room"):
            await keep_in(village, kept, site_mb=most)
    assert await rows(village, more.sha256) == []


async def test_a_network_takes_so_much_and_no_more_fifty_at_once(village: Village) -> None:
    network_id = await a_network(village)
    settings = village.state.settings.model_copy(update={"network_mb": 2})

    async def one() -> bool:
        try:
            async with village.state.transaction() as tx:
                await charge(tx, settings, network_id, 100_000)
        except StoreFull:
            return False
        return True

    taken = await asyncio.gather(*(one() for _ in range(50)))
    assert taken.count(True) == 20
    assert await stored(village, network_id) == 2_000_000


async def test_a_network_says_how_much_is_left(village: Village) -> None:
    network_id = await a_network(village)
    settings = village.state.settings.model_copy(update={"network_mb": 3})
    async with village.state.transaction() as tx:
        await charge(tx, settings, network_id, 1_000_000)
        with pytest.raises(StoreFull, match=r"has 5 MB, and this network has room for 2 MB more"):
            await charge(tx, settings, network_id, 5_000_000)
        await charge(tx, settings, network_id, 2_000_000)
        with pytest.raises(StoreFull, match=r"has room for no more"):
            await charge(tx, settings, network_id, 1)


async def test_what_goes_gives_its_room_back(village: Village) -> None:
    network_id = await a_network(village)
    async with village.state.transaction() as tx:
        await charge(tx, village.state.settings, network_id, 700)
        await give_back(tx, network_id, 200)
        assert await tx.connection.scalar(select(networks.c.stored_bytes).where(networks.c.id == network_id)) == 500
        await give_back(tx, network_id, 9_000)
    assert await stored(village, network_id) == 0
