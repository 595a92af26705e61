"""Lines about what was done name the thread, and the post, where their reader may read it at this moment.

A statement of its own, for the lines of a page that are about such things: the list of most people has none. A title
that is hidden or erased is one that says so; where the thread is by now decides who reads it, not where it was.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.notification_kinds import NotificationKind
from forum.notifications.records import ABOUT_ACTS, ABOUT_HELD, ABOUT_THREADS, Line
from forum.policy import threads_readable_by_account, words_mailed
from forum.tables import acts, held_posts, networks, notifications, posts, threads
from forum.telling import is_one_of

_KINDS: frozenset[NotificationKind] = ABOUT_ACTS | ABOUT_THREADS | ABOUT_HELD | {"quotation.erased"}
_act = and_(acts.c.id == notifications.c.object_id, is_one_of(ABOUT_ACTS))
_held = and_(held_posts.c.id == notifications.c.object_id, is_one_of(ABOUT_HELD))
# A post that was approved is in its thread under the id that it had while it waited.
_is_post = or_(notifications.c.kind == "quotation.erased", is_one_of(ABOUT_HELD))
_post_id = case((_is_post, notifications.c.object_id), else_=acts.c.post_id)
_thread_id = func.coalesce(
    posts.c.thread_id,
    acts.c.thread_id,
    held_posts.c.thread_id,
    case((is_one_of(ABOUT_THREADS), notifications.c.object_id)),
)
_reads = threads_readable_by_account(notifications.c.account_id)
_NAMED = select(
    notifications.c.id,
    case((_reads, threads.c.title)),
    func.coalesce(posts.c.number, 0),
    words_mailed(),
    # Of a move, and of a thread that came here: it was taken back, and the thread has left.
    or_(
        and_(notifications.c.kind == "act.moved", acts.c.undone_at.is_not(None)),
        and_(notifications.c.kind == "thread.arrived", threads.c.network_id != notifications.c.network_id),
    ),
).select_from(
    notifications.outerjoin(acts, _act)
    .outerjoin(held_posts, _held)
    .outerjoin(posts, posts.c.id == _post_id)
    .join(threads, threads.c.id == _thread_id)
    .join(networks, networks.c.id == threads.c.network_id)
)


async def name_places(connection: AsyncConnection, lines: Sequence[Line]) -> list[Line]:
    """These lines, where those about something in a thread say which, to whom it may be named."""
    line_ids = [line.id for line in lines if line.kind in _KINDS]
    if not line_ids:
        return list(lines)
    rows = (await connection.execute(_NAMED.where(notifications.c.id.in_(line_ids)))).all()
    found = {row[0]: tuple(row) for row in rows}
    return [_named(line, *found[line.id][1:]) if line.id in found else line for line in lines]


def _named(line: Line, title: str | None, number: int, is_mailed: bool | None, is_over: bool) -> Line:
    where = f"post {number} in “{title}”" if number else f"“{title}”"
    return replace(line, where=where if title else None, may_be_mailed=bool(is_mailed), is_over=is_over)
