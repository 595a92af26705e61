"""A thread that was moved, as the letter about it tells of it."""

from dataclasses import dataclass

from sqlalchemy import case, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.policy import readable_by_account, threads_readable_by_account
from forum.tables import networks, posts, threads

_USABLE = (accounts.c.closed_at.is_(None), accounts.c.suspended_at.is_(None), accounts.c.email.is_not(None))
_source = networks.alias("source_networks")


@dataclass(frozen=True, slots=True)
class Widened:
    """A thread that more people can read by now, and one of those who are told."""

    address: str
    name: str
    is_open: bool
    network_name: str
    """Of the network that it left, where they may know of it; else empty."""
    has_written: bool
    is_reader: bool


async def find_widened(connection: AsyncConnection, thread_id: str, network_id: str, account_id: str) -> Widened | None:
    """None where it is back in the network that it left, or nobody can be written to."""
    knows = select(networks.c.id).where(networks.c.id == _source.c.id, readable_by_account(accounts.c.id))
    is_named = or_(_source.c.access.in_(("open", "closed")), knows.correlate(_source, accounts).exists())
    wrote = select(posts.c.id).where(posts.c.thread_id == threads.c.id, posts.c.author_id == accounts.c.id)
    asked = (
        select(
            accounts.c.email,
            accounts.c.name,
            networks.c.access == "open",
            case((is_named, _source.c.name), else_=""),
            wrote.exists(),
            threads_readable_by_account(accounts.c.id),
        )
        .select_from(threads)
        .join(networks, networks.c.id == threads.c.network_id)
        .join(_source, _source.c.id == network_id)
        .join(accounts, accounts.c.id == account_id)
        .where(threads.c.id == thread_id, threads.c.network_id != network_id, *_USABLE)
    )
    row = (await connection.execute(asked)).first()
    return None if row is None else Widened(*row)
