"""Every network as an administrator of the site sees it, without what it holds; and whose glass is broken."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.network_reads import NETWORK_COLUMNS, NETWORK_WIDTH
from forum.policy import may_break_glass, may_oversee
from forum.records import Network
from forum.tables import broken_glass, memberships, networks
from forum.viewer import Viewer
from ground.columns import now


@dataclass(frozen=True, slots=True)
class Overseen:
    """A network's name, size and settings, and by how many people it is run."""

    network: Network
    administrators: int
    may_break: bool
    """Whether the viewer may break its glass."""


async def list_overseen(
    connection: AsyncConnection, viewer: Viewer, words: str, skip: int, most: int
) -> tuple[Overseen, ...]:
    """Networks of every kind by name, those alone whose name holds these words; none for who does not oversee."""
    if not may_oversee(viewer):
        return ()
    run_by = (
        select(func.count())
        .where(
            memberships.c.network_id == networks.c.id,
            memberships.c.current,
            memberships.c.status == "active",
            memberships.c.role == "administrator",
        )
        .correlate(networks)
        .scalar_subquery()
    )
    asked = select(*NETWORK_COLUMNS, run_by).order_by(networks.c.name_key, networks.c.id).offset(skip).limit(most)
    asked = asked.where(networks.c.deleted_at.is_(None))
    for word in words.replace("\0", " ").casefold().split()[:10]:
        asked = asked.where(func.lower(networks.c.name).contains(word, autoescape=True))
    rows = await connection.execute(asked)
    return tuple(_overseen(viewer, Network(*row[:NETWORK_WIDTH]), row[NETWORK_WIDTH]) for row in rows)


def _overseen(viewer: Viewer, network: Network, administrators: int) -> Overseen:
    return Overseen(network, administrators, bool(may_break_glass(viewer, network)))


@dataclass(frozen=True, slots=True)
class OpenGlass:
    """A time for which somebody reads a network through broken glass."""

    id: str
    network_id: str
    account_id: str
    reason: str
    begun_at: datetime
    ends_at: datetime


async def find_own_glass(connection: AsyncConnection, viewer: Viewer, network_id: str) -> OpenGlass | None:
    """The viewer's own broken glass of this network, while it is open."""
    columns = (broken_glass.c.id, broken_glass.c.network_id, broken_glass.c.account_id, broken_glass.c.reason)
    asked = (
        select(*columns, broken_glass.c.begun_at, broken_glass.c.ends_at)
        .where(
            broken_glass.c.network_id == network_id,
            broken_glass.c.account_id == viewer.id,
            broken_glass.c.ended_at.is_(None),
            broken_glass.c.ends_at > now(),
        )
        .order_by(broken_glass.c.ends_at.desc())
    )
    row = (await connection.execute(asked)).first()
    return OpenGlass(*row) if row is not None else None
