"""An archive is old: what it brings counts as read by everybody who is a member already, exactly.

Somebody who had read everything still has: their baseline moves past what is new. For somebody with something
unread the baseline can't, for what they have not read lies before it: a row for each thread says that its new
posts are read. How reading is kept, `threads.reading_commands` tells.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Integer, String, bindparam, case, cast, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from forum.tables import memberships, posts, read_states
from ground.columns import Identifier, Moment
from realtime.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Growth:
    """The posts that a thread gets: their first and last number. `is_new`: there was no such thread before."""

    thread_id: str
    first: int
    last: int
    is_new: bool


_ACTIVE = (
    memberships.c.network_id == bindparam("of_network", type_=Identifier),
    memberships.c.current,
    memberships.c.status == "active",
)
_HOLD = select(memberships.c.id, memberships.c.account_id, memberships.c.read_count).where(*_ACTIVE)
_HOLD = _HOLD.order_by(memberships.c.id).with_for_update(key_share=True)
_STANDINGS = select(memberships.c.id, memberships.c.account_id).where(*_ACTIVE)
_STILL = select(memberships.c.id).where(*_ACTIVE)


async def hold_members(tx: Transaction, network_id: str) -> dict[str, int]:
    """How many posts each member has read, by membership; the rows stay as they are until the transaction ends."""
    rows = await tx.execute(_HOLD, {"of_network": network_id})
    return {row.id: row.read_count for row in rows}


async def are_all_held(tx: Transaction, network_id: str, held: dict[str, int]) -> bool:
    """Whether nobody became a member since, on the way to the network's own row."""
    return set(await tx.connection.scalars(_STILL, {"of_network": network_id})) == held.keys()


async def list_standings(tx: Transaction, network_id: str) -> list[tuple[str, str]]:
    """Every active membership with its account."""
    return [(row.id, row.account_id) for row in await tx.execute(_STANDINGS, {"of_network": network_id})]


_BEHIND = (*_ACTIVE, memberships.c.read_count < bindparam("before", type_=Integer))
_NOTE_NEW_THREAD = insert(read_states).from_select(
    ["account_id", "thread_id", "network_id", "ranges", "read_count", "updated_at"],
    select(
        memberships.c.account_id,
        bindparam("in_thread", type_=Identifier),
        memberships.c.network_id,
        bindparam("new_ranges", type_=JSON),
        bindparam("new_count", type_=Integer),
        bindparam("moment", type_=Moment),
    ).where(*_BEHIND),
    include_defaults=False,
)
_UP_TO_BASELINE = (
    select(func.coalesce(func.max(posts.c.number), 0))
    .where(posts.c.thread_id == bindparam("in_thread", type_=Identifier), posts.c.position <= memberships.c.baseline)
    .correlate(memberships)
    .scalar_subquery()
)
_READ_SO_FAR = (
    select(
        memberships.c.account_id,
        cast(read_states.c.ranges, String).label("ranges"),
        _UP_TO_BASELINE.label("covered"),
    )
    .select_from(
        memberships.outerjoin(
            read_states,
            (read_states.c.account_id == memberships.c.account_id)
            & (read_states.c.thread_id == bindparam("in_thread", type_=Identifier)),
        )
    )
    .where(*_BEHIND)
)


def _upsert(insert_into: Any) -> Any:
    statement = insert_into(read_states)
    new = {name: statement.excluded[name] for name in ("ranges", "read_count")}
    return statement.on_conflict_do_update(index_elements=["account_id", "thread_id"], set_=new)


_UPSERTS = {"postgresql": _upsert(postgresql.insert), "sqlite": _upsert(sqlite.insert)}
_UP_TO_DATE = (*_ACTIVE, memberships.c.read_count >= bindparam("before", type_=Integer))
_FORGET_COVERED = delete(read_states).where(
    read_states.c.network_id == bindparam("of_network", type_=Identifier),
    read_states.c.account_id.in_(select(memberships.c.account_id).where(*_UP_TO_DATE)),
)
_COUNT_READ = (
    update(memberships)
    .where(*_ACTIVE)
    .values(
        baseline=case(
            (memberships.c.read_count >= bindparam("before", type_=Integer), bindparam("after", type_=Integer)),
            else_=memberships.c.baseline,
        ),
        read_count=memberships.c.read_count + bindparam("added", type_=Integer),
    )
)


async def note_read(
    tx: Transaction, network_id: str, held: dict[str, int], grown: Sequence[Growth], before: int, moment: datetime
) -> None:
    """Count these posts as read by all who are held; `before` is the network's number of posts without them."""
    if not held:
        return
    asked = {"of_network": network_id, "before": before}
    if any(read_count < before for read_count in held.values()):
        await _note_behind(tx, asked, grown, moment)
    await tx.execute(_FORGET_COVERED, asked)
    added = sum(growth.last - growth.first + 1 for growth in grown)
    await tx.execute(_COUNT_READ, asked | {"after": before + added, "added": added})


async def _note_behind(tx: Transaction, asked: dict[str, Any], grown: Sequence[Growth], moment: datetime) -> None:
    new = [
        {
            **asked,
            "in_thread": growth.thread_id,
            "new_ranges": [[growth.first, growth.last]],
            "new_count": growth.last,
            "moment": moment,
        }
        for growth in grown
        if growth.is_new
    ]
    if new:
        await tx.execute(_NOTE_NEW_THREAD, new)
    for growth in grown:
        if not growth.is_new:
            await _note_longer(tx, asked, growth, moment)


async def _note_longer(tx: Transaction, asked: dict[str, Any], growth: Growth, moment: datetime) -> None:
    """Each reader of a thread has read some of it; to this comes what is new at its end."""
    rows = []
    for row in (await tx.execute(_READ_SO_FAR, asked | {"in_thread": growth.thread_id})).all():
        ranges = with_end(json.loads(row.ranges) if row.ranges else [[1, row.covered]], growth.first, growth.last)
        rows.append(
            {
                "account_id": row.account_id,
                "thread_id": growth.thread_id,
                "network_id": asked["of_network"],
                "ranges": ranges,
                "read_count": sum(last - first + 1 for first, last in ranges),
                "updated_at": moment,
            }
        )
    if rows:
        await tx.execute(_UPSERTS[tx.connection.dialect.name], rows)


def with_end(ranges: Sequence[Sequence[int]], first: int, last: int) -> list[list[int]]:
    """Ranges of post numbers, in order, with `first` to `last` behind them; a first range may hold nothing."""
    kept = [list(part) for part in ranges if part[0] <= part[1]]
    if kept and kept[-1][1] == first - 1:
        kept[-1][1] = last
        return kept
    return [*kept, [first, last]]
