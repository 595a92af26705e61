"""Keeps the index: follows what happens in networks, and reads over everything once in a while.

A cursor for each stream says up to which event that is done. An event only says where to look: what is put into the
index is what the thing says now, so that the same event a second time does nothing. Whatever slips through (a step
that has no event, a worker that was away for a month) is found when everything is read over, at the start of a worker
and each hour. Nothing of it costs a post anything: at most a part is done in one transaction.
"""

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

from sqlalchemy import bindparam, delete, func, select, union_all, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.database import is_unavailable
from forum.search.entry_queries import (
    Kind,
    Stale,
    WorkedOut,
    find_authors,
    find_stale,
    find_stale_in_threads,
    find_window,
)
from forum.search.index_commands import EVERYTHING, drop, put, take_turn
from forum.search.terms import VERSION
from forum.search.text_commands import waiting_of
from forum.search.text_queries import find_gone_documents, find_missing
from forum.state import State
from forum.tables import networks, search_cursors, search_rows, search_terms, site
from realtime import event_log
from realtime.events import Event
from realtime.tables import streams
from realtime.transaction import Transaction

EVENTS_AT_ONCE = 100
PART = 50
"""Things that are put into the index in one transaction."""
WINDOW = 2_000
STREAMS_AT_ONCE = 50
MANY = 500
"""So many where the whole index is made anew."""
KINDS: tuple[Kind, ...] = ("network", "person", "document", "card", "post")

_Do = Callable[[Stale], Awaitable[object]]

_log = logging.getLogger(__name__)


def _behind(column: Any) -> Any:
    joined = networks.join(streams, streams.c.name == column).outerjoin(search_cursors, search_cursors.c.name == column)
    return (
        select(streams.c.name)
        .select_from(joined)
        .where(streams.c.head > func.coalesce(search_cursors.c.seq, 0), streams.c.name > bindparam("after"))
    )


_EITHER = union_all(_behind(networks.c.stream), _behind(networks.c.moderators_stream)).subquery("behind")
_BEHIND = select(_EITHER.c.name).order_by(_EITHER.c.name).limit(STREAMS_AT_ONCE)
_HEAD = select(streams.c.head).where(streams.c.name == bindparam("of_stream"))
_BEGIN: dict[str, Any] = {
    "postgresql": postgresql.insert(search_cursors).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(search_cursors).on_conflict_do_nothing(),
}
_SEQ = select(search_cursors.c.seq).where(search_cursors.c.name == bindparam("of_stream"))
_TAKE_TURN_IF_FREE = _SEQ.with_for_update(skip_locked=True)
_MOVE = update(search_cursors).where(search_cursors.c.name == bindparam("of_stream")).values(seq=bindparam("up_to"))


async def follow_networks(state: State, _: set[str]) -> bool:
    """Do what is to be done, a part of each stream; whether more may wait.

    It wakes up by itself every other second: what is written then goes into the index in one transaction.
    """
    more, after = False, ""
    while True:
        async with state.database.read() as connection:
            behind = list(await connection.scalars(_BEHIND, {"after": after}))
        for stream in behind:
            more |= await _follow_by_itself(state, stream)
        if len(behind) < STREAMS_AT_ONCE:
            return more
        after = behind[-1]


async def is_behind(state: State) -> bool:
    """Whether something has happened that is not in the index yet."""
    async with state.database.read() as connection:
        if (await connection.execute(_BEHIND, {"after": ""})).first() is not None:
            return True
        return bool(await find_missing(connection, None, 1) or await find_gone_documents(connection, 1))


async def _follow_by_itself(state: State, stream: str) -> bool:
    """One part of one stream. What can't be indexed in one network must not keep the others waiting."""
    try:
        worked_out: WorkedOut = {}
        async with state.database.read() as connection:
            seq = await connection.scalar(_SEQ, {"of_stream": stream}) or 0
            events = await event_log.read_after(connection, stream, seq, limit=EVENTS_AT_ONCE)
            await _index(connection, stream, events, worked_out, partial(_with_authors, connection, worked_out))
        async with state.transaction() as tx:
            more, shared = await _follow_stream(tx, stream, worked_out)
        waiting_of(state).ids |= shared
        return more
    except Exception as error:
        if is_unavailable(error):
            raise
        _log.error("what happened in %s could not be indexed: %s", stream, type(error).__name__)
        return False


async def _follow_stream(tx: Transaction, stream: str, worked_out: WorkedOut) -> tuple[bool, dict[str, None]]:
    """One part of one stream: whether there is more, and the documents of which something was said.

    Whoever writes the index takes turns.
    """
    await take_turn(tx)
    seq = await _cursor(tx, stream, _SEQ)
    head = await tx.connection.scalar(_HEAD, {"of_stream": stream})
    events = await event_log.read_after(tx.connection, stream, seq, limit=EVENTS_AT_ONCE)
    is_whole = await _index(tx.connection, stream, events, worked_out, partial(_do, tx, worked_out))
    if is_whole:
        # Events may be gone, as those of a network that was opened: everything is read over for that.
        await tx.execute(_MOVE, {"of_stream": stream, "up_to": events[-1].seq if events else max(seq, head or 0)})
    return not is_whole or len(events) == EVENTS_AT_ONCE, dict.fromkeys(sorted(_shared(_by_kind(events))))


async def _cursor(tx: Transaction, name: str, asked: Any) -> Any:
    await tx.execute(_BEGIN[tx.connection.dialect.name], {"name": name, "seq": 0})
    return await tx.connection.scalar(asked, {"of_stream": name})


