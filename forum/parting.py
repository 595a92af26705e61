"""A network is closed again: what had stayed with its members of before does not open to those who came meanwhile.

Who joins an open network lets themselves in. As members of the closed one they would read everything, so each of them
carries up to where threads are not theirs (`reads_after`), until an administrator keeps them in an access review;
whoever is admitted later was admitted, and reads all. As long as there is anybody of them, such threads stay as they
were while the network was open (`apart_until`): nobody adds to them, and its stream, which all members hear, does not
tell of them.
"""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.audit import Deed, record
from forum.events import NetworkChanged
from forum.membership import Current
from forum.records import Network
from forum.streams import network_stream
from forum.tables import announcements, audit_rows, cards, documents, folders, memberships, networks
from realtime.transaction import Transaction

LET_READ = "member.let_read"
OPENED = "member.past_opened"
NO_POST = -1
"""In place of a position: no thread stays apart, and what is in the library does."""


def _of(network_id: str) -> ColumnElement[bool]:
    return (memberships.c.network_id == network_id) & memberships.c.current & (memberships.c.status == "active")


def _or_may_return(network_id: str) -> ColumnElement[bool]:
    """Members, and those whom an administrator removed: that may be undone."""
    stood = memberships.c.status.in_(("active", "removed", "banned")) & memberships.c.since.is_not(None)
    return (memberships.c.network_id == network_id) & memberships.c.current & stood


def _unparted(network_id: str) -> Select[tuple[str]]:
    """Who came while it was open, and is not marked so yet; but not whom administrators gave a role they trust."""
    came_later = (memberships.c.since > networks.c.members_only_since) & (memberships.c.role == "member")
    return (
        select(memberships.c.id)
        .join(networks, networks.c.id == memberships.c.network_id)
        .where(_or_may_return(network_id), came_later, memberships.c.reads_after != networks.c.members_only_until)
    )


async def kept_until(tx: Transaction, network: Network) -> int:
    """Up to which post what is there stays with its members, as the network is opened.

    Where nobody has written a post yet but something stands in its library, or was announced, that is before the
    first: -1, since 0 is that nothing stays.
    """
    if network.post_count:
        return network.post_count
    kept = (documents, folders, cards, announcements)
    asked = [select(table.c.id).where(table.c.network_id == network.id).limit(1) for table in kept]
    found = [(await tx.execute(each)).first() is not None for each in asked]
    return NO_POST if any(found) else 0


async def part(tx: Transaction, network_id: str, by_id: str) -> None:
    """Mark those who came while the network was open. To be called before its row is held: memberships come first."""
    held = _unparted(network_id).order_by(memberships.c.account_id).with_for_update(of=memberships, key_share=True)
    found = list((await tx.execute(held)).scalars())
    kept = select(networks.c.members_only_until).where(networks.c.id == network_id)
    until = int(await tx.connection.scalar(kept) or 0)
    for start in range(0, len(found), 500):
        these = memberships.c.id.in_(found[start : start + 500])
        await _note_marked(tx, by_id, these, until)
        await tx.execute(update(memberships).where(these).values(reads_after=until))


async def is_anybody_unparted(tx: Transaction, network_id: str) -> bool:
    """Whether somebody came after they were marked; asked while the network is held: nobody else comes."""
    return (await tx.execute(_unparted(network_id).limit(1))).first() is not None


async def forget_parting(tx: Transaction, network_id: str, by_id: str) -> None:
    """All is for everybody now, the past included. To be called before the network's row is held."""
    marked = _or_may_return(network_id) & (memberships.c.reads_after != 0)
    await _note_marked(tx, by_id, marked, 0)
    await tx.execute(update(memberships).where(marked).values(reads_after=0))


async def apart_until(tx: Transaction, network_id: str) -> int:
    """Up to which post threads begin that are not for everybody who belongs to the network."""
    parted = (_of(network_id), memberships.c.reads_after != 0)
    furthest = select(func.coalesce(func.max(memberships.c.reads_after), 0)).where(*parted)
    return int(await tx.connection.scalar(furthest) or 0)


async def would_lose_past(connection: AsyncConnection, network_id: str, account_id: str) -> bool:
    """Whether somebody reads what stayed with the members of before an opening, and would not after coming again."""
    mine = (_of(network_id), memberships.c.account_id == account_id)
    kept = (networks.c.access == "open", memberships.c.since <= networks.c.members_only_since)
    here = select(memberships.c.id).join(networks, networks.c.id == memberships.c.network_id)
    return (await connection.execute(here.where(*mine, *kept, memberships.c.reads_after == 0))).first() is not None


async def settle_parting(tx: Transaction, network_id: str) -> None:
    """Once all who came meanwhile were kept or have gone, its threads are like all others again."""
    until = await apart_until(tx, network_id)
    this = (networks.c.id == network_id) & (networks.c.access != "open") & (networks.c.apart_until != until)
    changed = update(networks).where(this).values(apart_until=until, version=networks.c.version + 1)
    version = (await tx.execute(changed.returning(networks.c.version))).scalar_one_or_none()
    if version is not None:
        tx.emit(network_stream(network_id), NetworkChanged(network_id, version))


async def let_read(tx: Transaction, by_id: str, members: Sequence[Current]) -> None:
    """Let these people, whom an administrator keeps and who are held, read what had stayed with those before them."""
    for member in members:
        this = memberships.c.id == member.id
        before: int = (await tx.execute(select(memberships.c.reads_after).where(this))).scalar_one()
        if not before:
            continue
        await tx.execute(update(memberships).where(this).values(reads_after=0))
        await _write_down(tx, by_id, member, before, 0, LET_READ)


async def part_again(tx: Transaction, by_id: str, member: Current) -> None:
    """Take that back, where it was done: they read what they read before."""
    this = memberships.c.id == member.id
    done = select(audit_rows.c.before).where(
        audit_rows.c.chain == member.network_id, audit_rows.c.object_id == member.id, audit_rows.c.act == LET_READ
    )
    row = (await tx.execute(done.order_by(audit_rows.c.number.desc()).limit(1))).first()
    current: int = (await tx.execute(select(memberships.c.reads_after).where(this))).scalar_one()
    before = int(json.loads(row.before or "{}").get("reads_after", 0)) if row is not None else 0
    if before and not current:
        await tx.execute(update(memberships).where(this).values(reads_after=before))
        await _write_down(tx, by_id, member, 0, before, "member.parted")


async def _note_marked(tx: Transaction, by_id: str, these: ColumnElement[bool], after: int) -> None:
    """Write down what those who are marked already could not read until now: nothing else tells of it later."""
    marked = select(memberships.c.id, memberships.c.account_id, memberships.c.network_id, memberships.c.reads_after)
    marked = marked.where(these, memberships.c.reads_after != 0).order_by(memberships.c.account_id)
    # Held, so that nobody is let read, or parted again, between what is written down here and what is changed after.
    for row in (await tx.execute(marked.with_for_update(key_share=True))).all():
        await _write_down(tx, by_id, row, row.reads_after, after, "member.parted" if after else OPENED)


async def _write_down(tx: Transaction, by_id: str, member: Any, before: int, after: int, act: str) -> None:
    deed = Deed(
        act=act,
        kind="member",
        object_id=member.id,
        network_id=member.network_id,
        actor_id=by_id,
        subject_id=member.account_id,
        before={"reads_after": before},
        after={"reads_after": after},
    )
    await record(tx, deed)
