"""Whether the rows and the store say the same, both ways; a sentence for each difference."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.database import Database
from forum.errors import FileDamaged
from forum.files.store import LEFT_AFTER_SECONDS, Store
from forum.filing.collecting import STARTS
from forum.tables import blobs
from ground.columns import now

MOST_TOLD = 20
_LATE = timedelta(seconds=3 * LEFT_AFTER_SECONDS)
"""By then whoever collects should have let go of what nothing names."""


async def find_differences(database: Database, files: Store, *, with_contents: bool = False) -> list[str]:
    """Files that are missing, that are not what they were, and that should be gone; beside a running server.

    With contents every file is read. Raises Unavailable where the store can't be asked.
    """
    told: list[str] = []
    nameless = 0
    for start in STARTS:
        async with database.read() as connection:
            rows = await _rows(connection, start)
        # Read after the rows: what has a row was in the store before.
        listed = {each.sha256: each async for each in files.listing(start)}
        for sha256, size in rows.items():
            found = listed.pop(sha256, None)
            if found is None:
                told += await _missing(database, files, sha256)
            elif found.size != size:
                told.append(f"The file {sha256} has {found.size:,} bytes, and should have {size:,}. {_RESTORE}")
            elif with_contents and not await _is_itself(files, sha256):
                told.append(f"The file {sha256} is not what it was. {_RESTORE}")
        nameless += sum(each.kept_at < now() - _LATE for each in listed.values())
    if nameless:
        files_lie = f"{nameless:,} files lie" if nameless > 1 else "A file lies"
        told.append(f"{files_lie} in the store that nothing names any more. Let a worker run, which collects them.")
    return told if len(told) <= MOST_TOLD else [*told[:MOST_TOLD], f"And {len(told) - MOST_TOLD:,} more."]


_RESTORE = "Restore it from a backup."


async def _rows(connection: AsyncConnection, start: str) -> dict[str, int]:
    within = blobs.c.sha256.between(start, start + "g")  # after every name that begins so
    return {
        row.sha256: row.size for row in await connection.execute(select(blobs.c.sha256, blobs.c.size).where(within))
    }


async def _missing(database: Database, files: Store, sha256: str) -> list[str]:
    """Asked once more: its row may have gone meanwhile, and the file with it."""
    async with database.read() as connection:
        is_named = await connection.scalar(select(blobs.c.sha256).where(blobs.c.sha256 == sha256))
    if not is_named or await files.find(sha256) is not None:
        return []
    return [f"The file {sha256} is missing in the store. {_RESTORE}"]


async def _is_itself(files: Store, sha256: str) -> bool:
    try:
        async for _ in files.read(sha256):
            pass
    except FileDamaged:
        return False
    return True
