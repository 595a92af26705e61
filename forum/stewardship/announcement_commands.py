"""Telling all members something, and putting away what one was told."""

from typing import Any

from sqlalchemy import exists, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from forum.announcement_queries import SHOWN_FOR, get_announcement
from forum.audit import Deed, record, text_hash
from forum.errors import Forbidden, TooMany
from forum.events import AnnouncementMade
from forum.hearing import list_member_ids
from forum.idempotency import Claim, RequestKey, claim
from forum.network_reads import lock_inside
from forum.policy import may_add_to
from forum.records import Network
from forum.rendering import spell
from forum.state import State
from forum.stewardship.announcement_queries import get_allowance
from forum.tables import announcement_reads, announcements, networks
from forum.telling import tell
from forum.viewer import Viewer
from ground.columns import new_id, now
from realtime.transaction import Transaction

NONE_AT_ALL = "This network makes no announcements. Say on the page of announcements how many a week you want."


async def announce(
    tx: Transaction, viewer: Viewer, slug: str, title: str, words: tuple[str, str], key: RequestKey | None
) -> Claim:
    """Tell every member; `words` as they were written and as HTML. One after the other, so that none is too many.

    Raises NotFound, Forbidden, and TooMany where this week's are used up.
    """
    network = await lock_inside(tx.connection, viewer, slug)
    decision = may_add_to(network)
    if not decision:
        raise Forbidden(decision.reason)
    claimed = await claim(tx, viewer.id, key, new_id())
    if claimed.is_replay:
        return claimed
    await _keep_within_limit(tx, viewer, network.id)
    row = {"id": claimed.object_id, "network_id": network.id, "author_id": viewer.id, "title": title}
    await tx.execute(insert(announcements), {**row, "body": words[0], "html": words[1], "created_at": now()})
    await tx.execute(update(networks).where(networks.c.id == network.id).values(is_announcing=True))
    await _note_read(tx, viewer, claimed.object_id)  # who says it has read it
    await _tell_members(tx, viewer, network, claimed.object_id, (title, words[0]))
    return claimed


async def _keep_within_limit(tx: Transaction, viewer: Viewer, network_id: str) -> None:
    allowance = await get_allowance(tx.connection, viewer, network_id)
    if not allowance.weekly:
        raise Forbidden(NONE_AT_ALL)
    if allowance.next_at is not None:
        times = spell(allowance.weekly, "announcement is", "announcements are")
        wait = allowance.next_at - now()
        raise TooMany(f"At most {times} made a week. Wait for a while.", max(1, int(wait.total_seconds())))


async def _tell_members(
    tx: Transaction, viewer: Viewer, network: Network, announcement_id: str, said: tuple[str, str]
) -> None:
    """A line on each list, a mail to each address, an event for open pages; and the proof in the log."""
    members = await list_member_ids(tx, network.id)
    deed = Deed(
        act="announcement.made",
        kind="network",
        object_id=network.id,
        network_id=network.id,
        actor_id=viewer.id,
        after={"announcement": announcement_id, "words": text_hash(said[1]), "members": len(members)},
        names={"title": said[0]},
    )
    await record(tx, deed)
    await tell(tx, members, "announcement.made", announcement_id, network_id=network.id, actor_id=viewer.id)
    for account_id in members:
        if account_id != viewer.id:
            reference = {"letter": "announcement", "network_id": network.id, "account_id": account_id}
            tx.enqueue("mail", reference | {"announcement_id": announcement_id})
    tx.emit(network.stream, AnnouncementMade(announcement_id))


async def set_weekly_announcements(tx: Transaction, viewer: Viewer, slug: str, weekly: int) -> None:
    """Say how many announcements may be made in a week. Raises NotFound and Forbidden."""
    network = await lock_inside(tx.connection, viewer, slug)
    this = networks.c.id == network.id
    before = await tx.connection.scalar(select(networks.c.weekly_announcements).where(this))
    if before == weekly:
        return
    deed = Deed(
        act="network.announcements_changed",
        kind="network",
        object_id=network.id,
        network_id=network.id,
        actor_id=viewer.id,
        before={"weekly": before},
        after={"weekly": weekly},
    )
    await record(tx, deed)
    await tx.execute(update(networks).where(this).values(weekly_announcements=weekly))


_INSERTS: dict[str, Any] = {
    "postgresql": postgresql.insert(announcement_reads).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(announcement_reads).on_conflict_do_nothing(),
}


async def put_away(tx: Transaction, viewer: Viewer, network_id: str, announcement_id: str) -> None:
    """Show this announcement no more on the viewer's pages; again changes nothing. Raises NotFound."""
    await get_announcement(tx.connection, viewer, network_id, announcement_id)
    await _note_read(tx, viewer, announcement_id)


async def _note_read(tx: Transaction, viewer: Viewer, announcement_id: str) -> None:
    row = {"announcement_id": announcement_id, "account_id": viewer.id, "read_at": now()}
    await tx.execute(_INSERTS[tx.connection.dialect.name], row)


async def let_announcements_rest(state: State) -> None:
    """Pages need not look for announcements where the last one is two weeks old."""
    lately = exists().where(announcements.c.network_id == networks.c.id, announcements.c.created_at > now() - SHOWN_FOR)
    over = select(networks.c.id).where(networks.c.is_announcing, ~lately)
    async with state.database.read() as connection:
        found = list(await connection.scalars(over))
    for network_id in found:
        async with state.transaction() as tx:
            rests = update(networks).where(networks.c.id == network_id, ~lately)
            await tx.execute(rests.values(is_announcing=False))
