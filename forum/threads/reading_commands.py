"""What a member has read, kept exactly: ranges of post numbers for each thread, and one count for each network.

A membership's `baseline` says that all posts up to this position of the network are read. A row of `read_states`
holds all that is read of one thread, what the baseline covers included, and how many posts that is. So
`memberships.read_count` = baseline + for each row, its count less what the baseline covers of that thread, + the
positions above the baseline whose posts have moved to another network: those count as read.
Whoever changes any of these holds the membership's row first.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, bindparam, cast, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from forum import telling
from forum.errors import Forbidden, Invalid
from forum.hot_reads import JsonRows
from forum.policy import may_keep_read_state
from forum.tables import addressed_posts, memberships, moved_posts, networks, read_states, threads
from forum.threads import queries
from forum.threads.addressing_commands import note_all_read, note_read
from forum.threads.page_queries import baseline_number
from forum.threads.ranges import MOST_RANGES, Ranges, clip, count, holds, merge, up_to
from forum.viewer import Viewer
from ground.columns import Identifier, now
from ground.hot import HotStatement
from realtime.transaction import Transaction

JOIN_FIRST = "Join this network, and we keep your place in its threads."


@dataclass(frozen=True, slots=True)
class Standing:
    """A membership whose row this transaction holds."""

    id: str
    account_id: str
    network_id: str
    baseline: int
    silenced_until: datetime | None = None
    hold_left: int = 0
    held_waiting: int = 0


IS_ACTIVE = (
    memberships.c.account_id == bindparam("holder_id", type_=Identifier),
    memberships.c.network_id == bindparam("place_id", type_=Identifier),
    memberships.c.current,
    memberships.c.status == "active",
)
_STANDING = (
    memberships.c.id,
    memberships.c.account_id,
    memberships.c.network_id,
    memberships.c.baseline,
    memberships.c.silenced_until,
    memberships.c.hold_left,
    memberships.c.held_waiting,
)
_WIDTH = len(_STANDING)
_HOLD = HotStatement(select(*_STANDING).where(*IS_ACTIVE).with_for_update(key_share=True))


async def hold_standing(tx: Transaction, account_id: str, network_id: str) -> Standing | None:
    """The active membership, its row locked until the end of the transaction; None where it has ended meanwhile."""
    rows = await tx.run(_HOLD, {"holder_id": account_id, "place_id": network_id})
    return Standing(*rows[0]) if rows else None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a member has read of one thread; their membership's row is held."""

    standing: Standing
    thread_id: str
    ranges: Ranges
    counted: int
    """How many of these are counted in the membership."""
    post_count: int
    addressed: tuple[int, ...] = ()
    """Which unread posts mention or answer the reader."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A row of `_HOLD_READING`."""

    standing: Standing
    count: int
    baseline_before: int
    count_before: int
    post_count: int
    covered: int
    ranges: str | None
    read_count: int | None
    addressed: str | None


_addressed = (
    select(JsonRows(addressed_posts.c.number))
    .where(addressed_posts.c.account_id == memberships.c.account_id, addressed_posts.c.thread_id == threads.c.id)
    .correlate(memberships, threads)
    .scalar_subquery()
)
_before = memberships.alias("memberships_before")
_HOLD_READING = HotStatement(
    select(
        *_STANDING,
        memberships.c.read_count.label("held_count"),
        select(_before.c.baseline).where(_before.c.id == memberships.c.id).scalar_subquery().label("baseline_before"),
        select(_before.c.read_count).where(_before.c.id == memberships.c.id).scalar_subquery().label("count_before"),
        threads.c.post_count,
        baseline_number(memberships.c.baseline).label("covered"),
        cast(read_states.c.ranges, String).label("ranges"),
        read_states.c.read_count,
        _addressed.label("addressed"),
    )
    .select_from(
        memberships.join(threads, threads.c.network_id == memberships.c.network_id).outerjoin(
            read_states,
            (read_states.c.thread_id == threads.c.id) & (read_states.c.account_id == memberships.c.account_id),
        )
    )
    .where(*IS_ACTIVE, threads.c.id == bindparam("of_thread", type_=Identifier))
    .with_for_update(key_share=True, of=memberships)
)


