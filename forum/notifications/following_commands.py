"""Follows the networks' streams, and writes for each person the lines that what happened there means to them.

A cursor for each stream says up to which event that is done. It moves in the transaction that writes the last lines of
an event, and who has a line about something gets no second one: killed anywhere, nothing is lost or told twice. Events
are kept for thirty days; a worker that was away for longer begins with the oldest there is.

Nothing of it costs a post anything. At most a part is done in one transaction, so that no writer waits long.
"""

import json
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    String,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    union,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from forum.database import is_unavailable
from forum.notification_kinds import NotificationKind
from forum.notifications.aftermath_commands import follow_moved, forget_removed, note_own_reading, note_writers
from forum.state import State
from forum.tables import (
    acts,
    followed_streams,
    mail_wishes,
    memberships,
    mentions,
    network_watches,
    networks,
    notifications,
    posts,
    read_states,
    thread_writers,
    watches,
)
from forum.telling import Line, tell_members
from realtime import event_log
from realtime.events import Event
from realtime.tables import streams
from realtime.transaction import Transaction

EVENTS_AT_ONCE = 25
LINES_AT_ONCE = 50
STREAMS_AT_ONCE = 50

_log = logging.getLogger(__name__)

_BEHIND = (
    select(networks.c.stream)
    .select_from(
        networks.join(streams, streams.c.name == networks.c.stream).outerjoin(
            followed_streams, followed_streams.c.stream == networks.c.stream
        )
    )
    .where(streams.c.head > func.coalesce(followed_streams.c.seq, 0), networks.c.stream > bindparam("after"))
    .order_by(networks.c.stream)
    .limit(STREAMS_AT_ONCE)
)
_HEAD = select(streams.c.head).where(streams.c.name == bindparam("of_stream"))
_BEGIN: dict[str, Any] = {
    "postgresql": postgresql.insert(followed_streams).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(followed_streams).on_conflict_do_nothing(),
}
_HOLD = (
    select(followed_streams.c.seq)
    .where(followed_streams.c.stream == bindparam("of_stream"))
    .with_for_update(skip_locked=True)
)


async def follow_networks(state: State, heard: set[str]) -> bool:
    """Do what is to be done, a part of each stream; whether more may wait. `heard`: streams in which something was."""
    more, after = False, ""
    while True:
        async with state.database.read() as connection:
            behind = list(await connection.scalars(_BEHIND, {"after": after}))
        for stream in behind:
            heard.add(stream)
            more |= await _follow_by_itself(state, stream)
        if len(behind) < STREAMS_AT_ONCE:
            return more
        after = behind[-1]


async def _follow_by_itself(state: State, stream: str) -> bool:
    """One part of one stream. What can't be told of one network must not keep the others waiting."""
    try:
        async with state.transaction() as tx:
            return await follow_stream(tx, stream)
    except Exception as error:
        if is_unavailable(error):
            raise
        _log.error("what happened in %s could not be told: %s", stream, type(error).__name__)
        return False


async def follow_stream(tx: Transaction, stream: str) -> bool:
    """One part of one stream; whether there is more. Nothing where another worker is at it."""
    await tx.execute(_BEGIN[tx.connection.dialect.name], {"stream": stream, "seq": 0})
    seq = await tx.connection.scalar(_HOLD, {"of_stream": stream})
    if seq is None:
        return False
    head = await tx.connection.scalar(_HEAD, {"of_stream": stream})
    events = await event_log.read_after(tx.connection, stream, seq, limit=EVENTS_AT_ONCE)
    network_id = stream.partition(":")[2]
    is_whole = await _tell(tx, network_id, events)
    if is_whole:
        # Events may be gone, as those of a network that was opened: up to the head there is nothing to tell of then.
        told = events[-1].seq if events else max(seq, head or 0)
        moved = update(followed_streams).where(followed_streams.c.stream == stream)
        await tx.execute(moved.values(seq=told))
    return not is_whole or len(events) == EVENTS_AT_ONCE


async def _tell(tx: Transaction, network_id: str, events: Sequence[Event]) -> bool:
    """Write at most a part of the lines that these events mean; whether that were all of them."""
    by_kind: dict[str, list[str]] = {}
    for event in events:
        by_kind.setdefault(event.kind, []).append(event.object_id)
    written, begun = by_kind.get("post.created", []), by_kind.get("thread.created", [])
    edited, removed = by_kind.get("post.edited", []), by_kind.get("post.removed", [])
    await note_writers(tx, written, begun)
    room = LINES_AT_ONCE
    for find in (
        _about_posts(network_id, written),
        _about_threads(network_id, begun),
        _mentions_in(network_id, edited),
    ):
        if find is not None:
            lines = _lines(network_id, (await tx.execute(find.limit(room))).all())
            await tell_members(tx, lines)
            room -= len(lines)
        if room <= 0:
            return False
    await note_own_reading(tx, written)
    await forget_removed(tx, [*removed, *edited])
    await follow_moved(tx, by_kind.get("thread.moved", []))
    return True


