"""A picture of a post is cut of what a camera wrote into it, before anybody gets it: where it was taken, and with what.

The bytes that somebody brought are let go of: the file is the bare ones from then on. Until that is done, and where it
can't be, they are given to nobody.
"""

import asyncio
import tempfile
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy import update

from forum.errors import StoreFull
from forum.files.bare import PHOTOS, NotBared, bare
from forum.files.store import CHUNK_BYTES, Kept
from forum.filing import give_back, keep
from forum.pictures import FOLDER
from forum.state import State
from forum.tables import post_files


@dataclass(frozen=True, slots=True)
class Bytes:
    """A file of a post as it lies in the store."""

    file_id: str
    sha256: str
    size: int
    media_type: str


def holds_traces(media_type: str) -> bool:
    """Whether a file of this kind may tell where and with what it was made, as cameras do."""
    return media_type in PHOTOS


async def make_bare(state: State, file: Bytes) -> Bytes | None:
    """Cut the picture, and have its post carry what is left; None where that can't be. Raises Unavailable.

    Twice at once it does the same twice. Where the store is full for the moment it is tried again when it is asked for.
    """
    try:
        made = await _cut(state, file)
        async with state.transaction() as tx:
            if made is not None:
                await keep(tx, state.files, state.settings, made)
            sha256, size = (made.sha256, made.size) if made else (file.sha256, file.size)
            values = {"sha256": sha256, "size": size, "is_bare": made is not None}
            this = (post_files.c.id == file.file_id, post_files.c.sha256 == file.sha256, post_files.c.is_bare.is_(None))
            changed = update(post_files).where(*this)
            less = file.size - size
            changed = changed.values(**values, stored_bytes=post_files.c.stored_bytes - less)
            row = (await tx.execute(changed.returning(post_files.c.network_id))).first()
            if row is not None and less:
                await give_back(tx, row.network_id, less)
    except StoreFull:
        return None
    return Bytes(file.file_id, made.sha256, made.size, file.media_type) if made else None


async def _cut(state: State, file: Bytes) -> Kept | None:
    folder = state.settings.data_dir / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as source, tempfile.TemporaryFile(dir=folder) as target:
        async for chunk in state.files.read(file.sha256):
            await asyncio.to_thread(source.write, chunk)
        source.flush()
        try:
            await asyncio.to_thread(bare, source, target, file.media_type)
        except NotBared:
            return None
        target.seek(0)
        return await _store(state, target)


async def _store(state: State, target: BinaryIO) -> Kept:
    async with await state.files.begin() as incoming:
        while chunk := await asyncio.to_thread(target.read, CHUNK_BYTES):
            await incoming.write(chunk)
        return await incoming.finish()
