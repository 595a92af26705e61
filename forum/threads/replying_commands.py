"""A plain reply on PostgreSQL: one statement does what `commands.post_reply` does in five, and is the transaction too.

While a post takes its numbers, everybody else who writes in the network waits: for one round trip now. It fails as a
whole where anything is out of the ordinary: the request came before, the thread is slow, it was locked or moved or the
membership ended meanwhile, its author is silenced or what they write waits for a moderator, what they have read changed
at the same moment, or an unread post speaks to them. Then the ordinary way is gone, which says why.

Locks are taken in its order: the request's key, the membership, network, thread, stream. Each part needs a value of
the one before, for PostgreSQL promises no other order between them.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import CTE, and_, bindparam, exists, func, literal, select

from forum.events import PostCreated
from forum.idempotency import RequestKey, claim_row, insert_claim
from forum.policy import may_reply
from forum.records import Thread
from forum.state import State
from forum.streams import network_stream
from forum.tables import addressed_posts, memberships, read_states, threads
from forum.threads.appending_commands import count_read, keep_read, row_of, write_after
from forum.threads.commands import Posted, draft_post
from forum.threads.page_queries import baseline_number
from forum.threads.reading_commands import IS_ACTIVE, place_of
from forum.threads.writing import Written
from forum.viewer import Viewer
from ground.columns import Identifier, new_id
from ground.hot import HotStatement
from realtime.event_log import append_after, event_row
from realtime.transaction import write_at_once

_before = memberships.alias("memberships_before")
_speaks_to_them = exists().where(
    addressed_posts.c.account_id == memberships.c.account_id, addressed_posts.c.thread_id == threads.c.id
)
_is_read = and_(read_states.c.thread_id == threads.c.id, read_states.c.account_id == memberships.c.account_id)


def _was(name: str) -> Any:
    """The membership as the statement found it; where it waited for the lock, the row may be another by now."""
    return select(_before.c[name]).where(_before.c.id == memberships.c.id).scalar_subquery()


def _held(*guards: Any) -> CTE:
    """The author's membership, and how many posts of this thread are counted as read in it."""
    is_this = threads.c.id == bindparam("of_thread", type_=Identifier)
    counted = func.coalesce(read_states.c.read_count, baseline_number(memberships.c.baseline), 0)
    joined = memberships.join(threads, threads.c.network_id == memberships.c.network_id)
    return (
        select(memberships.c.id, counted.label("counted"))
        .select_from(joined.outerjoin(read_states, _is_read))
        .where(*IS_ACTIVE, is_this, ~_speaks_to_them, *guards)
        .where(memberships.c.read_count == _was("read_count"), memberships.c.baseline == _was("baseline"))
        # Silenced, even where that is over by now, or waiting for a moderator: the ordinary way knows what to do.
        .where(memberships.c.silenced_until.is_(None), memberships.c.hold_left == 0)
        .with_for_update(key_share=True, of=memberships)
        .cte("held")
    )


def _reply(*, with_key: bool) -> Any:
    guards = [_value(insert_claim().cte("claimed").c.object_id).is_not(None)] if with_key else []
    held = _held(*guards)
    standing_id, counted = _value(held.c.id), _value(held.c.counted)
    post = write_after(standing_id)
    event = append_after(_value(post.c.number)).cte("event")
    is_whole = literal(1) // func.count()  # which fails where a part found nothing to do
    told = [func.min(column) for column in (event.c.seq, post.c.number, post.c.position)]
    answer = select(*told, standing_id, counted, is_whole).select_from(post, event)
    return answer.add_cte(keep_read(post.c.number), count_read(post.c.number, standing_id, counted))


def _value(column: Any) -> Any:
    """What stands in the one row of a part; reading it makes PostgreSQL do that part first."""
    return select(column).scalar_subquery()


_REPLY = {True: HotStatement(_reply(with_key=True)), False: HotStatement(_reply(with_key=False))}


class OutOfTheOrdinary(Exception):
    """The statement could not do all of it, and did nothing."""


async def reply_at_once(
    state: State, viewer: Viewer, thread: Thread, written: Written, key: RequestKey | None
) -> Posted:
    """Write the reply and its event, committed and announced. Raises OutOfTheOrdinary."""
    if not may_reply(viewer, thread):
        raise OutOfTheOrdinary
    draft, stream = draft_post(new_id(), thread, viewer, written), network_stream(thread.network_id)
    asked = {"holder_id": viewer.id, "place_id": thread.network_id, "of_thread": thread.id}
    asked |= row_of(draft, written, despite_lock=viewer.has_role(thread.network_id, "moderator"))
    asked |= event_row(stream, PostCreated(draft.id))
    if key is not None:
        asked |= claim_row(viewer.id, key, draft.id)
    row = await write_at_once(state.database, state.broker, stream, _REPLY[key is not None], asked)
    if row is None:
        raise OutOfTheOrdinary
    _, number, position, standing_id, counted, _ = row
    read = place_of(standing_id, thread.id) if number - counted > 1 else None
    return Posted(draft.id, False, read, replace(draft, number=number, position=position))
