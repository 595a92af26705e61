"""`python -m forum check`: whether what is stored holds together. Each trouble is one sentence; none is best."""

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.audit import find_broken
from forum.audit_heads import find_cut
from forum.database import Database
from forum.files.store import Store
from forum.filing.checking import find_late
from forum.filing.comparing import find_differences
from forum.schema import is_current
from realtime.event_log import NoEpoch, get_epoch
from realtime.tables import events, streams


async def find_troubles(database: Database, files: Store | None = None, *, with_contents: bool = False) -> list[str]:
    """Everything that is wrong with the database and the log of events, and with the store of files where one is given.

    With contents every file is read, and must have the hash by which it is known.
    """
    if not await is_current(database):
        return ["The tables are not those of this version. Run: python -m forum migrate"]
    async with database.read() as connection:
        troubles = await _epoch(connection) + await _streams(connection)
        troubles += [trouble async for trouble in find_broken(connection)]
        troubles += [trouble async for trouble in find_cut(connection)]
        troubles += await find_late(connection)
        if database.dialect == "sqlite":
            troubles += await _file(connection)
    return (
        troubles if files is None else troubles + await find_differences(database, files, with_contents=with_contents)
    )


async def _epoch(connection: AsyncConnection) -> list[str]:
    try:
        await get_epoch(connection)
    except NoEpoch:
        return ["The database does not know its epoch. Run: python -m forum epoch --renew"]
    return []


async def _streams(connection: AsyncConnection) -> list[str]:
    """A stream's numbers must end at its head and have no holes; old ones may be gone from its beginning."""
    kept = (
        select(
            events.c.stream,
            func.min(events.c.seq).label("first"),
            func.max(events.c.seq).label("last"),
            func.count().label("number"),
        )
        .group_by(events.c.stream)
        .subquery()
    )
    joined = streams.join(kept, kept.c.stream == streams.c.name)
    ends_elsewhere = kept.c.last != streams.c.head
    has_holes = kept.c.last - kept.c.first + 1 != kept.c.number
    wrong = select(streams.c.name).select_from(joined).where(ends_elsewhere | has_holes).order_by(streams.c.name)
    names = list(await connection.scalars(wrong.limit(20)))
    return [f"The stream {name} has a hole, or does not end where it says. Restore from a backup." for name in names]


async def _file(connection: AsyncConnection) -> list[str]:
    """What SQLite itself finds wrong with its file."""
    found = list(await connection.scalars(text("PRAGMA integrity_check(20)")))
    troubles = [f"The database file is damaged: {line}." for line in found if line != "ok"]
    orphans = (await connection.execute(text("PRAGMA foreign_key_check"))).fetchmany(20)
    return troubles + [f"A row of {row[0]} points to a row of {row[2]} that is not there." for row in orphans]
