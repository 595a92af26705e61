"""While a post that very many quote is erased in parts, whatever quotes it is out of sight: from the first moment on,
until its own turn comes. That is no act against anybody, so it is told by the stub alone, and ends by itself."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, null, select, update

from forum.acts.cards import withhold_cards_of_posts
from forum.acts.quoting import in_parts
from forum.events import PostRemoved, PostRestored
from forum.policy import threads_heard
from forum.streams import moderators_stream, network_stream
from forum.tables import networks, posts, threads
from forum.text import excerpt
from ground.columns import now
from realtime.transaction import Transaction

VEILED = "quotes_erased"
"""In `posts.hidden_rule`: no moderator hid it."""
EXCERPT_LENGTH = 140
_SEEN = (
    select(posts.c.id, posts.c.network_id, posts.c.thread_id, posts.c.version, posts.c.html, threads_heard())
    .join(threads, threads.c.id == posts.c.thread_id)
    .join(networks, networks.c.id == posts.c.network_id)
)
_READABLE = _SEEN.where(posts.c.id.in_(bindparam("post_ids", expanding=True)), posts.c.removed_at.is_(None))
_VEILED = _SEEN.where(posts.c.id == bindparam("post_id"), posts.c.hidden_rule == VEILED)


async def veil(tx: Transaction, post_ids: Collection[str]) -> None:
    """Take these posts out of sight, but for those that are already. Their networks are held."""
    for some in in_parts(post_ids):
        rows = (await tx.execute(_READABLE, {"post_ids": some})).all()
        these = posts.c.id.in_([row.id for row in rows])
        gone = {"removed_at": now(), "removed_by": null(), "hidden_rule": VEILED, "excerpt": ""}
        await tx.execute(update(posts).where(these).values(**gone, version=posts.c.version + 1))
        await _touch(tx, rows)
        await withhold_cards_of_posts(tx, [row.id for row in rows], [row.thread_id for row in rows], None)
        for row in rows:
            tx.emit(_stream(row), PostRemoved(row.id, row.version + 1))


async def unveil(tx: Transaction, post_id: str) -> None:
    """Let it be read again, now that it quotes nothing that is erased; where it was not veiled nothing changes."""
    row = (await tx.execute(_VEILED, {"post_id": post_id})).first()
    if row is None:
        return
    again = {"removed_at": null(), "hidden_rule": "", "excerpt": excerpt(row.html, EXCERPT_LENGTH)}
    await tx.execute(update(posts).where(posts.c.id == post_id).values(**again, version=row.version + 1))
    await _touch(tx, [row])
    tx.emit(_stream(row), PostRestored(row.id, row.version + 1))


async def _touch(tx: Transaction, rows: Sequence[Row[Any]]) -> None:
    ids = {row.thread_id for row in rows}
    await tx.execute(update(threads).where(threads.c.id.in_(ids)).values(version=threads.c.version + 1))


def _stream(row: Row[Any]) -> str:
    is_heard = row[-1]
    return network_stream(row.network_id) if is_heard else moderators_stream(row.network_id)
