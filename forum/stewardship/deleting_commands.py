"""What is left of a network after its two weeks: one row that keeps its address, and its chain in the audit log.

First it is taken from everybody's sight, in one transaction. Then all that belongs to it goes part by part, each in a
short transaction of its own, so that a worker may be killed anywhere and the next one goes on. Which tables hold
something of a network follows from their foreign keys: a new table is emptied without being named here.
"""

import contextlib
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, delete, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from forum.acts.cases import close_case
from forum.audit import Deed, record
from forum.events import MembershipChanged, NetworkChanged, RequestsChanged
from forum.membership import STANDS
from forum.state import State
from forum.streams import account_stream, moderators_stream, network_stream
from forum.tables import (
    audit_rows,
    audit_words,
    cases,
    followed_streams,
    former_addresses,
    memberships,
    metadata,
    networks,
    posts,
)
from forum.unindexing import forget_for_good
from ground.columns import now
from realtime.tables import events, streams
from realtime.transaction import Transaction


class KeptMeanwhile(Exception):
    """An administrator thought better of it in this very moment; nothing was done."""


Part = Callable[[Transaction, str], Awaitable[bool]]
"""Does one part; whether there may be more."""
NEVER = 2**62
"""No stream comes to this number."""
PART = 500
"""Rows of one short transaction."""
KEPT = frozenset((networks, former_addresses))
"""What keeps the addresses of the network from being given again."""


async def delete_what_is_due(state: State) -> None:
    """Go on with every network whose two weeks are over. May be cut off anywhere."""
    due = select(networks.c.id).where(networks.c.deletes_at <= now()).order_by(networks.c.deletes_at)
    async with state.database.read() as connection:
        found = list(await connection.scalars(due))
    for network_id in found:
        await delete_network(state, network_id)


async def delete_network(state: State, network_id: str) -> None:
    """Delete one of them for good, from wherever an earlier try has come to."""
    with contextlib.suppress(KeptMeanwhile):
        async with state.transaction() as tx:
            is_gone = await take_from_sight(tx, network_id)
        if is_gone:
            await _clear(state, network_id)


async def _clear(state: State, network_id: str) -> None:
    for part in (_tell_no_more, _part_from_members, _close_reports_elsewhere, _forget_events, _forget_words):
        while await _once(state, part, network_id):
            pass
    for table, condition, emptied in _remains(network_id):
        while await _clear_part(state, table, condition, emptied):
            pass
    done = update(networks).where(networks.c.id == network_id, networks.c.deleted_at.is_not(None))
    async with state.transaction() as tx:
        await tx.execute(done.values(deletes_at=None, stored_bytes=0))
        tx.forgets = True
        forget_for_good(tx)


async def take_from_sight(tx: Transaction, network_id: str) -> bool:
    """End every membership and leave a nameless secret network; False where an administrator has kept it meanwhile."""
    this, moment = networks.c.id == network_id, now()
    asked = select(networks.c.deletes_at, networks.c.deleted_at, networks.c.version).where(this)
    row = (await tx.execute(asked)).one()
    if row.deleted_at is not None:
        return True
    if row.deletes_at is None or row.deletes_at > moment:
        return False
    # Memberships are locked before networks, as everywhere.
    standing = (memberships.c.network_id == network_id) & memberships.c.status.in_(STANDS)
    ended = {"status": "left", "ended_at": moment, "version": memberships.c.version + 1}
    await tx.execute(update(memberships).where(standing).values(**ended))
    nameless = dict.fromkeys(("name", "name_key", "look_key", "purpose"), "")
    tomb = {**nameless, "access": "secret", "accent": "slate", "deleted_at": moment}
    counts = {"member_count": 0, "waiting_count": 0, "is_announcing": False, "version": row.version + 1}
    due = this & (networks.c.deletes_at <= moment) & networks.c.deleted_at.is_(None)
    if (await tx.execute(update(networks).where(due).values(**tomb, **counts))).rowcount != 1:
        raise KeptMeanwhile
    await record(tx, Deed(act="network.deleted", kind="network", object_id=network_id, network_id=network_id))
    tx.emit(network_stream(network_id), NetworkChanged(network_id, row.version + 1), authz=True)
    tx.emit(moderators_stream(network_id), RequestsChanged(network_id), authz=True)
    return True


async def _once(state: State, part: "Part", network_id: str) -> bool:
    async with state.transaction() as tx:
        return await part(tx, network_id)


