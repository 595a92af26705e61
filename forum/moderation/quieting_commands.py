"""What is kept no longer than it is of use: words that were not taken, and whom limits held back."""

from datetime import timedelta

from sqlalchemy import delete, select, update

from forum.attaching import forget_files
from forum.state import State
from forum.tables import held_back, held_posts, post_files
from ground.columns import now

KEPT = timedelta(days=30)


async def forget_what_was_held(state: State) -> None:
    """The words of posts that were rejected or lapsed, and the counts of limits, once they are 30 days old."""
    before = now() - KEPT
    old = (held_posts.c.outcome.in_(("rejected", "lapsed")), held_posts.c.decided_at < before, held_posts.c.body != "")
    async with state.transaction() as tx:
        await forget_files(tx, post_files.c.held_id.in_(select(held_posts.c.id).where(*old)))
        tx.forgets = bool((await tx.execute(update(held_posts).where(*old).values(body=""))).rowcount)
    async with state.transaction() as tx:
        await tx.execute(delete(held_back).where(held_back.c.last_at < before))
