"""The log: one gapless row of numbers for each stream.

A number comes from `UPDATE streams SET head = head + 1 … RETURNING` and its event row follows, as
the last statements before COMMIT. The lock on the stream's row is then held for the shortest
time, and nobody can see number n + 1 before n: seq order is commit order. A sequence or a Redis
counter would become visible out of order, and a reader by cursor would lose rows.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, String, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningInsert

from ground.columns import Moment, now
from ground.hot import HotStatement, given, one_of, run
from realtime.events import Change, Event
from realtime.tables import epoch, events, streams


class UnknownStream(LookupError):
    """An event was emitted to a stream that does not exist; nothing was written."""


class NoEpoch(LookupError):
    """The database has no epoch: it was not migrated to the end."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a stream stands: the number of its last event, and the version of its audience."""

    seq: int
    authz_version: int


@dataclass(frozen=True, slots=True)
class Survey:
    """Heads of streams that exist, and the epoch to which they belong (None where none exists)."""

    epoch: str | None
    heads: dict[str, Head]


_TAKE = (
    update(streams)
    .where(streams.c.name == bindparam("stream", type_=String))
    .values(
        head=streams.c.head + 1,
        authz_version=streams.c.authz_version + bindparam("raise_by", type_=BigInteger),
    )
    .returning(streams.c.head, streams.c.authz_version)
)

_COLUMNS = ["stream", "seq", "kind", "object_id", "object_version", "authz_version", "created_at"]


def append_after(guard: Any = None) -> ReturningInsert[Any]:
    """PostgreSQL takes the number and writes the event in a single round trip; gives the number.

    It can be part of a greater statement, where the column `guard` of another part must have a value first. The
    parameters are those of `event_row`.
    """
    taken = (_TAKE if guard is None else _TAKE.where(guard.is_not(None))).cte("taken")
    row = select(
        bindparam("of_stream", type_=String),
        taken.c.head,
        bindparam("kind", type_=String),
        bindparam("object_id", type_=String),
        bindparam("object_version", type_=Integer),
        taken.c.authz_version,
        bindparam("event_at", type_=Moment),
    )
    return postgresql.insert(events).from_select(_COLUMNS, row, include_defaults=False).returning(events.c.seq)


def event_row(stream: str, change: Change, *, authz: bool = False) -> dict[str, Any]:
    """The parameters of `append_after`."""
    return {
        "stream": stream,
        "raise_by": int(authz),
        "of_stream": stream,
        "kind": change.kind,
        "object_id": change.object_id,
        "object_version": change.object_version,
        "event_at": now(),
    }


_APPEND_POSTGRESQL = HotStatement(append_after())
_TAKE_NUMBER = HotStatement(_TAKE)
_INSERT_EVENT = HotStatement(insert(events))
_CREATE_STREAM_POSTGRESQL = postgresql.insert(streams).on_conflict_do_nothing()
_CREATE_STREAM_SQLITE = sqlite.insert(streams).on_conflict_do_nothing()

_EVENTS_AFTER = HotStatement(
    select(*(events.c[name] for name in _COLUMNS))
    .where(
        events.c.stream == given("stream"),
        events.c.seq > given("after"),
        events.c.seq <= given("up_to"),
    )
    .order_by(events.c.seq)
    .limit(given("at_most"))
)
_NO_END = 2**62
_EPOCH = select(epoch.c.epoch)
_POSITIONS = select(streams.c.name, streams.c.head, _EPOCH.scalar_subquery().label("epoch"), streams.c.authz_version)
_POSITIONS_NAMED = one_of(_POSITIONS, streams.c.name, "names")

_first = events.alias("first")
_oldest_seq = (
    select(func.min(events.c.seq)).where(events.c.stream == streams.c.name).correlate(streams).scalar_subquery()
)
_STALE_STREAMS = (
    select(streams.c.name)
    .select_from(streams.join(_first, (_first.c.stream == streams.c.name) & (_first.c.seq == _oldest_seq)))
    .where(_first.c.created_at < bindparam("before", type_=Moment))
    .limit(bindparam("at_most"))
)


async def append(connection: AsyncConnection, stream: str, change: Change, *, authz: bool = False) -> int:
    """Write one event and return its number. To be called last in a transaction.

    With `authz` the stream's authz_version is raised in the same row that gives the number.
    UnknownStream: there is no such stream.
    """
    fields = event_row(stream, change, authz=authz)
    if connection.dialect.name == "postgresql":
        written = await run(connection, _APPEND_POSTGRESQL, fields)
        if not written:
            raise UnknownStream(stream)
        return int(written[0][0])
    row = await _numbered(connection, fields)
    await run(connection, _INSERT_EVENT, row)
    return int(row["seq"])


