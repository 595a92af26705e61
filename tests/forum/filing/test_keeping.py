"""The row of a file."""

import asyncio
import hashlib
import secrets

import pytest
from sqlalchemy import select

from forum.errors import Unavailable
from forum.files.store import Kept
from forum.filing import keep
from forum.tables import blobs
from tests.forum.files.test_store import bring
from tests.forum.threads.village import Village


async def keep_in(village: Village, kept: Kept) -> None:
    async with village.state.transaction() as tx:
        await keep(tx, village.state.files, village.state.settings, kept)


async def rows(village: Village, sha256: str) -> list[tuple[int, str]]:
    async with village.state.database.read() as connection:
        found = await connection.execute(select(blobs.c.size, blobs.c.media_type).where(blobs.c.sha256 == sha256))
        return [tuple(row) for row in found]


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
