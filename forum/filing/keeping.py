"""The row of a file, and what its network and the site have room for.

How full they are never depends on whether the store has the same bytes already: somebody who tries a file could
otherwise learn that a closed network has it.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, case, cast, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.errors import StoreFull, Unavailable
from forum.files.incoming import AWAY, megabytes, too_large
from forum.files.store import MEGABYTE, Kept, Store
from forum.settings import Settings
from forum.tables import blobs, networks, uploads
from ground.columns import now
from realtime.transaction import Transaction

LOCK = 4201719
"""Who keeps a file shares it on PostgreSQL, who collects has it alone. On SQLite one writer comes after the other."""
_ROOM_LOCK = 4201720
_SPARED_BYTES = 100 * MEGABYTE
"""So much of the disk is left for the database and all else."""


async def keep(tx: Transaction, files: Store, settings: Settings, kept: Kept) -> None:
    """Write the row of a file that is in the store, so that others may name it in this transaction.

    Raises StoreFull where the site has no room for it.
    """
    if tx.connection.dialect.name == "postgresql":
        await tx.execute(text(f"SELECT pg_advisory_xact_lock_shared({LOCK})"))
    if await files.find(kept.sha256) is None:  # it was collected in this very moment
        raise Unavailable(AWAY)
    await _ask_site(tx, settings, kept.size)
    insert: Any = postgresql.insert if tx.connection.dialect.name == "postgresql" else sqlite.insert
    moment = now()
    row = {"sha256": kept.sha256, "size": kept.size, "media_type": kept.media_type}
    # Without a virus scanner nothing holds it back: one that comes later is asked about it then.
    again: dict[str, Any] = {"kept_at": moment} | ({} if settings.has_scanner else {"scan_due_at": moment})
    made = insert(blobs).values(**row, created_at=moment, **again)
    await tx.execute(made.on_conflict_do_update(index_elements=["sha256"], set_=again))


@dataclass(frozen=True, slots=True)
class Room:
    """How many bytes the files of a network have, and may have."""

    used: int
    most: int

    @property
    def is_nearly_full(self) -> bool:
        """Whether a tenth of it is left, or less."""
        return self.used * 10 >= self.most * 9


async def find_room(connection: AsyncConnection, settings: Settings, network_id: str) -> Room:
    """How full a network is; for who may know."""
    used = await connection.scalar(select(networks.c.stored_bytes).where(networks.c.id == network_id))
    return Room(used or 0, settings.network_mb * MEGABYTE)


async def ask_room(tx: Transaction, files: Store, settings: Settings, network_id: str | None, size: int) -> None:
    """Refuse at once what would not fit when it is all there, beside what others have brought of theirs.

    Raises TooLarge and StoreFull.
    """
    if size > settings.file_mb * MEGABYTE:
        raise too_large(settings.file_mb * MEGABYTE)
    free = await files.free()
    if free is not None and size + _SPARED_BYTES > free:
        raise StoreFull("The disk of this site has no room for this file. Ask whoever runs it for more.")
    await _ask_site(tx, settings, size)
    if network_id is None:
        return
    used = await tx.connection.scalar(select(networks.c.stored_bytes).where(networks.c.id == network_id))
    # By what has come, not by what was said to come: nobody takes the room of others with words.
    coming = select(cast(func.coalesce(func.sum(uploads.c.received), 0), BigInteger))
    used = (used or 0) + (await tx.connection.scalar(coming.where(uploads.c.network_id == network_id)) or 0)
    if used + size > settings.network_mb * MEGABYTE:
        raise _no_room(size, settings.network_mb * MEGABYTE - used)


def _no_room(size: int, left: int) -> StoreFull:
    return StoreFull(
        f"This file has {megabytes(size)}, and this network has room for {megabytes(left) if left > 0 else 'no'} more. "
        "Withdraw what is no longer needed, or ask whoever runs this site for more."
    )


async def _ask_site(tx: Transaction, settings: Settings, size: int) -> None:
    most = settings.site_mb * MEGABYTE
    if not most:
        return
    if tx.connection.dialect.name == "postgresql":
        await tx.execute(text(f"SELECT pg_advisory_xact_lock({_ROOM_LOCK})"))  # or two would take the same room
    used = await tx.connection.scalar(select(cast(func.coalesce(func.sum(blobs.c.size), 0), BigInteger)))
    if (used or 0) + size > most:
        raise StoreFull("This site has no room for this file. Ask whoever runs it for more.")


async def charge(tx: Transaction, settings: Settings, network_id: str, size: int) -> None:
    """Count so many bytes to the network, in the transaction that names the file there. Raises StoreFull."""
    most = settings.network_mb * MEGABYTE
    this = networks.c.id == network_id
    more = update(networks).where(this, networks.c.stored_bytes + size <= most)
    if (await tx.execute(more.values(stored_bytes=networks.c.stored_bytes + size))).rowcount == 1:
        return
    used = await tx.connection.scalar(select(networks.c.stored_bytes).where(this))
    raise _no_room(size, most - (used or 0))


async def give_back(tx: Transaction, network_id: str, size: int) -> None:
    """Count so many bytes less to the network, where what named them is gone for good."""
    less = case((networks.c.stored_bytes > size, networks.c.stored_bytes - size), else_=0)
    await tx.execute(update(networks).where(networks.c.id == network_id).values(stored_bytes=less))