async def hold_reading(tx: Transaction, account_id: str, network_id: str, thread_id: str) -> Reading | None:
    """What a member has read of this thread, the membership's row locked; None where it has ended meanwhile.

    Where the lock was waited for, PostgreSQL gives the membership as it is now beside ranges as they were: that
    shows as a difference between the row and the row before, and then the ranges are read again under the lock.
    """
    asked = {"holder_id": account_id, "place_id": network_id, "of_thread": thread_id}
    held = await _hold(tx, asked)
    if held is not None and (held.standing.baseline, held.count) != (held.baseline_before, held.count_before):
        held = await _hold(tx, asked)
    if held is None:
        return None
    ranges = merge(json.loads(held.ranges or "[]"), up_to(held.covered))
    counted = held.covered if held.read_count is None else held.read_count
    addressed = tuple(json.loads(held.addressed or "[]"))
    return Reading(held.standing, thread_id, ranges, counted, held.post_count, addressed)


async def _hold(tx: Transaction, asked: Mapping[str, str]) -> _Held | None:
    rows = await tx.run(_HOLD_READING, asked)
    return _Held(Standing(*rows[0][:_WIDTH]), *rows[0][_WIDTH:]) if rows else None


def _upsert(insert: Any) -> Any:
    # Each parameter has a name that no column has: SQLAlchemy would set such columns in the other table too.
    statement = insert(read_states).values(
        {column: bindparam(f"kept_{column.name}", type_=column.type) for column in read_states.c}
    )
    new = {name: statement.excluded[name] for name in ("ranges", "read_count", "updated_at")}
    return statement.on_conflict_do_update(index_elements=["account_id", "thread_id"], set_=new)


_COUNT_READ = (
    update(memberships)
    .where(memberships.c.id == bindparam("standing_id", type_=Identifier))
    .values(read_count=memberships.c.read_count + bindparam("more", type_=memberships.c.read_count.type))
)
_KEEP = HotStatement(
    _upsert(postgresql.insert).add_cte(_COUNT_READ.cte("counted")), sqlite_statement=_upsert(sqlite.insert)
)
_COUNT = HotStatement(_COUNT_READ)


async def add_read(tx: Transaction, reading: Reading, ranges: Ranges) -> int:
    """Note these posts as read, beside those that were; how many of them are new. Raises Invalid for too many parts."""
    read = merge(reading.ranges, ranges)
    more = count(read) - reading.counted
    if not more:
        return 0
    if len(read) > MOST_RANGES:
        raise Invalid({"ranges": f"We keep at most {MOST_RANGES} pieces of a thread. Send fewer, longer ranges."})
    row = {
        "kept_account_id": reading.standing.account_id,
        "kept_thread_id": reading.thread_id,
        "kept_network_id": reading.standing.network_id,
        "kept_ranges": [list(part) for part in read],
        "kept_read_count": count(read),
        "kept_updated_at": now(),
    }
    counted = {"standing_id": reading.standing.id, "more": more}
    await tx.run(_KEEP, row | counted)
    if tx.connection.dialect.name != "postgresql":  # there it is part of the same statement
        await tx.run(_COUNT, counted)
    met = [number for number in reading.addressed if holds(read, number)]
    if met:
        await note_read(tx, reading.standing.account_id, reading.thread_id, met)
    return more


def place_of(standing_id: str, thread_id: str) -> str:
    """What `ReadChanged` names where something was read in one thread."""
    return f"{standing_id}:{thread_id}"