def _by_kind(events: Sequence[Event]) -> dict[str, set[str]]:
    """Of what these events speak."""
    by_kind: dict[str, set[str]] = {}
    for event in events:
        by_kind.setdefault(event.kind.partition(".")[0], set()).add(event.object_id)
    return by_kind


def _shared(by_kind: Mapping[str, set[str]]) -> set[str]:
    return by_kind.get("document", set()) | by_kind.get("version", set())


async def _index(
    connection: AsyncConnection, stream: str, events: Sequence[Event], worked_out: WorkedOut, do: _Do
) -> bool:
    """Have at most a part of what these events speak of done; whether that was all of it."""
    by_kind = _by_kind(events)
    await do(await find_stale(connection, "network", [stream.partition(":")[2]], 1, worked_out))
    members = await find_authors(connection, by_kind.get("member", ()))
    await do(await find_stale(connection, "person", members, len(members), worked_out))
    written = await find_stale(connection, "post", by_kind.get("post", ()), PART, worked_out)
    await do(written)
    if written.size == PART:
        return False
    shared = await find_stale(connection, "document", _shared(by_kind), PART, worked_out)
    await do(shared)
    if shared.size == PART:
        return False
    found = await find_stale(connection, "card", by_kind.get("card", ()), PART, worked_out)
    await do(found)
    if found.size == PART:
        return False
    begun = await find_stale_in_threads(connection, by_kind.get("thread", ()), PART, worked_out)
    await do(begun)
    return begun.size < PART


async def _do(tx: Transaction, worked_out: WorkedOut, stale: Stale) -> None:
    await drop(tx, stale.gone)
    await put(tx, stale.entries)
    authors = await _with_authors(tx.connection, worked_out, stale)
    if authors.size:
        await _do(tx, worked_out, authors)


async def _with_authors(connection: AsyncConnection, worked_out: WorkedOut, stale: Stale) -> Stale:
    """What is to be done about those who wrote these."""
    authors = {entry.account_id for entry in stale.entries if entry.account_id and entry.kind != "person"}
    return await find_stale(connection, "person", cast(Collection[str], authors), len(authors), worked_out)


# -- Reading everything over -------------------------------------------------------------------------


@dataclass(slots=True)
class Reading:
    """How far this process has come in reading everything over. A kind that is not here is done."""

    after: dict[Kind, str] = field(default_factory=lambda: dict.fromkeys(KINDS, ""))
    found: list[str] = field(default_factory=list)
    """What is to be indexed of the first kind."""
    people_version: int | None = None
    at_once: int | None = None
    """More than a part in one transaction: where nobody waits meanwhile."""

    async def close(self) -> None:
        """Nothing is open."""

    def begin_anew(self) -> None:
        """Everything is to be read over again."""
        self.after, self.found = dict.fromkeys(KINDS, ""), []


def reading_of(state: State) -> Reading:
    """How far this process has come."""
    return cast(Reading, state.kept.setdefault("search", Reading()))


async def read_over(state: State, _: set[str]) -> bool:
    """Read a part over, and index what is missing there; whether there is more."""
    reading = reading_of(state)
    async with state.database.read() as connection:
        people = await connection.scalar(select(site.c.people_version))
    if people != reading.people_version:
        reading.people_version = people
        reading.after.setdefault("person", "")
    if not reading.after or not await is_of_this_version(state):
        return bool(reading.after)
    if not reading.found:
        await _look(state, reading)
    elif not await _index_found(state, reading):
        return False
    return bool(reading.after)


async def _look(state: State, reading: Reading) -> None:
    """Look at the next things of a kind; where nothing is to be done about them they are done."""
    kind = next(iter(reading.after))
    async with state.database.read() as connection:
        reading.found, last = await find_window(connection, kind, reading.after[kind], WINDOW)
    if last:
        reading.after[kind] = last
    elif not reading.found:
        del reading.after[kind]
    else:
        reading.after[kind] = reading.found[-1]


async def _index_found(state: State, reading: Reading) -> bool:
    """Index a part of what was found; False where another worker is at it."""
    kind, at_once = next(iter(reading.after)), reading.at_once or PART
    part, worked_out = reading.found[:at_once], WorkedOut()
    async with state.database.read() as connection:
        await _with_authors(connection, worked_out, await find_stale(connection, kind, part, at_once, worked_out))
    async with state.transaction() as tx:
        if await _cursor(tx, EVERYTHING, _TAKE_TURN_IF_FREE) is None:
            return False
        await index(tx, kind, part, worked_out)
    reading.found = reading.found[at_once:]
    return True


async def index(tx: Transaction, kind: Kind, ids: Collection[str], worked_out: WorkedOut) -> None:
    """Have these things found as they are in this transaction, whatever was worked out of them before it."""
    await _do(tx, worked_out, await find_stale(tx.connection, kind, ids, len(ids), worked_out))


async def is_of_this_version(state: State) -> bool:
    """Whether the index is made of the terms of this version; otherwise a part of it goes."""
    asked = select(search_cursors.c.seq).where(search_cursors.c.name == EVERYTHING)
    async with state.database.read() as connection:
        if await connection.scalar(asked) == VERSION:
            return True
    async with state.transaction() as tx:
        return await _cursor(tx, EVERYTHING, _TAKE_TURN_IF_FREE) is not None and await clear(tx)


async def clear(tx: Transaction) -> bool:
    """Empty a part of the index; whether nothing is left of it."""
    some = select(search_rows.c.id).order_by(search_rows.c.id).limit(MANY)
    if (await tx.execute(delete(search_rows).where(search_rows.c.id.in_(some)))).rowcount:
        return False
    await tx.execute(delete(search_terms))
    await tx.execute(_MOVE, {"of_stream": EVERYTHING, "up_to": VERSION})
    return True
