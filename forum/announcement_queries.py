"""What administrators told all members, for whoever belongs to the network; every slice that shows it asks here."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.errors import NotFound
from forum.policy import announcements_told_to
from forum.tables import announcement_reads, announcements, networks
from forum.viewer import Viewer
from ground.columns import now

SHOWN_FOR = timedelta(days=14)
"""How long an announcement stands on the pages of those who have not put it away."""
MOST_SHOWN = 10
MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class Announcement:
    """Words of an administrator to every member."""

    id: str
    network_id: str
    title: str
    body: str
    html: str
    created_at: datetime
    author_id: str
    author: str


COLUMNS = (
    announcements.c.id,
    announcements.c.network_id,
    announcements.c.title,
    announcements.c.body,
    announcements.c.html,
    announcements.c.created_at,
    announcements.c.author_id,
    accounts.c.name,
)


def _announced() -> Select[Any]:
    return (
        select(*COLUMNS)
        .join(networks, networks.c.id == announcements.c.network_id)
        .join(accounts, accounts.c.id == announcements.c.author_id)
        .order_by(announcements.c.created_at.desc(), announcements.c.id.desc())
    )


async def list_unread_announcements(
    connection: AsyncConnection, viewer: Viewer, network_ids: Collection[str]
) -> list[Announcement]:
    """Those of the last two weeks in these networks that the viewer has not put away, newest first."""
    announcing = [place.network_id for place in viewer.active_places() if place.is_announcing]
    asked = sorted(set(announcing) & set(network_ids))
    if not asked:
        return []
    is_read = exists().where(
        announcement_reads.c.announcement_id == announcements.c.id, announcement_reads.c.account_id == viewer.id
    )
    statement = (
        _announced()
        .where(announcements.c.network_id.in_(asked), announcements_told_to(viewer), ~is_read)
        .where(announcements.c.created_at > now() - SHOWN_FOR)
        .limit(MOST_SHOWN)
    )
    return [Announcement(*row) for row in await connection.execute(statement)]


async def list_announcements(connection: AsyncConnection, viewer: Viewer, network_id: str) -> list[Announcement]:
    """The newest hundred of this network that were told to the viewer or stand there for all members."""
    rows = await connection.execute(_told(viewer, network_id).limit(MOST_LISTED))
    return [Announcement(*row) for row in rows]


async def get_announcement(
    connection: AsyncConnection, viewer: Viewer, network_id: str, announcement_id: str
) -> Announcement:
    """One of them. Raises NotFound."""
    row = (await connection.execute(_told(viewer, network_id).where(announcements.c.id == announcement_id))).first()
    if row is None:
        raise NotFound
    return Announcement(*row)


def _told(viewer: Viewer, network_id: str) -> Select[Any]:
    return _announced().where(announcements.c.network_id == network_id, announcements_told_to(viewer))
