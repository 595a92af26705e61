"""What nothing names goes after its day of grace, and nothing else does."""

import asyncio
import os
import secrets
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from forum.errors import Unavailable
from forum.files.store import Kept
from forum.filing import keep
from forum.filing.collecting import STARTS, collect, starts_of, unnamed
from forum.tables import blobs, uploads
from forum.uploads.commands import forget_ended
from forum.uploads.worker import collect_files
from ground.columns import now
from tests.forum.files.test_store import bring, content_of
from tests.forum.threads.village import Village
from tests.forum.uploads.sender import Sender

DAY = timedelta(days=1)


async def a_file(village: Village, *, with_row: bool = True) -> Kept:
    kept = await bring(village.state.files, secrets.token_bytes(2_000))
    if with_row:
        async with village.state.transaction() as tx:
            await keep(tx, village.state.files, village.state.settings, kept)
    return kept


async def an_upload(village: Village) -> tuple[str, Kept]:
    """One that is whole, and names its file."""
    sender, content = await Sender.new_member(village), secrets.token_bytes(2_000)
    path = await sender.new(len(content))
    await sender.send(path, 0, content)
    return path.rpartition("/")[2], await bring(village.state.files, content)


def make_old(village: Village, kept: Kept) -> None:
    """The file in the store is as old as can be."""
    path = next(Path(village.state.settings.data_dir).glob(f"files/*/*/{kept.sha256}"))
    os.utime(path, (0, 0))


async def run(village: Village, *, later: timedelta = timedelta(0)) -> None:
    """As the worker would so much later."""
    await collect(village.state.database, village.state.files, now() - DAY + later)


async def is_there(village: Village, kept: Kept) -> tuple[bool, bool]:
    """Whether it has a row, and whether the store has it."""
    async with village.state.database.read() as connection:
        row = await connection.scalar(select(blobs.c.sha256).where(blobs.c.sha256 == kept.sha256))
    return row is not None, await village.state.files.find(kept.sha256) is not None


async def test_what_is_new_is_left_alone(village: Village) -> None:
    with_row, without = await a_file(village), await a_file(village, with_row=False)
    await run(village)
    assert await is_there(village, with_row) == (True, True)
    assert await is_there(village, without) == (False, True)


async def test_what_nothing_names_goes_and_what_is_named_stays(village: Village) -> None:
    upload_id, named = await an_upload(village)
    nameless = [await a_file(village), await a_file(village, with_row=False)]
    await run(village, later=2 * DAY)
    assert [await is_there(village, kept) for kept in nameless] == [(False, False)] * 2
    assert await is_there(village, named) == (True, True)
    async with village.state.transaction() as tx:
        await tx.execute(delete(uploads).where(uploads.c.id == upload_id))
    await run(village, later=2 * DAY)
    assert await is_there(village, named) == (False, False)


async def test_brought_again_it_has_another_day(village: Village) -> None:
    """Somebody brings the bytes of an old file that nothing names, and is about to name it."""
    content = secrets.token_bytes(2_000)
    kept = await bring(village.state.files, content)
    async with village.state.transaction() as tx:
        await keep(tx, village.state.files, village.state.settings, kept)
        await tx.execute(update(blobs).where(blobs.c.sha256 == kept.sha256).values(kept_at=now() - 3 * DAY))
    make_old(village, kept)
    await bring(village.state.files, content)
    await run(village)
    assert await is_there(village, kept) == (False, True)
    async with village.state.transaction() as tx:
        await keep(tx, village.state.files, village.state.settings, kept)
    await run(village)
    assert await is_there(village, kept) == (True, True)


async def test_a_row_is_never_left_without_its_file(village: Village) -> None:
    """Bringing, keeping and collecting at once: who keeps it either has the file or is told to come again."""
    content = secrets.token_bytes(2_000)
    lost = []

    async def bring_and_keep() -> None:
        for _ in range(15):
            kept = await bring(village.state.files, content)
            try:
                async with village.state.transaction() as tx:
                    await keep(tx, village.state.files, village.state.settings, kept)
                    # Nobody collects until this transaction ends.
                    lost.append(await village.state.files.find(kept.sha256) is None)
            except Unavailable:
                continue

    async def collect_all() -> None:
        start = (await bring(village.state.files, content)).sha256[:2]
        for _ in range(30):
            await collect(village.state.database, village.state.files, now() + DAY, [start])

    await asyncio.gather(bring_and_keep(), bring_and_keep(), collect_all())
    assert lost
    assert not any(lost)


def test_every_hour_has_its_part_of_the_store() -> None:
    assert sorted(start for hour in range(24) for start in starts_of(hour)) == list(STARTS)


def test_every_key_of_every_table_counts() -> None:
    assert "uploads.sha256 = blobs.sha256" in str(unnamed())


async def test_ended_uploads_are_forgotten_with_their_parts(village: Village) -> None:
    sender = await Sender.new_member(village)
    path, going_on = await sender.new(10), await sender.new(10)
    await sender.send(path, 0, b"12345")
    upload_id = path.rpartition("/")[2]
    part = Path(village.state.settings.data_dir) / "files" / "incoming" / f"{upload_id}.part"
    assert part.exists()
    async with village.state.transaction() as tx:
        await tx.execute(update(uploads).where(uploads.c.id == upload_id).values(expires_at=now() - DAY))
    await forget_ended(village.state)
    assert not part.exists()
    async with village.state.database.read() as connection:
        assert await connection.scalar(select(uploads.c.id).where(uploads.c.id == upload_id)) is None
    assert await sender.offset(going_on) == 0
    await collect_files(village.state)


async def test_what_is_read_while_it_goes_is_whole_or_told(village: Village) -> None:
    kept = await a_file(village, with_row=False)
    chunks = village.state.files.read(kept.sha256)
    first = await anext(chunks)
    await village.state.files.remove(kept.sha256)
    assert first + b"".join([chunk async for chunk in chunks])
    with pytest.raises(Unavailable):
        await content_of(village.state.files, kept.sha256)