# -- Whom something concerns -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    """What one of the statements below finds."""

    account_id: str
    kind: NotificationKind
    object_id: str
    actor_id: str
    thread_id: str
    number: int
    created_at: datetime
    is_covered: bool
    ranges: str | None
    mail: str


def _lines(network_id: str, rows: Sequence[Any]) -> list[Line]:
    found = [_Row(*row) for row in rows]
    return [
        Line(
            account_id=row.account_id,
            kind=row.kind,
            object_id=row.object_id,
            network_id=network_id,
            actor_id=row.actor_id,
            thread_id=row.thread_id,
            number=row.number,
            created_at=row.created_at,
            is_read=bool(row.is_covered) or _holds(row.ranges, row.number),
            mail=row.mail,
        )
        for row in found
    ]


def _holds(ranges: str | None, number: int) -> bool:
    return any(first <= number <= last for first, last in json.loads(ranges or "[]"))


_answered = posts.alias("answered")
_is_answer = and_(_answered.c.author_id == memberships.c.account_id, _answered.c.removed_at.is_(None))
_is_mention = exists(
    select(literal(1)).where(mentions.c.post_id == posts.c.id, mentions.c.account_id == memberships.c.account_id)
)
# A moderator who was told that it waited has not been told of it as one whom it answers or names.
_is_told = exists(
    select(literal(1)).where(
        notifications.c.account_id == memberships.c.account_id,
        notifications.c.object_id == posts.c.id,
        notifications.c.kind.in_(("post.answered", "post.mentioned", "post.watched")),
    )
)


_is_writer = exists(
    select(literal(1)).where(
        thread_writers.c.thread_id == posts.c.thread_id, thread_writers.c.account_id == memberships.c.account_id
    )
)
# Whoever mutes a thread still finds answers and mentions on their list; no mail tells of them.
_is_muted = func.coalesce(watches.c.level, "normal") == "mute"
_of_network = func.coalesce(network_watches.c.level, "normal")
_is_watched = or_(
    watches.c.level == "watch",
    and_(watches.c.level.is_(None), or_(_of_network == "watch", and_(_of_network == "normal", _is_writer))),
)


def _columns(kind: Any, object_id: Any) -> tuple[Any, ...]:
    mail = func.coalesce(network_watches.c.mail, mail_wishes.c.mail, "bundled")
    return (
        memberships.c.account_id,
        kind,
        object_id,
        posts.c.author_id,
        posts.c.thread_id,
        posts.c.number,
        posts.c.created_at,
        posts.c.position <= memberships.c.baseline,
        cast(read_states.c.ranges, String),
        mail,
    )


def _with_wishes(joined: Any) -> Any:
    """Joined with what each member has read of the thread, and how much they want to hear of it."""
    of_thread = and_(watches.c.account_id == memberships.c.account_id, watches.c.thread_id == posts.c.thread_id)
    of_network = and_(
        network_watches.c.account_id == memberships.c.account_id,
        network_watches.c.network_id == memberships.c.network_id,
    )
    reading = and_(read_states.c.account_id == memberships.c.account_id, read_states.c.thread_id == posts.c.thread_id)
    return (
        joined.outerjoin(watches, of_thread)
        .outerjoin(network_watches, of_network)
        .outerjoin(mail_wishes, mail_wishes.c.account_id == memberships.c.account_id)
        .outerjoin(read_states, reading)
    )


def _members(network_id: str) -> tuple[Any, ...]:
    return (
        memberships.c.network_id == network_id,
        memberships.c.current,
        memberships.c.status == "active",
        memberships.c.account_id != posts.c.author_id,
        memberships.c.since <= posts.c.created_at,  # what was there before they came is no news to them
        posts.c.network_id == network_id,
        posts.c.removed_at.is_(None),
    )


