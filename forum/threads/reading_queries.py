"""What somebody has read, for their own other screens."""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import String, and_, bindparam, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.tables import memberships, networks, read_states, threads
from forum.threads.page_queries import baseline_number
from forum.threads.ranges import count, merge, up_to
from ground.columns import is_id

_UNREAD = networks.c.post_count - memberships.c.read_count
_NETWORKS = (
    select(
        memberships.c.id,
        networks.c.id.label("network_id"),
        _UNREAD.label("unread"),
        networks.c.post_count.label("position"),
    )
    .join(networks, networks.c.id == memberships.c.network_id)
    .where(memberships.c.id.in_(bindparam("ids", expanding=True)), memberships.c.status == "active")
)
_THREADS = (
    select(
        memberships.c.id.label("standing_id"),
        threads.c.id.label("thread_id"),
        networks.c.id.label("network_id"),
        _UNREAD.label("unread"),
        networks.c.post_count.label("position"),
        threads.c.post_count,
        baseline_number(memberships.c.baseline).label("covered"),
        cast(read_states.c.ranges, String).label("ranges"),
    )
    .select_from(
        memberships.join(networks, networks.c.id == memberships.c.network_id)
        .join(threads, threads.c.network_id == networks.c.id)
        .outerjoin(
            read_states,
            and_(read_states.c.account_id == memberships.c.account_id, read_states.c.thread_id == threads.c.id),
        )
    )
    .where(memberships.c.status == "active")
)


async def list_read_places(connection: AsyncConnection, places: Collection[str]) -> dict[str, dict[str, Any]]:
    """`{network_id, thread_id, unread, position, ranges}`, by what `ReadChanged` names.

    For a thread also `thread_unread` and `post_count`. The numbers of unread posts count those up to `position` in the
    network and up to number `post_count` in the thread: of these no event that comes later adds one.
    A place is a membership's id, or that and a thread's id after a colon; one whose membership has ended is left out.
    """
    pairs = [tuple(place.split(":")) for place in places]
    pairs = [pair for pair in pairs if all(map(is_id, pair))]
    shown: dict[str, dict[str, Any]] = {}
    whole = [pair[0] for pair in pairs if len(pair) == 1]
    if whole:
        for row in await connection.execute(_NETWORKS, {"ids": whole}):
            shown[row.id] = {
                "network_id": row.network_id,
                "thread_id": None,
                "unread": row.unread,
                "position": row.position,
                "ranges": [],
            }
    parts = [pair for pair in pairs if len(pair) == 2]
    if parts:
        asked = or_(*(and_(memberships.c.id == pair[0], threads.c.id == pair[1]) for pair in parts))
        for row in await connection.execute(_THREADS.where(asked)):
            ranges = merge(json.loads(row.ranges or "[]"), up_to(row.covered))
            shown[f"{row.standing_id}:{row.thread_id}"] = {
                "network_id": row.network_id,
                "thread_id": row.thread_id,
                "unread": max(0, row.unread),
                "position": row.position,
                "post_count": row.post_count,
                "thread_unread": row.post_count - count(ranges),
                "ranges": [list(part) for part in ranges],
            }
    return shown