async def _tell_no_more(tx: Transaction, network_id: str) -> bool:
    """Whoever is telling members of what happened ends first, and nobody begins again: no line is left behind."""
    insert: Any = postgresql.insert if tx.connection.dialect.name == "postgresql" else sqlite.insert
    ended = insert(followed_streams).values(stream=network_stream(network_id), seq=NEVER)
    await tx.execute(ended.on_conflict_do_update(index_elements=["stream"], set_={"seq": NEVER}))
    return False


async def _part_from_members(tx: Transaction, network_id: str) -> bool:
    """Tell those who belonged to it that it is no longer among their networks."""
    some = (
        select(memberships.c.id, memberships.c.account_id, memberships.c.version)
        .where(memberships.c.network_id == network_id, memberships.c.current)
        .order_by(memberships.c.id)
        .limit(PART)
    )
    rows = (await tx.execute(some)).all()
    for row in rows:
        tx.emit(account_stream(row.account_id), MembershipChanged(row.id, row.version), authz=True)
    told = memberships.c.id.in_([row.id for row in rows])
    await tx.execute(update(memberships).where(told).values(current=False, words="", reason=""))
    return len(rows) == PART


async def _close_reports_elsewhere(tx: Transaction, network_id: str) -> bool:
    """What waits in another network about a post that moved here has nothing left to be decided about."""
    here = (posts.c.network_id == network_id, cases.c.network_id != network_id, cases.c.outcome == "")
    some = select(cases.c.id, cases.c.network_id).join(posts, posts.c.id == cases.c.post_id).where(*here)
    held = some.order_by(cases.c.id).limit(PART).with_for_update(key_share=True, of=cases)
    found = (await tx.execute(held)).all()
    for row in found:
        await close_case(tx, row.id, row.network_id, "ignored", None, None)
    return len(found) == PART


async def _forget_events(tx: Transaction, network_id: str) -> bool:
    """All but the last of each stream, from which whoever still listens learns that nothing is there for them."""
    told = (network_stream(network_id), moderators_stream(network_id))
    before = select(streams.c.head).where(streams.c.name == events.c.stream).correlate(events).scalar_subquery()
    some = select(events.c.stream, events.c.seq).where(events.c.stream.in_(told), events.c.seq < before).limit(PART)
    gone = await tx.execute(delete(events).where(tuple_(events.c.stream, events.c.seq).in_(some)))
    return bool(gone.rowcount == PART)


async def _forget_words(tx: Transaction, network_id: str) -> bool:
    """What the audit log says in words: names, addresses, reasons. Its chain of rows holds without them."""
    rows = select(audit_rows.c.id).where(audit_rows.c.chain == network_id)
    # A row has several words: as many go as belong to so many rows, until there are none.
    some = select(audit_words.c.row_id).where(audit_words.c.row_id.in_(rows)).distinct().limit(PART)
    gone = await tx.execute(delete(audit_words).where(audit_words.c.row_id.in_(some)))
    return gone.rowcount > 0


def _remains(network_id: str) -> Iterator[tuple[Table, ColumnElement[bool], Column[Any] | None]]:
    """What is to be cleared, in the order that foreign keys allow: rows to delete, or a column to empty."""
    belonging = {table: _belonging(table, network_id) for table in metadata.sorted_tables if table not in KEPT}
    for table, condition in reversed(belonging.items()):
        for key in table.foreign_keys:
            # A row that stays, or one of the same table, may name one that goes.
            parent = belonging.get(key.column.table)
            if key.parent.nullable and parent is not None and key.column.table is not networks:
                yield table, key.parent.in_(select(key.column).where(parent)), key.parent
        if condition is not None:
            yield table, condition, None


def _belonging(table: Table, network_id: str) -> ColumnElement[bool] | None:
    """Which rows of this table belong to the network, or to something of it; None where none can."""
    conditions: list[ColumnElement[bool]] = []
    if "network_id" in table.c:
        conditions.append(table.c.network_id == network_id)
    for key in table.foreign_keys:
        parent = key.column.table
        if key.parent.nullable or parent is table or parent is networks or parent.metadata is not metadata:
            continue
        owned = _belonging(parent, network_id)
        if owned is not None:
            conditions.append(key.parent.in_(select(key.column).where(owned)))
    return or_(*conditions) if conditions else None


async def _clear_part(state: State, table: Table, condition: ColumnElement[bool], emptied: Column[Any] | None) -> bool:
    """Delete some of the rows, or empty the column in some; whether there may be more."""
    key = tuple_(*table.primary_key.columns) if len(table.primary_key) > 1 else next(iter(table.primary_key))
    some = key.in_(select(*table.primary_key.columns).where(condition).limit(PART))
    act = delete(table).where(some) if emptied is None else update(table).where(some).values({emptied: None})
    async with state.transaction() as tx:
        return bool((await tx.execute(act)).rowcount == PART)
