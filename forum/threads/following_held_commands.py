"""What waits again, because turning it down was undone or its author belongs again, follows its thread where that has
moved meanwhile: it waits there for that network's moderators, where its author is a member.

In a transaction of the worker's, so that memberships are held before networks and in their order, as for a move. Until
then, and where it can't follow, it waits where it was written, and is not let in from there.
"""

from sqlalchemy import Row, select, update

from forum.attaching import move_held_files
from forum.policy import ending_of
from forum.tables import held_posts, memberships, networks, threads
from forum.telling import settle, tell
from forum.threads.waiting_commands import count_held, moderators_of
from realtime.transaction import Transaction

_WAITS = ("", "lapsed")
"""What is undone for somebody who belongs no more, where they wrote it, waits there no longer."""


async def follow_thread(tx: Transaction, held_id: str) -> None:
    """Let it wait where its thread is now. Once it does, or where its author may not write there, nothing changes."""
    seen = await _find(tx, held_id)
    if seen is None or not await _writes_there(tx, seen):
        return
    held = await _find(tx, held_id, is_held=True)
    if held is None or (held.network_id, held.here_id) != (seen.network_id, seen.here_id):
        return  # it, or the thread, has gone on meanwhile
    left_id, here_id = held.network_id, held.here_id
    waits = {"network_id": here_id, "outcome": "", "decided_at": None}
    await tx.execute(update(held_posts).where(held_posts.c.id == held_id).values(waits))
    if held.outcome == "":
        await count_held(tx, left_id, held.author_id, -1)
    await count_held(tx, here_id, held.author_id, 1)
    await move_held_files(tx, held_id, left_id, here_id)
    await settle(tx, "post.held", held_id)
    whom = await moderators_of(tx, here_id)
    await tell(tx, whom, "post.held", held_id, network_id=here_id, actor_id=held.author_id)


async def _find(tx: Transaction, held_id: str, *, is_held: bool = False) -> Row[tuple[str, str, str, str]] | None:
    """What waits, while its thread is in another network."""
    columns = (held_posts.c.network_id, threads.c.network_id.label("here_id"))
    asked = select(*columns, held_posts.c.author_id, held_posts.c.outcome).join(
        threads, threads.c.id == held_posts.c.thread_id
    )
    here = (held_posts.c.id == held_id, held_posts.c.outcome.in_(_WAITS), held_posts.c.body != "")
    asked = asked.where(*here, threads.c.network_id != held_posts.c.network_id)
    if is_held:
        asked = asked.with_for_update(of=held_posts)
    return (await tx.execute(asked)).first()


async def _writes_there(tx: Transaction, held: Row[tuple[str, str, str, str]]) -> bool:
    """Whether its author may write where the thread is; their places in both networks, and these, are held."""
    both = (held.network_id, held.here_id)
    places = select(memberships.c.network_id, memberships.c.status).where(
        memberships.c.account_id == held.author_id, memberships.c.network_id.in_(both), memberships.c.current
    )
    rows = (await tx.execute(places.order_by(memberships.c.id).with_for_update(key_share=True))).all()
    asked = select(networks.c.id, networks.c.archived_at, networks.c.deletes_at).where(networks.c.id.in_(both))
    ends = {
        row.id: ending_of(row.archived_at, row.deletes_at)
        for row in await tx.execute(asked.order_by(networks.c.id).with_for_update(key_share=True))
    }
    belongs = any((row.network_id, row.status) == (held.here_id, "active") for row in rows)
    return belongs and not ends[held.here_id]
