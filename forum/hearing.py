"""Who hears which stream now: asked by the live gateway, in the words of `policy`.

Every function asks the database anew, so that a right that has ended is never taken from memory.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import JSON, ColumnElement, CompoundSelect, any_, bindparam, exists, func, null, select, union_all
from sqlalchemy.dialects import postgresql

from auth.tables import accounts
from forum.database import Database
from forum.policy import hears, reads_through_glass, threads_readable_by_account
from forum.streams import account_stream, network_stream, parse_stream
from forum.tables import memberships, networks, threads
from ground.columns import Identifier
from realtime.transaction import Transaction

_IS_USABLE = accounts.c.closed_at.is_(None) & accounts.c.suspended_at.is_(None)


def _streams_of(asked: ColumnElement[bool]) -> CompoundSelect[Any]:
    joined = memberships.join(networks, networks.c.id == memberships.c.network_id)
    heard, moderated = (
        select(memberships.c.account_id, stream).select_from(joined).where(asked, hears(kind))
        for kind, stream in (("network", networks.c.stream), ("moderators", networks.c.moderators_stream))
    )
    return union_all(heard, moderated)


_ASKED_SQLITE = func.json_each(bindparam("asked", type_=JSON)).table_valued("value").c.value
# The ids go as one value: one prepared statement whatever their number.
_STREAMS_OF = {
    "postgresql": _streams_of(memberships.c.account_id == any_(bindparam("asked", type_=postgresql.ARRAY(Identifier)))),
    "sqlite": _streams_of(memberships.c.account_id.in_(select(_ASKED_SQLITE))),
}


async def streams_of(database: Database, account_ids: Collection[str]) -> dict[str, list[str]]:
    """For each person the streams heard without asking: their own, their networks', and those they moderate."""
    async with database.read() as connection:
        rows = (await connection.execute(_STREAMS_OF[database.dialect], {"asked": list(account_ids)})).all()
    found = {account_id: [account_stream(account_id)] for account_id in account_ids}
    for account_id, stream in rows:
        found[account_id].append(stream)
    return found


async def audience(database: Database, stream: str, account_ids: Collection[str | None]) -> set[str | None]:
    """Which of these people may hear the stream at this moment; None stands for somebody signed out."""
    parsed = parse_stream(stream)
    if parsed is None:
        return set()
    kind, identifier = parsed
    asked = [account_id for account_id in account_ids if account_id is not None]
    async with database.read() as connection:
        usable = select(accounts.c.id).where(accounts.c.id.in_(bindparam("asked", expanding=True)), _IS_USABLE)
        if kind == "account":
            usable = usable.where(accounts.c.id == identifier)
            return set(await connection.scalars(usable, {"asked": asked}))
        if kind == "network" and await connection.scalar(_IS_OPEN, {"id": identifier}):
            return {*await connection.scalars(usable, {"asked": asked}), *({None} & set(account_ids))}
        member = (
            select(memberships.c.account_id)
            .join(networks, networks.c.id == memberships.c.network_id)
            .where(memberships.c.network_id == identifier, hears(kind))
        )
        of_members = usable.where(accounts.c.id.in_(member))
        if kind != "network":
            return set(await connection.scalars(of_members, {"asked": asked}))
        through = exists(select(networks.c.id).where(networks.c.id == identifier, reads_through_glass(accounts.c.id)))
        return set(await connection.scalars(of_members.union(usable.where(through)), {"asked": asked}))


_IS_OPEN = select(networks.c.access == "open").where(networks.c.id == bindparam("id"))


async def stream_of_thread(database: Database, account_id: str | None, thread_id: str) -> str | None:
    """The stream that tells of this thread, where this person may read the thread and hear the stream.

    Of an opened network everybody hears the stream, but some threads stayed with its members.
    """
    readable = threads_readable_by_account(account_id if account_id is not None else null())
    this = (
        select(threads.c.network_id)
        .join(networks, networks.c.id == threads.c.network_id)
        .where(threads.c.id == thread_id, readable)
    )
    async with database.read() as connection:
        network_id = await connection.scalar(this)
    if network_id is None:
        return None
    stream = network_stream(network_id)
    return stream if account_id in await audience(database, stream, [account_id]) else None


async def names_of(database: Database, account_ids: Collection[str]) -> dict[str, str]:
    """The names of these people, for presence."""
    async with database.read() as connection:
        rows = await connection.execute(select(accounts.c.id, accounts.c.name).where(accounts.c.id.in_(account_ids)))
        return {row.id: row.name for row in rows}


async def list_member_ids(tx: Transaction, network_id: str) -> list[str]:
    """Who belongs to the network at this moment, by id."""
    active = (memberships.c.network_id == network_id) & memberships.c.current & (memberships.c.status == "active")
    found = await tx.connection.scalars(select(memberships.c.account_id).where(active).order_by(memberships.c.id))
    return list(found)
