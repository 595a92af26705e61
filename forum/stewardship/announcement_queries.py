"""How many announcements may still be made this week, and what the events of announcements show."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.announcement_queries import COLUMNS, Announcement
from forum.policy import kept_in_library, member_of
from forum.tables import announcements, networks
from forum.viewer import Viewer
from ground.columns import now

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Allowance:
    """How often administrators may tell all members something."""

    weekly: int
    left: int
    """How many may be made now."""
    next_at: datetime | None
    """When one more may be made; None where none ever may, or one may now."""
    mail_content: bool
    """Whether e-mails may carry what is written in the network."""


async def get_allowance(connection: AsyncConnection, viewer: Viewer, network_id: str) -> Allowance:
    """What is left of this week's, for an administrator; nothing for others."""
    mine = networks.c.id == network_id, member_of(viewer.id, "administrator")
    row = (
        await connection.execute(select(networks.c.weekly_announcements, networks.c.mail_content).where(*mine))
    ).first()
    weekly, mail_content = (row.weekly_announcements, bool(row.mail_content)) if row else (0, False)
    lately = (
        select(announcements.c.created_at)
        .where(announcements.c.network_id == network_id, announcements.c.created_at > now() - WEEK)
        .order_by(announcements.c.created_at)
    )
    made = list(await connection.scalars(lately))
    left = max(0, weekly - len(made))
    full = made[len(made) - weekly] if weekly and not left else None
    return Allowance(weekly, left, full + WEEK if full else None, mail_content)


async def read_announcements(
    connection: AsyncConnection, announcement_ids: Collection[str]
) -> dict[str, tuple[Announcement, bool]]:
    """Those with these ids, for everybody who hears of them; and whether all who do are members to whom they are told:
    in no open network, and not what stayed with the members of before."""
    is_for_all = and_(networks.c.access != "open", ~kept_in_library(announcements))
    statement = (
        select(*COLUMNS, is_for_all)
        .join(networks, networks.c.id == announcements.c.network_id)
        .join(accounts, accounts.c.id == announcements.c.author_id)
        .where(announcements.c.id.in_(announcement_ids))
    )
    rows = await connection.execute(statement)
    return {row[0]: (Announcement(*row[: len(COLUMNS)]), bool(row[len(COLUMNS)])) for row in rows}
