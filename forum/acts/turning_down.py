"""A post that a moderator turned down before anybody read it waits for one again: turning it down counts no longer."""

from sqlalchemy import update

from forum.errors import Conflict
from forum.events import HeldChanged
from forum.holdings import recount_held, send_after_threads
from forum.membership import lock_current
from forum.streams import moderators_stream
from forum.tables import held_posts
from ground.columns import now
from realtime.transaction import Transaction

FORGOTTEN = "The words that were turned down are kept no longer, so they can’t wait again."


async def wait_once_more(tx: Transaction, network_id: str, account_id: str, held_id: str) -> None:
    """What this author wrote waits again; where they belong no more, it does so should they come back. Where the thread
    in which it answers has moved, it goes there, if they are a member of that network.

    The author's membership is held. Raises Conflict where the words are gone, or something else was decided since.
    """
    current = await lock_current(tx, network_id, account_id)
    belongs = current is not None and current.status == "active"
    turned_down = update(held_posts).where(
        held_posts.c.id == held_id, held_posts.c.outcome == "rejected", held_posts.c.body != ""
    )
    waits = {"outcome": "", "decided_at": None} if belongs else {"outcome": "lapsed", "decided_at": now()}
    if not (await tx.execute(turned_down.values(reason="", decided_by=None, **waits))).rowcount:
        raise Conflict(FORGOTTEN)
    if current is not None and belongs:
        await recount_held(tx, network_id, account_id, current.id, belongs=False)
        tx.emit(moderators_stream(network_id), HeldChanged(network_id))
    await send_after_threads(tx, [held_id])
