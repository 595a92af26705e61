"""Who belongs to a network, asks to, was invited or has left, as a viewer may see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.acts.excluding import KINDS
from forum.errors import Forbidden, NotFound
from forum.invitations import state_of_invitation
from forum.network_reads import NETWORK_COLUMNS, NETWORK_WIDTH
from forum.networks.inputs import MemberList
from forum.networks.paging import Id, cursor_of, key_of
from forum.networks.queries import like
from forum.offers import still_offered
from forum.policy import (
    may_list_members,
    may_see_invited,
    may_see_requests,
    member_of,
    members_listed_to,
    moderated_by,
)
from forum.records import Member, Network, Person
from forum.tables import acts, invitations, memberships, networks
from forum.viewer import Viewer

_rank = case((memberships.c.role == "administrator", 1), (memberships.c.role == "moderator", 2), else_=3)
_name = func.lower(accounts.c.name)
MEMBER_COLUMNS: tuple[ColumnElement[Any], ...] = (
    memberships.c.id,
    memberships.c.network_id,
    accounts.c.id,
    accounts.c.name,
    accounts.c.job_title,
    accounts.c.organisation,
    accounts.c.closed_at,
    memberships.c.role,
    memberships.c.status,
    memberships.c.words,
    memberships.c.reason,
    memberships.c.created_at,
    memberships.c.since,
    memberships.c.ended_at,
    memberships.c.version,
)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a list of members, and the place after it (None at the end)."""

    items: tuple[Member, ...]
    next: str | None


def member_from(row: Sequence[Any]) -> Member:
    """The membership in the first values of a row of `people`."""
    person = Person(row[2], row[3], row[4], row[5], row[6] is not None)
    return Member(row[0], row[1], person, *row[7:15])


def people() -> Select[Any]:
    """Memberships with whose they are."""
    return select(*MEMBER_COLUMNS).join(accounts, accounts.c.id == memberships.c.account_id)


async def list_members(connection: AsyncConnection, viewer: Viewer, network: Network, asked: MemberList) -> Part:
    """A part of the people of one status: members by role and name, others by when they came to be so.

    Raises NotFound where the viewer may not see members at all, Forbidden where only moderators see the status, or
    administrators.
    """
    if not may_list_members(viewer, network):
        raise NotFound if not viewer.is_signed_in else Forbidden(may_list_members(viewer, network).reason)
    if asked.status == "active":
        return await _list_active(connection, viewer, network, asked)
    decision = may_see_requests(viewer, network)
    if not decision:
        raise Forbidden(decision.reason)
    if asked.status == "invited":
        if not (decision := may_see_invited(viewer, network)):
            raise Forbidden(decision.reason)
        return await _list_invited(connection, viewer, network, asked)
    return await _list_others(connection, viewer, network, asked)


async def _list_active(connection: AsyncConnection, viewer: Viewer, network: Network, asked: MemberList) -> Part:
    statement = (
        people()
        .add_columns(_rank, _name)
        .join(networks, networks.c.id == memberships.c.network_id)
        .where(*_of(network, asked), members_listed_to(viewer))
        .order_by(_rank, _name, accounts.c.id)
        .limit(asked.limit + 1)
    )
    if asked.after is not None:
        rank, name, identifier = key_of(asked.after, int, str, Id)
        later = or_(_name > name, and_(_name == name, accounts.c.id > identifier))
        statement = statement.where(or_(_rank > rank, and_(_rank == rank, later)))
    rows = (await connection.execute(statement)).all()
    last = rows[asked.limit - 1] if len(rows) > asked.limit else None
    following = None if last is None else cursor_of(last[15], last[16], last[2])
    return Part(tuple(member_from(row) for row in rows[: asked.limit]), following)


async def _list_others(connection: AsyncConnection, viewer: Viewer, network: Network, asked: MemberList) -> Part:
    """Those who wait: longest first; those whose membership ended: the latest first."""
    statement = people().join(networks, networks.c.id == memberships.c.network_id)
    statement = statement.where(*_of(network, asked), moderated_by(viewer)).limit(asked.limit + 1)
    waits = asked.status == "requested"
    statement = statement.order_by(memberships.c.id if waits else memberships.c.id.desc())
    if asked.after is not None:
        (identifier,) = key_of(asked.after, Id)
        statement = statement.where(memberships.c.id > identifier if waits else memberships.c.id < identifier)
    rows = (await connection.execute(statement)).all()
    following = cursor_of(rows[asked.limit - 1][0]) if len(rows) > asked.limit else None
    return Part(tuple(member_from(row) for row in rows[: asked.limit]), following)


def is_newest_shown() -> ColumnElement[bool]:
    """The newest row of each person that moderators may see.

    Invitations don't count, waiting, declined or withdrawn: if they hid the row before them, they would
    tell whose address was invited.
    """
    return and_(_is_shown(memberships), ~exists(select(_later.c.id).where(_is_later, _is_shown(_later))))


def _is_shown(row: FromClause) -> ColumnElement[bool]:
    return or_(row.c.status.not_in(("invited", "left")), row.c.since.is_not(None))


_later = memberships.alias("later")
_is_later = and_(
    _later.c.network_id == memberships.c.network_id,
    _later.c.account_id == memberships.c.account_id,
    _later.c.id > memberships.c.id,
)


def _of(network: Network, asked: MemberList) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        memberships.c.network_id == network.id,
        memberships.c.status == asked.status,
        memberships.c.current if asked.status in ("active", "requested") else is_newest_shown(),
    ]
    for word in asked.q.replace("\0", " ").lower().split()[:10]:
        sought = like(word)
        organisation = func.lower(accounts.c.organisation)
        conditions.append(or_(_name.like(sought, escape="/"), organisation.like(sought, escape="/")))
    return conditions


