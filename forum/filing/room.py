"""How much room a network, the site and a person have for files, and what is said where there is none.

What somebody brings counts as it is, whether or not the store has the same bytes already: a figure that knew of that
would tell whoever tries a file that a closed network has it. So the site is as full as its networks are, each with all
that was shared there; previews and photos of people are not counted. What is on its way in and not shared yet is
nobody's but the person's who sends it: it takes no room from others, and of it each person may have so much.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, case, cast, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.errors import StoreFull
from forum.files.incoming import megabytes, megabytes_left, too_large
from forum.files.store import LEFT_AFTER_SECONDS, MEGABYTE, Store
from forum.settings import Settings
from forum.tables import document_versions, documents, networks, post_files, uploads
from ground.columns import now
from realtime.transaction import Transaction

_ROOM_LOCK = 4201720
_SPARED_BYTES = 100 * MEGABYTE
"""So much of the disk is left for the database and all else, beside the largest file that may come."""
UNSHARED_FILES = 5
"""So many files of the largest size one person may have on their way, before they are shared."""
ALIVE_FOR = timedelta(minutes=15)
"""So long after its last part a file is taken to be on its way still."""
FULL_SITE = "This site has no room for this file. Ask whoever runs it for more."
COMES_BACK = "What is withdrawn gives its room back when it is deleted for good, 30 days later."


@dataclass(frozen=True, slots=True)
class Room:
    """How many bytes the files of a network, or of all of them, have, and may have."""

    used: int
    most: int

    @property
    def is_nearly_full(self) -> bool:
        """Whether a tenth of it is left, or less."""
        return bool(self.most) and self.used * 10 >= self.most * 9

    @property
    def left(self) -> int:
        """How many more there is room for."""
        return max(0, self.most - self.used)


def room_words(room: Room) -> str:
    """How full it is."""
    if not room.most:
        return f"{megabytes(room.used)}; only the disk sets a bound" if room.used else "none yet"
    most = megabytes(room.most)
    return f"{megabytes(room.used)} of {most}" if room.used else f"none yet; there is room for {most}"


def most_words(room: Room, settings: Settings) -> str:
    """How large a file may be that is to be shared in this network, where it is chosen."""
    most = settings.file_mb * MEGABYTE
    if room.left >= most:
        return f"At most {megabytes(most)}."
    if not room.left:
        return f"This network has room for no more files. Ask whoever runs this site for more. {COMES_BACK}"
    return f"At most {megabytes_left(room.left)}: this network has room for no more."


async def find_room(connection: AsyncConnection, settings: Settings, network_id: str) -> Room:
    """How full a network is; for who may know."""
    used = await connection.scalar(select(networks.c.stored_bytes).where(networks.c.id == network_id))
    return Room(used or 0, settings.network_mb * MEGABYTE)


async def find_withdrawn_bytes(connection: AsyncConnection, network_id: str) -> int:
    """How much of it comes back by itself, as what was withdrawn is deleted for good; for who may know."""
    of_it = (documents.c.network_id == network_id, documents.c.withdrawn_at.is_not(None), documents.c.held_at.is_(None))
    versions = select(document_versions.c.size).join(documents, documents.c.id == document_versions.c.document_id)
    return await _sum(connection, versions.where(*of_it))


async def find_coming_bytes(connection: AsyncConnection) -> int:
    """How much is on its way in by all people together, and not shared yet; for the site's administrators."""
    return await _sum(connection, select(uploads.c.received).where(uploads.c.expires_at > now()))


async def find_site_room(connection: AsyncConnection, settings: Settings) -> Room:
    """How full the site is; for its administrators. `most` is 0 where nothing but the disk bounds it."""
    return Room(await _site_bytes(connection), settings.site_mb * MEGABYTE)


async def _site_bytes(connection: AsyncConnection) -> int:
    return await _sum(connection, select(networks.c.stored_bytes))


async def _sum(connection: AsyncConnection, sizes: Select[Any]) -> int:
    size = sizes.subquery()
    total = select(cast(func.coalesce(func.sum(next(iter(size.c))), 0), BigInteger))
    return int(await connection.scalar(total) or 0)


# -- Before anything is sent ------------------------------------------------------------------------


