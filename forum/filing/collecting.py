"""Letting go of what nothing names: first rows that no key names, then files that have no row.

Nothing is let go of within a day after somebody brought it, for they may still be about to name it; and at the moment
of letting go nobody else may keep a file, so that no row is ever written for one that goes.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, not_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.database import Database
from forum.files.store import Store, Stored
from forum.filing.keeping import LOCK
from forum.tables import blobs, metadata
from realtime.transaction import Transaction

PART = 100
STARTS = tuple(f"{number:02x}" for number in range(256))


def starts_of(hour: int) -> Sequence[str]:
    """Beginnings of names that are looked through in this hour of the day; in a day all of them are."""
    return STARTS[hour::24]


def unnamed() -> ColumnElement[bool]:
    """Rows of `blobs` that no foreign key of any table names: a new table is known without being listed here."""
    keys = (key.parent for table in metadata.tables.values() for key in table.foreign_keys if key.column is _KEY)
    return and_(*(not_(exists().where(column == blobs.c.sha256)) for column in keys))


_KEY = blobs.c.sha256


async def collect(database: Database, files: Store, before: datetime, starts: Iterable[str] = STARTS) -> None:
    """Let go of all that was brought before then and is named by nothing. May be cut off anywhere."""
    while await _forget_rows(database, before):
        pass
    for start in starts:
        old = [each async for each in files.listing(start) if each.kept_at < before]
        for place in range(0, len(old), PART):
            await _remove_nameless(database, files, before, old[place : place + PART])


async def forget_at_once(tx: Transaction, files: Store, names: Collection[str], before: datetime) -> None:
    """Let go of these files now, where nothing names them any more and nobody has brought one of them since then."""
    await _alone(tx.connection)
    over = and_(blobs.c.sha256.in_(list(names)), blobs.c.kept_at <= before, unnamed())
    gone = (await tx.execute(delete(blobs).where(over).returning(blobs.c.sha256))).scalars()
    for sha256 in list(gone):
        found = await files.find(sha256)
        if found is not None and found.kept_at <= before:
            await files.remove(sha256)


async def _forget_rows(database: Database, before: datetime) -> bool:
    """Some rows; whether there may be more. Their files have no row then, and go next."""
    is_over = and_(blobs.c.kept_at < before, unnamed())
    some = select(blobs.c.sha256).where(is_over).limit(PART)
    async with database.read() as connection:
        found = list(await connection.scalars(some))
    if not found:
        return False
    async with database.write() as connection:
        await _alone(connection)
        gone = await connection.execute(delete(blobs).where(blobs.c.sha256.in_(found), is_over))
    return gone.rowcount > 0


async def _remove_nameless(database: Database, files: Store, before: datetime, old: Sequence[Stored]) -> None:
    names = {each.sha256 for each in old}
    async with database.read() as connection:
        nameless = names - await _known(connection, names)
    if not nameless:
        return
    async with database.write() as connection:
        await _alone(connection)
        for sha256 in nameless - await _known(connection, nameless):
            found = await files.find(sha256)
            if found is not None and found.kept_at < before:  # nobody brought it again meanwhile
                await files.remove(sha256)


async def _known(connection: AsyncConnection, names: Iterable[str]) -> set[str]:
    return set(await connection.scalars(select(blobs.c.sha256).where(blobs.c.sha256.in_(list(names)))))


async def _alone(connection: AsyncConnection) -> None:
    """Until the end of the transaction nobody keeps a file. On SQLite that is so of every one that writes."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