async def append_all(connection: AsyncConnection, changes: Sequence[tuple[str, Change, bool]]) -> dict[str, int]:
    """Write events (stream, change, whether rights are asked again) in this order; the last number of each stream.

    Where there are many, SQLite gets them in one go: all who write wait for the end of this transaction.
    """
    numbers: dict[str, int] = {}
    if connection.dialect.name == "postgresql" or len(changes) == 1:
        for stream, change, authz in changes:
            numbers[stream] = await append(connection, stream, change, authz=authz)
        return numbers
    rows = [await _numbered(connection, event_row(stream, change, authz=authz)) for stream, change, authz in changes]
    if rows:
        await connection.execute(insert(events), [{name: row[name] for name in _COLUMNS} for row in rows])
    return {row["stream"]: row["seq"] for row in rows}


async def _numbered(connection: AsyncConnection, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The event as it is kept, with the next number of its stream."""
    taken = await run(connection, _TAKE_NUMBER, fields)
    if not taken:
        raise UnknownStream(fields["stream"])
    head, version = taken[0]
    return {**fields, "seq": int(head), "authz_version": version, "created_at": fields["event_at"]}


async def create_stream(connection: AsyncConnection, name: str) -> None:
    """Begin a stream at 0; one that exists already is left as it is."""
    create = _CREATE_STREAM_POSTGRESQL if connection.dialect.name == "postgresql" else _CREATE_STREAM_SQLITE
    await connection.execute(create, {"name": name, "head": 0, "authz_version": 0})


async def read_after(
    connection: AsyncConnection, stream: str, after: int, *, limit: int, up_to: int = _NO_END
) -> list[Event]:
    """At most `limit` events with `after` < seq <= `up_to`, in order.

    The caller compares the first seq with `after + 1`: a later one means that the log is no
    longer kept so far back.
    """
    asked = {"stream": stream, "after": after, "up_to": up_to, "at_most": limit}
    rows = await run(connection, _EVENTS_AFTER, asked)
    return [Event(*row) for row in rows]


async def survey(connection: AsyncConnection, names: Collection[str]) -> Survey:
    """Heads and epoch together, in one query: what a gateway compares its positions with."""
    rows = await run(connection, _POSITIONS_NAMED, {"names": list(names)}) if names else []
    heads = {name: Head(seq, authz_version) for name, seq, _, authz_version in rows}
    return Survey(rows[0][2] if rows else None, heads)


async def get_epoch(connection: AsyncConnection) -> str:
    """The id of this incarnation of the database. NoEpoch where the row is missing."""
    found = await connection.scalar(_EPOCH)
    if found is None:
        raise NoEpoch("the database has no epoch; run the migrations")
    return str(found)


async def renew_epoch(connection: AsyncConnection) -> str:
    """Begin a new incarnation, at first migration and after a restore: every client then resyncs."""
    fresh = secrets.token_hex(8)
    await connection.execute(delete(epoch))
    await connection.execute(insert(epoch), {"id": 1, "epoch": fresh, "created_at": now()})
    return fresh


async def forget(connection: AsyncConnection, stream: str) -> None:
    """Forget all that the stream has told so far; its numbers go on, and whoever resumes from before loads afresh.

    For a stream that gets a wider audience. It is held until the transaction ends: what others are about to write
    comes after that.
    """
    head = await connection.scalar(select(streams.c.head).where(streams.c.name == stream).with_for_update())
    await connection.execute(delete(events).where(events.c.stream == stream, events.c.seq <= (head or 0)))


async def trim(connection: AsyncConnection, before: datetime, *, at_most_streams: int = 100) -> int:
    """Forget events written before `before`, in at most so many streams; return how many went.

    What is left of each stream has no holes, even where clocks disagreed: only events before the
    first one that is young enough go. Call again until it returns 0.
    """
    gone = 0
    for name in (await connection.scalars(_STALE_STREAMS, {"before": before, "at_most": at_most_streams})).all():
        young = (
            select(events.c.seq)
            .where(events.c.stream == name, events.c.created_at >= before)
            .order_by(events.c.seq)
            .limit(1)
        )
        first_kept = await connection.scalar(young) or _NO_END
        result = await connection.execute(delete(events).where(events.c.stream == name, events.c.seq < first_kept))
        gone += result.rowcount
    return gone
