"""Who is told of a move beside who began the thread: the other administrators of both networks, and where more people
can read it by that, whoever wrote in it; and all of them again where it is taken back.

Of those who wrote, however many, one transaction tells a part; the worker goes on with the rest.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select, union

from forum.acts.deciding import administrators_of
from forum.acts.recording import LETTER_AFTER
from forum.acts.threads import follows_thread
from forum.acts.undoing import Done
from forum.records import Thread
from forum.tables import memberships, notifications, posts, threads
from forum.telling import tell
from forum.viewer import Viewer
from ground.columns import now
from realtime.transaction import Transaction

MOST_AT_ONCE = 100
MORE_READERS, RETURN = "tell_of_more_readers", "tell_of_return"
"""The worker's tasks that go on."""


async def tell_administrators(
    tx: Transaction, viewer: Viewer, thread: Thread, target_id: str, act_id: str, *, is_wide: bool
) -> None:
    """Tell who else administers the network that a thread left, and the one that it came to, once each.

    `thread`: as it was there. Of more readers they are told otherwise, with whoever wrote in it.
    """
    # Who began it is told of the act itself.
    is_told = await follows_thread(tx, thread.id, thread.network_id, thread.author.id)
    besides = {thread.author.id} if is_told else set()
    there = await administrators_of(tx, thread.network_id)
    if not is_wide:
        await tell(tx, there - besides, "act.moved", act_id, network_id=thread.network_id, actor_id=viewer.id)
    here = await administrators_of(tx, target_id) - there - besides
    await tell(tx, here, "thread.arrived", thread.id, network_id=target_id, actor_id=viewer.id)


async def tell_administrators_again(tx: Transaction, by_id: str | None, done: Done, left_id: str) -> None:
    """A move is taken back: tell whom it was told of, and who administers the network that it leaves by that."""
    these = (notifications.c.kind == "act.moved", notifications.c.object_id == done.id)
    told = set((await tx.execute(select(notifications.c.account_id).where(*these))).scalars()) - {by_id}
    await tell(tx, told, "act.moved", done.id, network_id=done.network_id)
    # Whoever did what is undone hears of that by itself.
    left = await administrators_of(tx, left_id) - told - {by_id, done.by_id}
    await tell(tx, left, "thread.arrived", done.thread_id or "", network_id=left_id)


async def tell_of_more_readers(tx: Transaction, viewer: Viewer, thread: Thread) -> None:
    """Tell whoever wrote in it, wherever they belong by now, and who administers the network that it left, on their
    list and by a letter. `thread`: as it was there."""
    # Who began it is told of the move itself, where that is theirs to know.
    is_told = await follows_thread(tx, thread.id, thread.network_id, thread.author.id)
    reference = {
        "thread_id": thread.id,
        "network_id": thread.network_id,
        "by_id": viewer.id,
        "beginner_id": thread.author.id if is_told else viewer.id,
        "after": "",
    }
    await tell_more(tx, reference)


async def tell_more(tx: Transaction, reference: Mapping[str, str]) -> None:
    """Tell a part of them, by their ids from `after` on, and leave a task for the rest."""
    thread_id, network_id = reference["thread_id"], reference["network_id"]
    some = await _list_concerned(tx, reference)
    whom = [account_id for account_id in some if account_id not in (reference["by_id"], reference["beginner_id"])]
    await tell(tx, whom, "thread.widened", thread_id, network_id=network_id)
    about = {"letter": "thread_widened", "thread_id": thread_id, "network_id": network_id}
    for account_id in whom:
        tx.enqueue("mail", about | {"account_id": account_id}, after=now() + LETTER_AFTER)
    if len(some) == MOST_AT_ONCE:
        tx.enqueue(MORE_READERS, {**reference, "after": some[-1]})


async def go_on_telling(tx: Transaction, reference: Mapping[str, str]) -> None:
    """The same later: nobody is told any more once the thread is back."""
    if await _hold_place(tx, reference["thread_id"]) != reference["network_id"]:
        await tell_more(tx, reference)


async def tell_of_return(tx: Transaction, by_id: str | None, thread_id: str, network_id: str) -> None:
    """Whoever was told that more people can read it is told that this was undone, instead of it: a part of them, and
    a task for the rest. `network_id`: to which it came back."""
    these = (
        notifications.c.kind == "thread.widened",
        notifications.c.object_id == thread_id,
        notifications.c.network_id == network_id,
    )
    asked = select(notifications.c.account_id).where(*these).order_by(notifications.c.account_id).limit(MOST_AT_ONCE)
    told = list((await tx.execute(asked)).scalars())
    await tx.execute(delete(notifications).where(*these, notifications.c.account_id.in_(told)))
    await tell(tx, set(told) - {by_id}, "thread.narrowed", thread_id, network_id=network_id)
    if len(told) == MOST_AT_ONCE:
        tx.enqueue(RETURN, {"thread_id": thread_id, "network_id": network_id, "by_id": by_id or ""})


async def go_on_telling_of_return(tx: Transaction, reference: Mapping[str, str]) -> None:
    """The same later: what was told is true again where the thread has been moved once more."""
    if await _hold_place(tx, reference["thread_id"]) == reference["network_id"]:
        await tell_of_return(tx, reference["by_id"], reference["thread_id"], reference["network_id"])


async def _list_concerned(tx: Transaction, reference: Mapping[str, str]) -> Sequence[str]:
    """Who wrote in it, and who administers the network that it left."""
    wrote = select(posts.c.author_id.label("account_id")).where(posts.c.thread_id == reference["thread_id"])
    administers = select(memberships.c.account_id).where(
        memberships.c.network_id == reference["network_id"],
        memberships.c.current,
        memberships.c.status == "active",
        memberships.c.role == "administrator",
    )
    if reference["after"]:
        wrote = wrote.where(posts.c.author_id > reference["after"])
        administers = administers.where(memberships.c.account_id > reference["after"])
    everybody = union(wrote, administers).subquery("concerned")
    asked = select(everybody.c.account_id).order_by(everybody.c.account_id).limit(MOST_AT_ONCE)
    return list((await tx.execute(asked)).scalars())


async def _hold_place(tx: Transaction, thread_id: str) -> str:
    """The network in which the thread is; it is not moved before the transaction ends."""
    place = select(threads.c.network_id).where(threads.c.id == thread_id).with_for_update(read=True)
    return str((await tx.execute(place)).scalar_one())
