"""Whoever wrote in a thread learns that a move lets more people read it."""

from sqlalchemy import select

from forum.acts.deciding import administrators_of
from forum.acts.recording import LETTER_AFTER
from forum.acts.threads import belongs
from forum.records import Thread
from forum.tables import posts
from forum.telling import tell
from forum.viewer import Viewer
from ground.columns import now
from realtime.transaction import Transaction


async def tell_of_more_readers(tx: Transaction, viewer: Viewer, thread: Thread) -> None:
    """Tell whoever wrote in it, wherever they belong by now, and who administers the network that it left, on their
    list and by a letter. `thread`: as it was there."""
    wrote = (await tx.execute(select(posts.c.author_id).where(posts.c.thread_id == thread.id).distinct())).scalars()
    # Who began it is told of the move itself, while they belong there.
    is_told = await belongs(tx, thread.network_id, thread.author.id)
    besides = {viewer.id} | ({thread.author.id} if is_told else set())
    whom = sorted({*wrote, *await administrators_of(tx, thread.network_id)} - besides)
    await tell(tx, whom, "thread.widened", thread.id, network_id=thread.network_id)
    about = {"letter": "thread_widened", "thread_id": thread.id, "network_id": thread.network_id}
    for account_id in whom:
        tx.enqueue("mail", about | {"account_id": account_id}, after=now() + LETTER_AFTER)
