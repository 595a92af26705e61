"""What goes with telling people of posts: writers follow and have read their thread; what is removed or moved goes."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Integer, and_, bindparam, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from forum.tables import moved_threads, notifications, posts, thread_writers
from forum.telling import changed, settle_moved
from ground.columns import Identifier, now
from realtime.transaction import Transaction


def _writers(dialect_insert: Any) -> Any:
    found = (
        select(posts.c.thread_id, posts.c.author_id)
        .where(
            or_(
                posts.c.id.in_(bindparam("post_ids", expanding=True, type_=Identifier)),
                and_(
                    posts.c.thread_id.in_(bindparam("thread_ids", expanding=True, type_=Identifier)),
                    posts.c.number == bindparam("first", 1, type_=Integer),
                ),
            ),
            posts.c.is_imported.is_(False),
        )
        .distinct()
    )
    return dialect_insert(thread_writers).from_select(["thread_id", "account_id"], found).on_conflict_do_nothing()


_NOTE_WRITERS: dict[str, Any] = {"postgresql": _writers(postgresql.insert), "sqlite": _writers(sqlite.insert)}


async def note_writers(tx: Transaction, post_ids: Collection[str], thread_ids: Collection[str]) -> None:
    """Who wrote these posts and began these threads hears of what follows there."""
    if post_ids or thread_ids:
        asked = {"post_ids": list(post_ids), "thread_ids": list(thread_ids)}
        await tx.execute(_NOTE_WRITERS[tx.connection.dialect.name], asked)


async def note_own_reading(tx: Transaction, post_ids: Collection[str]) -> None:
    """Who writes has read what stands before it."""
    if not post_ids:
        return
    before = and_(
        notifications.c.account_id == posts.c.author_id,
        notifications.c.thread_id == posts.c.thread_id,
        notifications.c.number <= posts.c.number,
    )
    found = (
        select(notifications.c.id, notifications.c.account_id)
        .select_from(posts.join(notifications, before))
        .where(posts.c.id.in_(post_ids), notifications.c.read_at.is_(None))
        .distinct()
    )
    rows = (await tx.execute(found)).all()
    if rows:
        some = notifications.c.id.in_([row.id for row in rows])
        await tx.execute(update(notifications).where(some).values(read_at=now()))
        changed((row.account_id for row in rows), tx)


async def forget_removed(tx: Transaction, post_ids: Collection[str]) -> None:
    """Lines about posts that nobody can read any more go."""
    if not post_ids:
        return
    gone = select(posts.c.id).where(posts.c.id.in_(post_ids), posts.c.removed_at.is_not(None))
    lines = delete(notifications).where(
        notifications.c.object_id.in_(gone),
        notifications.c.kind.in_(("post.answered", "post.mentioned", "post.watched")),
    )
    changed((await tx.execute(lines.returning(notifications.c.account_id))).scalars(), tx)


async def follow_moved(tx: Transaction, mark_ids: Collection[str]) -> None:
    """Lines that were being written while their thread went to another network: the move itself saw none of them.

    `mark_ids`: what the threads left behind.
    """
    if mark_ids:
        went = select(moved_threads.c.thread_id).where(moved_threads.c.id.in_(mark_ids))
        await settle_moved(tx, list((await tx.execute(went)).scalars()))
