"""A thread that was in another network for a time: whether everybody could read it there, and no more of that one."""

from collections.abc import Sequence
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.audit_log.asked_queries import Asked
from forum.audit_log.audience_spans import Span, access_at
from forum.network_reads import NETWORK_COLUMNS, NETWORK_WIDTH
from forum.records import Network
from forum.tables import audit_rows, networks, threads

CAME = ("thread.moved_here", "thread.move_undone")
"""What the log of a network says as a thread comes to it."""


async def was_everybodys_elsewhere(connection: AsyncConnection, network_id: str, thread: Asked, span: Span) -> bool:
    """Whether the thread was in another network, which was open, at any moment of the span."""
    came = select(audit_rows.c.at, audit_rows.c.chain).where(
        audit_rows.c.object_id == thread.id, audit_rows.c.act.in_(CAME)
    )
    left = select(audit_rows.c.chain).where(audit_rows.c.object_id == thread.id, audit_rows.c.act == "thread.move")
    begun_in = await connection.scalar(left.order_by(audit_rows.c.at).limit(1)) or network_id
    arrivals = [(row.at, row.chain) for row in await connection.execute(came.order_by(audit_rows.c.at))]
    ends = [(thread.created_at, begun_in), *arrivals, (span.last, "")]
    for (at, place), (until, _) in pairwise(ends):
        stay = Span(max(at, span.first), min(until, span.last))
        if place != network_id and stay.first <= stay.last and await _was_open(connection, place, thread, stay):
            return True
    return False


async def _was_open(connection: AsyncConnection, network_id: str, thread: Asked, stay: Span) -> bool:
    """Whether the network was open while the thread was there; what it kept for its members then is not known any more
    once the thread has left it: rather too many are told than too few."""
    row = (await connection.execute(select(*NETWORK_COLUMNS).where(networks.c.id == network_id))).first()
    if row is None:
        return False
    here = select(threads.c.first_position).where(threads.c.id == thread.id, threads.c.network_id == network_id)
    position = await connection.scalar(here)
    told = (audit_rows.c.chain == network_id, audit_rows.c.act.in_(("network.created", "network.access_changed")))
    columns = (audit_rows.c.at, audit_rows.c.act, audit_rows.c.before, audit_rows.c.after)
    steps = (await connection.execute(select(*columns).where(*told).order_by(audit_rows.c.number))).all()
    network = Network(*row[:NETWORK_WIDTH])
    stands: Sequence[tuple[str | None, int]] = [
        access_at(network, at, steps) for at in stay.within(step.at for step in steps)
    ]
    return any(access == "open" and (position is None or position > kept_until) for access, kept_until in stands)
