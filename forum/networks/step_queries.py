"""Every step of everybody in a network, from the first: who became what, when, by whom and why."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.networks.organisation_queries import organisation_of
from forum.networks.roll_queries import State, is_step_shown
from forum.policy import member_of
from forum.records import Network, Role
from forum.shown_people import shown_name
from forum.tables import invitations, membership_states, memberships, networks
from forum.viewer import Viewer

_PIECE = 500
_deciders, _openers = accounts.alias("deciders"), accounts.alias("openers")


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody became."""

    account_id: str
    name: str
    organisation: str
    state: State


@dataclass(frozen=True, slots=True)
class Unaccepted:
    """An invitation of which nothing has come so far: by the address that was typed, whoever has it."""

    address: str
    name: str
    organisation: str
    role: Role
    invited_at: datetime
    inviter: str
    ended_at: datetime | None
    outcome: str
    expires_at: datetime
    bounced_at: datetime | None
    bounce: str


async def each_step(connection: AsyncConnection, viewer: Viewer, network: Network) -> AsyncIterator[Step]:
    """The steps of all people, one person after the other, read in pieces; none where the viewer is no administrator.

    In each piece the right to see them is asked anew.
    """
    states, name = membership_states.c, shown_name(accounts)
    asked = (
        select(
            *(states.account_id, name, func.coalesce(organisation_of(network.id), "")),
            *(states.status, states.role, states.at, shown_name(_deciders), states.by_id, states.reason),
            *(states.door, func.coalesce(shown_name(_openers), "")),
        )
        .join(memberships, memberships.c.id == states.membership_id)
        .join(networks, networks.c.id == states.network_id)
        .join(accounts, accounts.c.id == states.account_id)
        .join(_deciders, _deciders.c.id == states.by_id)
        .outerjoin(_openers, _openers.c.id == states.door_by)
        .where(states.network_id == network.id, member_of(viewer.id, "administrator"), is_step_shown())
        .order_by(func.lower(name), states.account_id, states.at, states.id)
    )
    first = 0
    while rows := (await connection.execute(asked.offset(first).limit(_PIECE))).all():
        for row in rows:
            by = "" if row[7] == row[0] else row[6]
            opener = row[10] if row[9] else ""
            yield Step(row[0], row[1], row[2], State(row[3], row[4], row[5], by, row[8], row[9], opener))
        first += len(rows)


async def each_unaccepted(connection: AsyncConnection, viewer: Viewer, network: Network) -> AsyncIterator[Unaccepted]:
    """The invitations that nobody has accepted, in the order in which they were sent; as above."""
    sent, inviter = invitations.c, accounts
    asked = (
        select(
            *(sent.address, sent.name, sent.organisation, sent.role, sent.created_at, shown_name(inviter)),
            *(sent.ended_at, sent.outcome, sent.expires_at, sent.bounced_at, sent.bounce),
        )
        .join(networks, networks.c.id == sent.network_id)
        .join(inviter, inviter.c.id == sent.invited_by)
        .where(sent.network_id == network.id, sent.outcome != "accepted", member_of(viewer.id, "administrator"))
        .order_by(sent.created_at, sent.id)
    )
    first = 0
    while rows := (await connection.execute(asked.offset(first).limit(_PIECE))).all():
        for row in rows:
            yield Unaccepted(*row)
        first += len(rows)