async def ask_room(
    tx: Transaction, files: Store, settings: Settings, account_id: str, network_id: str | None, size: int
) -> None:
    """Refuse at once what would not fit when it is all there, beside what this person is sending.

    Raises TooLarge and StoreFull.
    """
    most = settings.file_mb * MEGABYTE
    if size > most:
        raise too_large(most)
    await ask_disk(files, settings)
    await ask_own(tx, settings, account_id, size)
    if network_id is None:
        return
    await _ask_site(tx, settings, size)
    room = await find_room(tx.connection, settings, network_id)
    # Of this person alone, and as said: nobody takes the room of others before something is shared.
    here = (uploads.c.account_id == account_id) & (uploads.c.network_id == network_id) & uploads.c.sha256.is_(None)
    coming = await _sum(tx.connection, select(uploads.c.size).where(here, _is_alive()))
    if room.used + coming + size > room.most:
        raise _no_room(size, room.left, coming)


async def ask_disk(files: Store, settings: Settings) -> None:
    """Refuse while the disk is nearly full. Raises StoreFull.

    By what may come at most, never by a size: otherwise a row of sizes would tell to the byte what is on the disk.
    """
    free = await files.free()
    if free is not None and settings.file_mb * MEGABYTE + _SPARED_BYTES > free:
        raise StoreFull("The disk of this site has no room for more files. Ask whoever runs it for more.")


async def ask_own(tx: Transaction, settings: Settings, account_id: str, more: int) -> None:
    """Whether this person may have so much more that is not shared yet. Raises StoreFull.

    Of what is on its way counts what it is to have, of what was left lying what came of it.
    """
    await tx.execute(select(accounts.c.id).where(accounts.c.id == account_id).with_for_update(key_share=True))
    size = case((_is_alive() | uploads.c.sha256.is_not(None), uploads.c.size), else_=uploads.c.received)
    await _ask_unshared(tx.connection, settings, account_id, size, more)


async def ask_part(connection: AsyncConnection, settings: Settings, account_id: str, more: int) -> None:
    """The same before a part is taken, by what has come: many files may have been begun long ago. Raises StoreFull."""
    await _ask_unshared(connection, settings, account_id, uploads.c.received, more)


async def _ask_unshared(
    connection: AsyncConnection, settings: Settings, account_id: str, size: ColumnElement[int], more: int
) -> None:
    mine = (uploads.c.account_id == account_id) & (uploads.c.expires_at > now())
    has = await _sum(connection, select(size.label("size")).where(mine))
    unsent = (post_files.c.post_id.is_(None), post_files.c.held_id.is_(None), post_files.c.brought_by == account_id)
    has += await _sum(connection, select(post_files.c.size).where(*unsent))
    most = UNSHARED_FILES * settings.file_mb * MEGABYTE
    if has + more > most:
        raise StoreFull(
            f"You have {megabytes(has)} in files that are not shared yet, and with this one it would be more than "
            f"{megabytes(most)}. Share or cancel those first: choose one again to go on with it. What is left lying is "
            "forgotten after a day."
        )


def _is_alive() -> ColumnElement[bool]:
    """Rows of `uploads` of which something came just now, or that were just begun."""
    return uploads.c.expires_at > now() + timedelta(seconds=LEFT_AFTER_SECONDS) - ALIVE_FOR


def _no_room(size: int, left: int, coming: int = 0) -> StoreFull:
    beside = f" You are sending {megabytes(coming)} already." if coming else ""
    return StoreFull(
        f"This file has {megabytes(size)}, and this network has room for {megabytes_left(left)} more.{beside} "
        f"Ask whoever runs this site for more. {COMES_BACK}"
    )


async def _ask_site(tx: Transaction, settings: Settings, more: int) -> None:
    if settings.site_mb and await _site_bytes(tx.connection) + more > settings.site_mb * MEGABYTE:
        raise StoreFull(FULL_SITE)


# -- Where it is shared -----------------------------------------------------------------------------


async def charge(tx: Transaction, settings: Settings, network_id: str, size: int) -> None:
    """Count so many bytes to the network, in the transaction that names the file there. Raises StoreFull."""
    if settings.site_mb and tx.connection.dialect.name == "postgresql":
        await tx.execute(text(f"SELECT pg_advisory_xact_lock({_ROOM_LOCK})"))  # or two would take the same room
    most = settings.network_mb * MEGABYTE
    this = networks.c.id == network_id
    more = update(networks).where(this, networks.c.stored_bytes + size <= most)
    if (await tx.execute(more.values(stored_bytes=networks.c.stored_bytes + size))).rowcount != 1:
        raise _no_room(size, (await find_room(tx.connection, settings, network_id)).left)
    await _ask_site(tx, settings, 0)


async def give_back(tx: Transaction, network_id: str, size: int) -> None:
    """Count so many bytes less to the network, where what named them is gone for good."""
    less = case((networks.c.stored_bytes > size, networks.c.stored_bytes - size), else_=0)
    await tx.execute(update(networks).where(networks.c.id == network_id).values(stored_bytes=less))
