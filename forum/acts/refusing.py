"""What stands hidden as patient data is not said again: whoever quotes it is told so while they write."""

from typing import Any

from sqlalchemy import Select, and_, or_, select

from forum.acts.quotations import HIDDEN_WITH
from forum.acts.quoting import said_in
from forum.errors import Invalid
from forum.policy import threads_readable_by
from forum.tables import acts, networks, posts, threads
from forum.text import Quoted, has_quotes
from forum.viewer import Viewer
from realtime.transaction import Transaction

QUOTES_HIDDEN = (
    "Your words quote what stands hidden as patient data, or a line of it. Nothing was posted. "
    "Take the quotation out, and send the rest."
)


_PART = 100


async def quotes_hidden(tx: Transaction, viewer: Viewer, body: str) -> bool:
    """Whether this text quotes a post that stands hidden because of patient data.

    Only of posts in threads that this viewer may read: else it would answer who guesses what stands elsewhere. Asked
    when the network is held, or has been written to, it misses none that was hidden before the text is there.
    """
    if not has_quotes(body):
        return False
    found = (await tx.execute(_hidden(viewer))).all()
    # What was hidden because it quotes one of these says nothing that this one does not: very many may.
    act_ids = {row.act_id for row in found}
    hidden = sorted({row.id for row in found if row.hidden_with not in act_ids})
    for first in range(0, len(hidden), _PART):
        said = await said_in(tx.connection, hidden[first : first + _PART])
        if any(Quoted(texts).erase_from(body) != body for texts in said.values()):
            return True
    return False


async def refuse_hidden_quotations(tx: Transaction, viewer: Viewer, body: str) -> None:
    """Raises Invalid where this text quotes such a post."""
    if await quotes_hidden(tx, viewer, body):
        raise Invalid({"body": QUOTES_HIDDEN})


def _hidden(viewer: Viewer) -> Select[Any]:
    return (
        select(posts.c.id, acts.c.id.label("act_id"), acts.c.before[HIDDEN_WITH].as_string().label("hidden_with"))
        .join(acts, acts.c.post_id == posts.c.id)
        .join(threads, threads.c.id == posts.c.thread_id)
        .join(networks, networks.c.id == posts.c.network_id)
        .where(
            # One that is being erased has its words still while the worker takes them out of very many quotes.
            or_(and_(acts.c.rule == "patient_data", acts.c.kind.in_(("hide", "remove"))), acts.c.kind == "erase"),
            acts.c.undone_at.is_(None),
            posts.c.removed_at.is_not(None),
            posts.c.erased_at.is_(None),
            threads_readable_by(viewer),
        )
    )
