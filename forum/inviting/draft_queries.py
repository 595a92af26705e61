"""What the limit of a day left of an administrator's list, for them alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.records import Network, Role
from forum.tables import invitation_drafts
from forum.viewer import Viewer
from ground.columns import now

KEPT_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Draft:
    """A list that waits for its sender, with all that they had chosen for it."""

    entries: str
    entry_count: int
    role: Role
    message: str
    valid_days: int
    created_at: datetime

    @property
    def kept_until(self) -> datetime:
        """When it is forgotten."""
        return self.created_at + KEPT_FOR


async def find_draft(connection: AsyncConnection, viewer: Viewer, network: Network) -> Draft | None:
    """What is kept for the viewer of their lists for this network; to be asked for who administers it alone."""
    columns = tuple(invitation_drafts.c[name] for name in Draft.__dataclass_fields__)
    asked = select(*columns).where(
        invitation_drafts.c.account_id == viewer.id,
        invitation_drafts.c.network_id == network.id,
        invitation_drafts.c.created_at > now() - KEPT_FOR,
    )
    row = (await connection.execute(asked)).one_or_none()
    return Draft(*row) if row is not None else None