def _candidates(post_ids: Collection[str]) -> Any:
    """Posts and accounts of whom the rest is asked: a handful of rows by index, however large the network."""
    named = select(mentions.c.post_id, mentions.c.account_id).where(mentions.c.post_id.in_(post_ids))
    answering = (
        select(posts.c.id, _answered.c.author_id)
        .join(_answered, _answered.c.id == posts.c.reply_to_id)
        .where(posts.c.id.in_(post_ids))
    )
    of_these = posts.c.id.in_(post_ids)
    by_choice = select(posts.c.id, watches.c.account_id).join(watches, watches.c.thread_id == posts.c.thread_id)
    by_writing = select(posts.c.id, thread_writers.c.account_id).join(
        thread_writers, thread_writers.c.thread_id == posts.c.thread_id
    )
    by_network = select(posts.c.id, network_watches.c.account_id).join(
        network_watches, network_watches.c.network_id == posts.c.network_id
    )
    return union(
        named,
        answering,
        by_choice.where(of_these, watches.c.level == "watch"),
        by_writing.where(of_these),
        by_network.where(of_these, network_watches.c.level == "watch"),
    ).subquery("whom")


def _about_posts(network_id: str, post_ids: Collection[str]) -> Any:
    """Members whom one of these posts concerns and who have no line about it: answered, named, or watching."""
    if not post_ids:
        return None
    whom = _candidates(post_ids)
    post_id, account_id = whom.c
    # Who wrote after it has read it: nothing that is new to them. These posts are read once, for by itself SQLite would
    # go through all that was written later in the thread, for each person anew.
    of_these = select(posts.c.thread_id, posts.c.number, posts.c.author_id).where(posts.c.id.in_(post_ids))
    later = of_these.cte("later").prefix_with("MATERIALIZED")
    wrote_later = exists(
        select(literal(1)).where(
            later.c.thread_id == posts.c.thread_id,
            later.c.number > posts.c.number,
            later.c.author_id == memberships.c.account_id,
        )
    )
    kind = case((_is_answer, "post.answered"), (_is_mention, "post.mentioned"), else_="post.watched")
    joined = (
        whom.join(posts, posts.c.id == post_id)
        .join(memberships, memberships.c.account_id == account_id)
        .outerjoin(_answered, _answered.c.id == posts.c.reply_to_id)
    )
    return (
        select(*_columns(kind, posts.c.id))
        .select_from(_with_wishes(joined))
        .where(*_members(network_id), ~_is_told, or_(_is_answer, _is_mention, and_(_is_watched, ~wrote_later)))
    )


def _about_threads(network_id: str, thread_ids: Collection[str]) -> Any:
    """Members who have no line yet about one of these threads: new to them, or with a first post that names them."""
    if not thread_ids:
        return None
    kind = case((_is_mention, "post.mentioned"), else_="thread.begun")
    object_id = case((_is_mention, posts.c.id), else_=posts.c.thread_id)
    is_told_of_it = exists(
        select(literal(1)).where(
            notifications.c.account_id == memberships.c.account_id,
            notifications.c.object_id == posts.c.thread_id,
            notifications.c.kind == "thread.begun",
        )
    )
    # Whoever moved it here, or back, knows that it is here.
    moved_it = exists(
        select(literal(1)).where(
            acts.c.thread_id == posts.c.thread_id,
            acts.c.kind == "move",
            or_(acts.c.by_id == memberships.c.account_id, acts.c.undone_by == memberships.c.account_id),
        )
    )
    joined = posts.join(memberships, memberships.c.network_id == posts.c.network_id)
    return (
        select(*_columns(kind, object_id))
        .select_from(_with_wishes(joined))
        .where(posts.c.thread_id.in_(thread_ids), posts.c.number == 1, posts.c.is_imported.is_(False))
        .where(*_members(network_id), ~_is_told, ~is_told_of_it)
        .where(or_(_is_mention, and_(~_is_muted, _of_network != "mute", ~moved_it)))
    )


def _mentions_in(network_id: str, post_ids: Collection[str]) -> Any:
    """Members whom one of these edited posts names, and who were never told that it speaks to them."""
    if not post_ids:
        return None
    spoke = exists(
        select(literal(1)).where(
            notifications.c.account_id == memberships.c.account_id,
            notifications.c.object_id == posts.c.id,
            notifications.c.kind.in_(("post.answered", "post.mentioned")),
        )
    )
    joined = mentions.join(posts, posts.c.id == mentions.c.post_id).join(
        memberships, memberships.c.account_id == mentions.c.account_id
    )
    kind = cast(literal_column("'post.mentioned'"), String)
    return (
        select(*_columns(kind, posts.c.id))
        .select_from(_with_wishes(joined))
        .where(posts.c.id.in_(post_ids), *_members(network_id), ~spoke)
    )