async def mark_read(tx: Transaction, viewer: Viewer, thread_id: str, ranges: Ranges) -> str | None:
    """Note posts as read. What is to be announced to the reader's other screens; None where all was read before.

    Raises NotFound, Forbidden for those who are no members, and Invalid.
    """
    thread = await queries.get_thread(tx.connection, viewer, thread_id)
    reading = None
    if may_keep_read_state(viewer, thread.network_id):
        reading = await hold_reading(tx, viewer.id, thread.network_id, thread_id)
    if reading is None:
        raise Forbidden(JOIN_FIRST)
    ranges = clip(ranges, reading.post_count)
    more = await add_read(tx, reading, ranges)
    await telling.note_read(tx, viewer.id, thread_id, merge(reading.ranges, ranges))
    return place_of(reading.standing.id, thread_id) if more else None


_POSTS_SO_FAR = select(networks.c.post_count).where(networks.c.id == bindparam("counted_id", type_=Identifier))
_COVERED_THREADS = select(threads.c.id).where(
    threads.c.network_id == bindparam("of_network", type_=Identifier), threads.c.last_position <= bindparam("position")
)
_OWN = (
    read_states.c.account_id == bindparam("reader_id", type_=Identifier),
    read_states.c.network_id == bindparam("of_network", type_=Identifier),
)
_FORGET_COVERED = delete(read_states).where(*_OWN, read_states.c.thread_id.in_(_COVERED_THREADS))
_NOT_COVERED = (
    select(
        read_states.c.thread_id,
        cast(read_states.c.ranges, String).label("ranges"),
        baseline_number(bindparam("position", type_=memberships.c.baseline.type)).label("covered"),
    )
    .select_from(read_states.join(threads, threads.c.id == read_states.c.thread_id))
    .where(*_OWN)
)
_KEEP_PART = (
    update(read_states)
    .where(read_states.c.account_id == bindparam("of_reader"), read_states.c.thread_id == bindparam("of_thread"))
    .values(ranges=bindparam("new_ranges"), read_count=bindparam("new_count"))
)
_MOVED_BEYOND = select(func.count()).where(
    moved_posts.c.network_id == bindparam("of_network", type_=Identifier),
    moved_posts.c.position > bindparam("position"),
)
_RAISE_BASELINE = (
    update(memberships)
    .where(memberships.c.id == bindparam("standing_id", type_=Identifier))
    .values(baseline=bindparam("position"), read_count=bindparam("new_count"))
)


async def mark_all_read(tx: Transaction, viewer: Viewer, network_id: str, position: int) -> str | None:
    """Note everything up to this position of the network as read: what the page showed that the person saw.

    What is to be announced, or None where all of it was read before. Raises Forbidden for those who are no members.
    """
    standing = None
    if may_keep_read_state(viewer, network_id):
        standing = await hold_standing(tx, viewer.id, network_id)
    if standing is None:
        raise Forbidden(JOIN_FIRST)
    position = min(position, await tx.connection.scalar(_POSTS_SO_FAR, {"counted_id": network_id}) or 0)
    if position <= standing.baseline:
        return None
    asked = {"reader_id": viewer.id, "of_network": network_id, "position": position}
    # What is covered goes first: a thread that grows meanwhile is then seen by the second statement, not by neither.
    await tx.execute(_FORGET_COVERED, asked)
    beyond = 0
    parts = []
    for row in (await tx.execute(_NOT_COVERED, asked)).all():
        read = merge(json.loads(row.ranges), up_to(row.covered))
        beyond += count(read) - row.covered
        new = {"new_ranges": [list(part) for part in read], "new_count": count(read)}
        parts.append({"of_reader": viewer.id, "of_thread": row.thread_id, **new})
    if parts:
        await tx.execute(_KEEP_PART, parts)
    # What has moved to another network counts as read, wherever it stood.
    beyond += await tx.connection.scalar(_MOVED_BEYOND, {"of_network": network_id, "position": position}) or 0
    await tx.execute(
        _RAISE_BASELINE, {"standing_id": standing.id, "position": position, "new_count": position + beyond}
    )
    await note_all_read(tx, viewer.id, network_id, position)
    await telling.note_all_read(tx, viewer.id, network_id, position)
    return standing.id
