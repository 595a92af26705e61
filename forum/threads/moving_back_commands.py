"""A move is taken back: the thread has its old place whence it came again, and the log of each network says so.

Undoing is for every slice (`forum.acts.undoing`), and moving for this one: it names there how a move is undone.
"""

from sqlalchemy import or_, select

from forum.acts.recording import said_of_thread
from forum.acts.titles import HIDDEN_TITLE
from forum.acts.undoing import HOLDERS, OTHER_QUESTIONS, UNDOERS, Done
from forum.audit import Deed, record
from forum.errors import Conflict
from forum.policy import KEPT, overrules_move
from forum.tables import acts, networks, posts, threads
from forum.text import ERASED
from forum.threads.move_news_commands import tell_administrators_again, tell_of_return
from forum.threads.moving_commands import OPEN_MOVE, hold_both, relocate, roles_in
from forum.threads.queries import list_heard_threads
from forum.viewer import Viewer
from realtime.transaction import Transaction

SINCE = "The thread was moved again since. Undo that first."
WRITTEN_SINCE = (
    "Something was written there since that others could read where it came from. An administrator of the network in "
    "which it is, who moderates that from which it came, too, can move it back from the thread’s own page: that shows "
    "first who would read it."
)
NOT_BOTH = "Only somebody who moderates both networks, that from which it came and that where it is, can move it back."


async def hold_move(tx: Transaction, thread_id: str, network_id: str) -> None:
    """Nobody reads, writes, comes or goes where the thread is and where it came from."""
    await hold_both(tx, thread_id, (await _network_of(tx, thread_id), network_id))


async def ask_to_move_back(tx: Transaction, moderator: Viewer, done: Done, *, is_asked: bool) -> None:
    """Undoing shows nobody what was written meanwhile: that asks for the form, which says who would read it.

    Raises Conflict where they have no say in both networks, and where something was written or edited since, but
    between open networks: others read it there.
    """
    thread_id = done.thread_id or ""
    both = (await _network_of(tx, thread_id), done.network_id)
    has_a_say = len(await roles_in(tx, moderator.id, both)) == len(set(both))
    if not has_a_say and not overrules_move(moderator, done.kind, is_asked=is_asked):
        raise Conflict(NOT_BOTH)
    kinds = {row.access for row in await tx.execute(select(networks.c.access).where(networks.c.id.in_(both)))}
    since = or_(posts.c.created_at > done.at, posts.c.edited_at > done.at)
    new = select(posts.c.id).where(posts.c.thread_id == thread_id, since).limit(1)
    if kinds == {"open"}:
        return
    if (await tx.execute(new)).first() is not None or await _is_renamed(tx, thread_id, done.id):
        raise Conflict(WRITTEN_SINCE)


async def _is_renamed(tx: Transaction, thread_id: str, act_id: str) -> bool:
    """Whether it is called otherwise than when it was moved, as the log has it. A hidden title tells nothing."""
    title = (await tx.execute(select(threads.c.title).where(threads.c.id == thread_id))).scalar_one()
    said = await said_of_thread(tx.connection, thread_id, "move", act_id)
    return title not in (said.get("title"), HIDDEN_TITLE, ERASED)


async def move_back(tx: Transaction, by_id: str | None, done: Done) -> None:
    """Move it back. Raises Conflict where it went on since."""
    thread_id = done.thread_id or ""
    here = await _network_of(tx, thread_id)
    newer = select(acts.c.id).where(acts.c.thread_id == thread_id, *OPEN_MOVE, acts.c.id > done.id)
    if here == done.network_id or (await tx.execute(newer.limit(1))).first() is not None:
        raise Conflict(SINCE)
    # Whoever undoes it need not be able to read it.
    found = await list_heard_threads(tx.connection, [thread_id])
    if not found:
        raise Conflict(KEPT)
    (thread,) = found
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
    await tell_administrators_again(tx, by_id, done, here)
    await tell_of_return(tx, by_id, thread_id, done.network_id)


async def _network_of(tx: Transaction, thread_id: str) -> str:
    return str((await tx.execute(select(threads.c.network_id).where(threads.c.id == thread_id))).scalar_one())


HOLDERS["move"] = hold_move
OTHER_QUESTIONS["move"] = ask_to_move_back
UNDOERS["move"] = move_back
