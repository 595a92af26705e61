"""What administrators are told of their network as a whole. Each is asked for by somebody who administers it."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.policy import member_of
from forum.tables import invitations, memberships, networks
from forum.viewer import Viewer


@dataclass(frozen=True, slots=True)
class People:
    """How many belong to the network, by role, and how many are to come."""

    administrators: int
    moderators: int
    members: int
    invited: int


async def count_people(connection: AsyncConnection, viewer: Viewer, network_id: str) -> People:
    """How many there are of each, for an administrator of the network; all zero for others."""
    mine = select(networks.c.id).where(networks.c.id == network_id, member_of(viewer.id, "administrator"))
    counted = (
        select(memberships.c.role, func.count())
        .where(memberships.c.network_id.in_(mine), memberships.c.current, memberships.c.status == "active")
        .group_by(memberships.c.role)
    )
    by_role = {row.role: row[1] for row in await connection.execute(counted)}
    waiting = select(func.count()).where(invitations.c.network_id.in_(mine), invitations.c.ended_at.is_(None))
    invited = await connection.scalar(waiting) or 0
    return People(by_role.get("administrator", 0), by_role.get("moderator", 0), sum(by_role.values()), invited)
