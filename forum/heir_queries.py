"""Who may take over from somebody whose access to a network ends."""

from collections.abc import Collection, Sequence

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.policy import member_of
from forum.records import Network, Person
from forum.tables import memberships, networks
from forum.viewer import Viewer

MOST_HEIRS = 200
"""Of the members so many are offered; who wants another gives them the role first, on their page."""


async def list_heirs(
    connection: AsyncConnection,
    viewer: Viewer,
    network: Network,
    leavers: Collection[str],
    *,
    all_members: bool = False,
) -> Sequence[Person]:
    """The administrators by name but for those who leave; with `all_members` everybody, those with most rights first.

    Nobody, where the viewer is no member.
    """
    rank = case((memberships.c.role == "administrator", 1), (memberships.c.role == "moderator", 2), else_=3)
    statement = (
        select(accounts.c.id, accounts.c.name, accounts.c.job_title, accounts.c.organisation)
        .join(memberships, memberships.c.account_id == accounts.c.id)
        .join(networks, networks.c.id == memberships.c.network_id)
        .where(networks.c.id == network.id, member_of(viewer.id), accounts.c.suspended_at.is_(None))
        .where(memberships.c.current, memberships.c.status == "active", accounts.c.id.not_in(leavers))
        .order_by(rank, func.lower(accounts.c.name), accounts.c.id)
        .limit(MOST_HEIRS)
    )
    if not all_members:
        statement = statement.where(memberships.c.role == "administrator")
    return [Person(*row) for row in await connection.execute(statement)]
