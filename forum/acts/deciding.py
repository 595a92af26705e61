"""Who there is to decide about a report or an appeal: those who moderate a network, and above them the site's."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, select

from auth.tables import accounts
from forum.records import Role
from forum.tables import memberships
from ground.columns import Identifier
from realtime.transaction import Transaction

_STAFF = (
    select(memberships.c.account_id, memberships.c.role)
    .where(
        memberships.c.network_id == bindparam("in_network", type_=Identifier),
        memberships.c.current,
        memberships.c.status == "active",
        memberships.c.role != "member",
    )
    .order_by(memberships.c.account_id)
)
_OVERSEERS = select(accounts.c.id).where(accounts.c.site_administrator, accounts.c.closed_at.is_(None))


async def staff_of(tx: Transaction, network_id: str) -> Mapping[str, Role]:
    """Whoever moderates or administers the network, with their role."""
    rows = (await tx.execute(_STAFF, {"in_network": network_id})).all()
    return {row.account_id: row.role for row in rows}


async def administrators_of(tx: Transaction, network_id: str) -> set[str]:
    """Whoever administers the network."""
    return {key for key, role in (await staff_of(tx, network_id)).items() if role == "administrator"}


async def overseers(tx: Transaction) -> set[str]:
    """Whoever looks after the site."""
    return set(await tx.connection.scalars(_OVERSEERS))


async def list_carriers(tx: Transaction, network_id: str, here_id: str | None, account_id: str) -> set[str]:
    """Who may take an act back that was done in this network, about something that is `here_id` by now: they moderate
    both, and it is not about them."""
    staff = set(await staff_of(tx, network_id)) - {account_id}
    return staff & set(await staff_of(tx, here_id)) if here_id and here_id != network_id else staff


async def judges_of(tx: Transaction, network_id: str, by_id: str | None, account_id: str) -> Sequence[str]:
    """Who may judge an appeal, as `policy.appeals_judged_by` has it, seen from the other side.

    `by_id` and `account_id`: who acted, and whom it concerns.
    """
    others = await administrators_of(tx, network_id) - {by_id, account_id}
    return sorted(others or await overseers(tx) - {by_id, account_id})
