"""Write a post at the end of its thread: its two numbers, the counters, and that its author has read the thread so far.

Counters change in the order networks, threads, and as late as can be: everybody who writes in the network waits for
them until the transaction ends.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import CTE, bindparam, func, insert, or_, select, true, update
from sqlalchemy.dialects import postgresql

from forum.policy import kept_until, writable
from forum.records import Post
from forum.tables import memberships, networks, posts, read_states, threads
from forum.threads.addressing_commands import note_read
from forum.threads.ranges import up_to
from forum.threads.reading_commands import Reading, add_read
from forum.threads.writing import Written
from ground.columns import Identifier, Moment
from ground.hot import HotStatement
from realtime.transaction import Transaction

SLOWEST_MINUTES = 24 * 60
"""Between two posts of one person in a slow thread, at most."""
_IN_NETWORK = bindparam("in_network", type_=Identifier)
_IN_THREAD = bindparam("in_thread", type_=Identifier)
_MOMENT = bindparam("moment", type_=Moment)
_BY = bindparam("by", type_=Identifier)

# In threads that began no later nobody writes: of an opened network they stayed with its members.
_KEPT_UNTIL = kept_until().label("kept_until")

_COUNT_IN_NETWORK = (
    update(networks)
    .where(networks.c.id == _IN_NETWORK, writable())
    .values(post_count=networks.c.post_count + 1)
    .returning(networks.c.post_count, _KEPT_UNTIL)
)


def _count_in_thread(position: Any, kept_until: Any) -> Any:
    is_open = or_(threads.c.locked_at.is_(None), bindparam("despite_lock", type_=threads.c.version.type) == 1)
    # Slower than the author knew as they were let through, and so not asked about.
    is_as_slow = threads.c.slow_minutes <= bindparam("slow_at_most", type_=threads.c.slow_minutes.type)
    return (
        update(threads)
        .where(threads.c.id == _IN_THREAD, is_open, threads.c.last_position < position)
        .where(threads.c.first_position > kept_until)
        # It may have moved to another network meanwhile.
        .where(threads.c.network_id == _IN_NETWORK, is_as_slow)
        .values(
            post_count=threads.c.post_count + 1,
            version=threads.c.version + 1,
            last_position=position,
            last_post_at=_MOMENT,
            last_author_id=_BY,
        )
        .returning(threads.c.post_count)
    )


_POST_FIELDS = ("id", "thread_id", "network_id", "author_id", "body", "html", "excerpt", "reply_to_id", "created_at")


def write_after(guard: Any = None) -> CTE:
    """On PostgreSQL, part of one statement: count the post and write it, where the CTE `guard` has a row.

    Gives its number and position. One round trip, so that the network's row is locked but briefly.
    """
    count = _COUNT_IN_NETWORK if guard is None else _COUNT_IN_NETWORK.where(guard.is_not(None))
    network = count.cte("counted_network")
    thread = _count_in_thread(network.c.post_count, network.c.kept_until).cte("counted_thread")
    values = [bindparam(f"new_{name}", type_=posts.c[name].type) for name in _POST_FIELDS]
    row = select(*values, thread.c.post_count, network.c.post_count).select_from(thread.join(network, onclause=true()))
    columns = [*_POST_FIELDS, "number", "position"]
    post = insert(posts).from_select(columns, row, include_defaults=False)
    return post.returning(posts.c.number, posts.c.position).cte("written")


def keep_read(number: Any) -> CTE:
    """On PostgreSQL, part of one statement: the thread is read up to this post, its last."""
    ranges = func.json_build_array(func.json_build_array(1, number))
    kept = postgresql.insert(read_states).from_select(
        ["account_id", "thread_id", "network_id", "ranges", "read_count", "updated_at"],
        select(_BY, _IN_THREAD, _IN_NETWORK, ranges, number, _MOMENT),
        include_defaults=False,
    )
    new = {name: kept.excluded[name] for name in ("ranges", "read_count", "updated_at")}
    return kept.on_conflict_do_update(index_elements=["account_id", "thread_id"], set_=new).cte("kept")


def count_read(number: Any, standing_id: Any, before: Any) -> CTE:
    """On PostgreSQL, part of one statement: so many posts are read of the thread now, where `before` were."""
    return (
        update(memberships)
        .where(memberships.c.id == standing_id)
        .values(read_count=memberships.c.read_count + number - before)
        .cte("counted_read")
    )


def _append_in_one_statement() -> Any:
    post = write_after()
    standing_id = bindparam("standing_id", type_=Identifier)
    before = bindparam("counted_before", type_=memberships.c.read_count.type)
    return select(post.c.number, post.c.position).add_cte(
        keep_read(post.c.number), count_read(post.c.number, standing_id, before)
    )


def _insert_post() -> Any:
    columns = [*_POST_FIELDS, "number", "position"]
    values = [bindparam(f"new_{name}", type_=posts.c[name].type) for name in columns]
    return insert(posts).from_select(columns, select(*values), include_defaults=False)


_APPEND = HotStatement(_append_in_one_statement())
_COUNT_ONE_IN_NETWORK = HotStatement(_COUNT_IN_NETWORK)
_NUMBER = threads.c.last_position.type
_COUNT_ONE_IN_THREAD = HotStatement(
    _count_in_thread(bindparam("position", type_=_NUMBER), bindparam("kept_until", type_=_NUMBER))
)
_WRITE_POST = HotStatement(_insert_post())


def row_of(draft: Post, written: Written, *, despite_lock: bool, slow_at_most: int = 0) -> dict[str, Any]:
    """The parameters of every statement here. Who may write despite a lock need not wait in a slow thread."""
    return {
        "in_network": draft.network_id,
        "in_thread": draft.thread_id,
        "despite_lock": int(despite_lock),
        "slow_at_most": SLOWEST_MINUTES if despite_lock else slow_at_most,
        "moment": draft.created_at,
        "by": draft.author.id,
        "new_id": draft.id,
        "new_thread_id": draft.thread_id,
        "new_network_id": draft.network_id,
        "new_author_id": draft.author.id,
        "new_body": written.body,
        "new_html": written.html,
        "new_excerpt": written.excerpt,
        "new_reply_to_id": draft.reply_to.id if draft.reply_to else None,
        "new_created_at": draft.created_at,
    }


async def append(
    tx: Transaction,
    draft: Post,
    written: Written,
    reading: Reading,
    *,
    despite_lock: bool,
    slow_at_most: int = 0,
    is_late: bool = False,
) -> Post | None:
    """Write the post, which gets its numbers now; None where meanwhile the thread was locked, slowed, moved or kept, or
    the network became read only.

    All that stands before it counts as read by its author, whose `reading` this transaction holds; not where it
    `is_late`: written before, and posted while its author may be anywhere.
    """
    counted = row_of(draft, written, despite_lock=despite_lock, slow_at_most=slow_at_most)
    if is_late:
        taken = await _append_by_steps(tx, counted, reading, only_itself=True)
    elif tx.connection.dialect.name == "postgresql":
        taken = await tx.run(_APPEND, counted | {"standing_id": reading.standing.id, "counted_before": reading.counted})
        if taken and reading.addressed:
            await note_read(tx, draft.author.id, draft.thread_id, reading.addressed)
    else:
        taken = await _append_by_steps(tx, counted, reading)
    if not taken:
        return None
    number, position = taken[0]
    return replace(draft, number=number, position=position)


async def _append_by_steps(
    tx: Transaction, counted: dict[str, Any], reading: Reading, *, only_itself: bool = False
) -> list[list[int]]:
    """The same on SQLite, which has no statement that writes to several tables."""
    placed_in = await tx.run(_COUNT_ONE_IN_NETWORK, counted)
    if not placed_in:
        return []
    ((position, kept_until),) = placed_in
    placed = counted | {"position": position, "kept_until": kept_until}
    for (number,) in await tx.run(_COUNT_ONE_IN_THREAD, placed):
        await tx.run(_WRITE_POST, counted | {"new_number": number, "new_position": position})
        await add_read(tx, reading, ((number, number),) if only_itself else up_to(number))
        return [[number, position]]
    return []
