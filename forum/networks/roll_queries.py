"""The list of members as administrators have it, by organisation, role, state and last visit; a person's history."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.network_reads import last_here
from forum.networks.inputs import People
from forum.networks.member_queries import MEMBER_COLUMNS, is_newest_shown, member_from, people
from forum.networks.organisation_queries import organisation_of
from forum.networks.queries import like
from forum.policy import member_of
from forum.records import Door, Member, Network, Role, Status
from forum.tables import membership_states, memberships, networks
from forum.viewer import Viewer

_PIECE = 200
_rank = case((memberships.c.role == "administrator", 1), (memberships.c.role == "moderator", 2), else_=3)
_name = func.lower(accounts.c.name)
_deciders = accounts.alias("deciders")


@dataclass(frozen=True, slots=True)
class RollLine:
    """Somebody in the list."""

    member: Member
    organisation: str
    came_on: datetime | None
    """When they were last here, for members; pages tell the day."""
    by: str
    """Who admitted them, or ended it; empty where that was they themselves."""


def _roll(viewer: Viewer, network: Network, asked: People) -> Select[Any]:
    organisation = organisation_of(network.id)
    decided = case((memberships.c.status == "active", memberships.c.decided_by), else_=memberships.c.ended_by)
    return (
        people()
        .add_columns(organisation, last_here(), _deciders.c.name, decided == memberships.c.account_id)
        .join(networks, networks.c.id == memberships.c.network_id)
        .outerjoin(_deciders, _deciders.c.id == decided)
        .where(*_conditions(network, asked, organisation), member_of(viewer.id, "administrator"))
        .order_by(*_order(asked, organisation), accounts.c.id)
    )


def _conditions(network: Network, asked: People, organisation: ColumnElement[str]) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        memberships.c.network_id == network.id,
        memberships.c.status == asked.status,
        memberships.c.current if asked.status in ("active", "requested") else is_newest_shown(),
    ]
    if asked.role:
        conditions.append(memberships.c.role == asked.role)
    if asked.organisation:
        conditions.append(func.lower(organisation) == asked.organisation.replace("\0", " ").lower())
    for word in asked.q.replace("\0", " ").lower().split()[:10]:
        sought = like(word)
        conditions.append(or_(_name.like(sought, escape="/"), func.lower(organisation).like(sought, escape="/")))
    return conditions


def _order(asked: People, organisation: ColumnElement[str]) -> list[ColumnElement[Any]]:
    """Who was never here comes before those who were away for longest; who has no organisation comes last."""
    came = last_here()
    never = case((came.is_(None), 0), else_=1)
    nowhere = case((organisation == "", 1), else_=0)
    ended = [memberships.c.ended_at.desc()] if asked.status in ("refused", "left", "removed", "banned") else []
    orders: dict[str, list[ColumnElement[Any]]] = {
        "role": [*ended, memberships.c.created_at, _name] if asked.status != "active" else [_rank, _name],
        "name": [_name],
        "organisation": [nowhere, func.lower(organisation), _name],
        "visit": [never, came, _name],
        "since": [*ended, memberships.c.since.desc(), memberships.c.created_at.desc()],
    }
    return orders[asked.sort]


def _line(row: Sequence[Any]) -> RollLine:
    width = len(MEMBER_COLUMNS)
    organisation, came_on, by, is_self = row[width : width + 4]
    return RollLine(member_from(row), organisation or "", came_on, "" if is_self else by or "")


async def list_roll(
    connection: AsyncConnection, viewer: Viewer, network: Network, asked: People, first: int, most: int
) -> Sequence[RollLine]:
    """At most so many of the people asked for, from the one at place `first` (0 is the beginning).

    Nobody, where the viewer is no administrator of the network.
    """
    rows = await connection.execute(_roll(viewer, network, asked).offset(first).limit(most))
    return [_line(row) for row in rows]


async def each_of_roll(
    connection: AsyncConnection, viewer: Viewer, network: Network, asked: People
) -> AsyncIterator[RollLine]:
    """All of them, read in pieces; in each piece the right to see them is asked anew."""
    first = 0
    while lines := await list_roll(connection, viewer, network, asked, first, _PIECE):
        for line in lines:
            yield line
        first += len(lines)


@dataclass(frozen=True, slots=True)
class State:
    """What somebody became, when, by whom (empty: by themselves) and why."""

    status: Status
    role: Role
    at: datetime
    by: str
    reason: str
    door: Door
    """By what they came, where they came by themselves; and who had opened it to them."""
    door_by: str


_openers = accounts.alias("openers")
_accepted = membership_states.alias("accepted")


def is_step_shown() -> ColumnElement[bool]:
    """Rows of `membership_states` that administrators see: none tells whose address an open invitation went to."""
    became = exists(
        select(_accepted.c.id).where(
            _accepted.c.membership_id == membership_states.c.membership_id, _accepted.c.status == "active"
        )
    )
    was_member = memberships.c.since.is_not(None)
    return and_(
        or_(membership_states.c.status != "invited", became), or_(membership_states.c.status != "left", was_member)
    )


async def list_states(
    connection: AsyncConnection, viewer: Viewer, network: Network, account_id: str
) -> Sequence[State]:
    """Somebody's history in the network, the latest first; for its administrators.

    An invitation is part of it once it was accepted: until then it does not tell whose address it went to.
    """
    rows = await connection.execute(
        select(
            membership_states.c.status,
            membership_states.c.role,
            membership_states.c.at,
            _deciders.c.name,
            membership_states.c.reason,
            membership_states.c.by_id,
            membership_states.c.door,
            _openers.c.name,
        )
        .join(memberships, memberships.c.id == membership_states.c.membership_id)
        .join(networks, networks.c.id == membership_states.c.network_id)
        .join(_deciders, _deciders.c.id == membership_states.c.by_id)
        .outerjoin(_openers, _openers.c.id == membership_states.c.door_by)
        .where(membership_states.c.network_id == network.id, membership_states.c.account_id == account_id)
        .where(member_of(viewer.id, "administrator"), is_step_shown())
        .order_by(membership_states.c.at.desc(), membership_states.c.id.desc())
    )
    return [
        State(row[0], row[1], row[2], "" if row[5] == account_id else row[3], row[4], row[6], row[7] or "")
        for row in rows
    ]
