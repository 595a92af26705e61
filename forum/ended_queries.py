"""Why somebody who writes finds nothing any more: their membership ended while they wrote.

It is told from their own memberships alone and asks nothing of the address they wrote to, so that it says the same of
what they may no longer read and of what never was.
"""

from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import case, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.policy import readable_by
from forum.rendering import moment_words
from forum.tables import memberships, networks
from forum.viewer import Viewer
from ground.columns import now

LATELY = timedelta(days=1)
MOST = 3
_HOW = {"removed": "You were removed from", "banned": "You were banned from", "left": "You left"}


async def why_nothing_is_posted(
    connection: AsyncConnection, viewer: Viewer, zone: ZoneInfo, network_id: str = ""
) -> str:
    """A sentence for each membership of the viewer that has ended of late, or that in this network alone; nothing where
    none has.

    A network is named where they may still know of it.
    """
    if not viewer.id:
        return ""
    named = or_(networks.c.access.in_(("open", "closed")), readable_by(viewer))
    asked = (
        select(memberships.c.status, memberships.c.ended_at, case((named, networks.c.name), else_=""))
        .join(networks, networks.c.id == memberships.c.network_id)
        .where(
            memberships.c.account_id == viewer.id,
            memberships.c.current,
            memberships.c.status.in_(tuple(_HOW)),
            # Not an invitation that ended, or a request that was taken back.
            or_(memberships.c.status != "left", memberships.c.since.is_not(None)),
            memberships.c.ended_at > now() - LATELY,
            *((memberships.c.network_id == network_id,) if network_id else ()),
        )
        .order_by(memberships.c.ended_at.desc())
        .limit(MOST)
    )
    return " ".join(
        f"{_HOW[how]} {f'“{name}”' if name else 'a network'} on {moment_words(when, zone)}, and can’t write there."
        for how, when, name in (await connection.execute(asked)).all()
    )