def _invited(network: Network, viewer: Viewer) -> Select[Any]:
    """Invitations that did not bring anybody in, each by its own id and the address as it was typed: of each address
    the latest, unless it was accepted or cancelled.

    Whether the address has an account does not show: neither name nor id of one is here.
    """
    later = exists().where(
        _later_one.c.network_id == invitations.c.network_id,
        _later_one.c.email_key == invitations.c.email_key,
        _later_one.c.id > invitations.c.id,
    )
    stands = or_(invitations.c.ended_at.is_(None), and_(invitations.c.outcome == "declined", ~later))
    return (
        select(*_INVITED, state_of_invitation().label("state"))
        .join(networks, networks.c.id == invitations.c.network_id)
        .where(invitations.c.network_id == network.id, member_of(viewer.id, "administrator"), stands)
    )


_later_one = invitations.alias("later_one")
_INVITED = tuple(
    invitations.c[name] for name in ("id", "address", "name", "organisation", "role", "created_at", "ended_at")
)


async def _list_invited(connection: AsyncConnection, viewer: Viewer, network: Network, asked: MemberList) -> Part:
    statement = _invited(network, viewer).order_by(invitations.c.id.desc()).limit(asked.limit + 1)
    if asked.after is not None:
        (identifier,) = key_of(asked.after, Id)
        statement = statement.where(invitations.c.id < identifier)
    for word in asked.q.replace("\0", " ").lower().split()[:10]:
        told = (invitations.c.address, invitations.c.name, invitations.c.organisation)
        statement = statement.where(or_(*(func.lower(each).like(like(word), escape="/") for each in told)))
    rows = (await connection.execute(statement)).all()
    following = cursor_of(rows[asked.limit - 1].id) if len(rows) > asked.limit else None
    return Part(tuple(_invitation(network, row) for row in rows[: asked.limit]), following)


async def find_invitation(
    connection: AsyncConnection, viewer: Viewer, network: Network, invitation_id: str
) -> Member | None:
    """One invitation of that list, or None."""
    statement = _invited(network, viewer).where(invitations.c.id == invitation_id)
    row = (await connection.execute(statement)).first()
    return None if row is None else _invitation(network, row)


def _invitation(network: Network, row: Any) -> Member:
    return Member(
        id=row.id,
        network_id=network.id,
        person=Person(row.id, row.address, organisation=row.organisation),
        role=row.role,
        status="invited",
        words="",
        reason="",
        created_at=row.created_at,
        since=None,
        ended_at=row.ended_at,
        version=1,
        invitation=row.state,
        invited_name=row.name,
    )


async def get_member(connection: AsyncConnection, viewer: Viewer, network: Network, account_id: str) -> Member:
    """Somebody's newest membership of this network, as its moderators see it. Raises NotFound.

    The invited are not here: an invitation does not tell whose address it went to.
    """
    row = (
        await connection.execute(
            people()
            .join(networks, networks.c.id == memberships.c.network_id)
            .where(memberships.c.network_id == network.id, memberships.c.account_id == account_id)
            .where(is_newest_shown(), moderated_by(viewer))
        )
    ).first()
    if row is None:
        raise NotFound
    return member_from(row)


async def find_removal(connection: AsyncConnection, viewer: Viewer, network: Network, member: Member) -> str:
    """The id of the act that keeps out somebody who was a member until then; empty where there is none, and for all but
    administrators, who alone undo it."""
    found = (
        select(acts.c.id)
        .join(networks, networks.c.id == acts.c.network_id)
        .where(acts.c.network_id == network.id, acts.c.account_id == member.person.id)
        .where(acts.c.kind == KINDS.get(member.status, ""), acts.c.undone_at.is_(None))
        .where(acts.c.before["status"].as_string() == "active", member_of(viewer.id, "administrator"))
    )
    return await connection.scalar(found.order_by(acts.c.id.desc()).limit(1)) or ""


async def list_named(
    connection: AsyncConnection, viewer: Viewer, network: Network, account_ids: Sequence[str]
) -> list[Member]:
    """The newest membership of each of these people by name, as its moderators see it; who withdrew is left out."""
    rows = await connection.execute(
        people()
        .join(networks, networks.c.id == memberships.c.network_id)
        .where(memberships.c.network_id == network.id, memberships.c.account_id.in_(account_ids))
        .where(is_newest_shown(), moderated_by(viewer))
        .order_by(_name, accounts.c.id)
    )
    return [member_from(row) for row in rows]


async def read_members(connection: AsyncConnection, membership_ids: Sequence[str]) -> dict[str, tuple[Member, Network]]:
    """Memberships with their networks, for events; who hears them is decided by the stream."""
    statement = (
        people()
        .add_columns(*NETWORK_COLUMNS)
        .join(networks, networks.c.id == memberships.c.network_id)
        .where(memberships.c.id.in_(membership_ids))
    )
    rows = await connection.execute(statement)
    return {row[0]: (member_from(row), Network(*row[15 : 15 + NETWORK_WIDTH])) for row in rows}


async def find_offered(connection: AsyncConnection, membership_ids: Sequence[str]) -> set[str]:
    """Of these memberships those that still say something to whoever they are of: not offers that are over."""
    standing = select(memberships.c.id).where(memberships.c.id.in_(membership_ids), still_offered())
    return set(await connection.scalars(standing))


async def read_networks(connection: AsyncConnection, network_ids: Sequence[str]) -> dict[str, Network]:
    """Networks for events; who hears them is decided by the stream."""
    rows = await connection.execute(select(*NETWORK_COLUMNS).where(networks.c.id.in_(network_ids)))
    return {row[0]: Network(*row) for row in rows}
