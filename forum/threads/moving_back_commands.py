"""A move is taken back: the thread has its old place whence it came again, and the log of each network says so.

Undoing is for every slice (`forum.acts.undoing`), and moving for this one: it names there how a move is undone.
"""

from sqlalchemy import or_, select

from forum.acts.undoing import HOLDERS, OTHER_QUESTIONS, UNDOERS, Done
from forum.audit import Deed, record
from forum.errors import Conflict
from forum.policy import KEPT
from forum.tables import acts, networks, posts, threads
from forum.threads.moving_commands import OPEN_MOVE, hold_both, relocate, roles_in
from forum.threads.queries import get_thread_for
from forum.viewer import Viewer
from realtime.transaction import Transaction

SINCE = "The thread was moved again since. Undo that first."
WRITTEN_SINCE = (
    "Something was written there since that others could read where it came from. An administrator of the network in "
    "which it is can move it back from the thread’s own page: that shows first who would read it."
)
NOT_BOTH = "Only somebody who moderates both networks, that from which it came and that where it is, can move it back."


async def hold_move(tx: Transaction, thread_id: str, network_id: str) -> None:
    """Nobody reads, writes, comes or goes where the thread is and where it came from."""
    await hold_both(tx, thread_id, (await _network_of(tx, thread_id), network_id))


async def ask_to_move_back(tx: Transaction, _: Viewer, done: Done) -> None:
    """Undoing shows nobody what was written meanwhile: that asks for the form, which says who would read it.

    Raises Conflict where something was written or edited since, but between open networks: others read it there.
    """
    thread_id = done.thread_id or ""
    here = await _network_of(tx, thread_id)
    both = select(networks.c.access).where(networks.c.id.in_((here, done.network_id)))
    kinds = {row.access for row in await tx.execute(both)}
    since = or_(posts.c.created_at > done.at, posts.c.edited_at > done.at)
    new = select(posts.c.id).where(posts.c.thread_id == thread_id, since).limit(1)
    if kinds != {"open"} and (await tx.execute(new)).first() is not None:
        raise Conflict(WRITTEN_SINCE)


async def move_back(tx: Transaction, by_id: str | None, done: Done) -> None:
    """Move it back. Raises Conflict where it went on since, or whoever undoes this doesn't moderate both networks."""
    thread_id = done.thread_id or ""
    here = await _network_of(tx, thread_id)
    newer = select(acts.c.id).where(acts.c.thread_id == thread_id, *OPEN_MOVE, acts.c.id > done.id)
    if here == done.network_id or (await tx.execute(newer.limit(1))).first() is not None:
        raise Conflict(SINCE)
    if len(await roles_in(tx, by_id, (here, done.network_id))) < 2:
        raise Conflict(NOT_BOTH)
    thread = await get_thread_for(tx.connection, by_id, thread_id)
    if thread.is_kept:
        raise Conflict(KEPT)
    await relocate(tx, thread, done.network_id)
    # That it came is told, with the reason, by the row of what was undone.
    deed = Deed(
        act="thread.move",
        kind="thread",
        object_id=thread.id,
        network_id=here,
        actor_id=by_id,
        subject_id=thread.author.id,
        before={"number": thread.number, "network_id": here},
        after={"posts": thread.post_count, "network_id": done.network_id},
        names={"title": thread.title},
    )
    await record(tx, deed)


async def _network_of(tx: Transaction, thread_id: str) -> str:
    return str((await tx.execute(select(threads.c.network_id).where(threads.c.id == thread_id))).scalar_one())


HOLDERS["move"] = hold_move
OTHER_QUESTIONS["move"] = ask_to_move_back
UNDOERS["move"] = move_back
