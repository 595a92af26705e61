"""Invitations as the network's administrators see them, and as whoever holds the mail sees the one it is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.errors import Forbidden, Invalid, NotFound
from forum.invitations import inviter_may_still, is_waiting, proven_id
from forum.inviting.inputs import InvitationList, State
from forum.policy import may_see_invited, member_of, writable
from forum.records import Access, Network, Role
from forum.tables import invitations, networks
from forum.viewer import Viewer
from ground.columns import is_id, now

UNANSWERED: tuple[State, ...] = ("waiting", "sent", "opened", "bounced")
BETWEEN_REMINDERS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation in the list of a network's administrators. Tells nothing of whether the address has an account."""

    id: str
    address: str
    name: str
    organisation: str
    role: Role
    state: State
    created_at: datetime
    expires_at: datetime
    sent_at: datetime | None
    opened_at: datetime | None
    bounced_at: datetime | None
    bounce: str
    reminded_at: datetime | None
    ended_at: datetime | None
    inviter: str
    inviter_may_still: bool
    may_remind: bool

    @property
    def is_open(self) -> bool:
        """Whether it can still be sent again or cancelled: nobody has answered it."""
        return self.ended_at is None

    @property
    def changed_at(self) -> datetime:
        """Since when it is in its state."""
        by_state = {"sent": self.sent_at, "opened": self.opened_at, "bounced": self.bounced_at}
        moment = self.ended_at or by_state.get(self.state)
        return moment or (min(self.expires_at, now()) if self.state == "expired" else self.created_at)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the list, and the place after it (None at the end)."""

    items: tuple[Invitation, ...]
    next: str | None


def _state() -> ColumnElement[str]:
    over = or_(invitations.c.expires_at <= now(), ~inviter_may_still)
    return case(
        (invitations.c.ended_at.is_not(None), invitations.c.outcome),
        (over, "expired"),
        (invitations.c.bounced_at.is_not(None), "bounced"),
        (invitations.c.opened_at.is_not(None), "opened"),
        (invitations.c.sent_at.is_not(None), "sent"),
        else_="waiting",
    )


def _may_remind(moment: datetime) -> ColumnElement[bool]:
    due = or_(invitations.c.reminded_at.is_(None), invitations.c.reminded_at <= moment - BETWEEN_REMINDERS)
    return and_(is_waiting(), invitations.c.bounced_at.is_(None), due)


def _of(network: Network, viewer: Viewer) -> Select[Any]:
    return (
        select(
            invitations.c.id,
            invitations.c.address,
            invitations.c.name,
            invitations.c.organisation,
            invitations.c.role,
            _state().label("state"),
            invitations.c.created_at,
            invitations.c.expires_at,
            invitations.c.sent_at,
            invitations.c.opened_at,
            invitations.c.bounced_at,
            invitations.c.bounce,
            invitations.c.reminded_at,
            invitations.c.ended_at,
            accounts.c.name.label("inviter"),
            inviter_may_still.label("inviter_may_still"),
            _may_remind(now()).label("may_remind"),
        )
        .join(networks, networks.c.id == invitations.c.network_id)
        .join(accounts, accounts.c.id == invitations.c.invited_by)
        .where(invitations.c.network_id == network.id, member_of(viewer.id, "administrator"))
    )


def _invitation(row: Any) -> Invitation:
    return Invitation(*row[:15], *(bool(value) for value in row[15:]))


async def list_invitations(
    connection: AsyncConnection, viewer: Viewer, network: Network, asked: InvitationList
) -> Part:
    """Invitations of one state or of all, latest first. Raises Forbidden for who is no administrator."""
    decision = may_see_invited(viewer, network)
    if not decision:
        raise Forbidden(decision.reason)
    statement = _of(network, viewer).order_by(invitations.c.id.desc()).limit(asked.limit + 1)
    if asked.state == "unanswered":
        statement = statement.where(_state().in_(UNANSWERED))
    elif asked.state != "all":
        statement = statement.where(_state() == asked.state)
    if asked.after is not None:
        if not is_id(asked.after):
            raise Invalid({"after": "This place in the list is not one that we gave you. Begin again without it."})
        statement = statement.where(invitations.c.id < asked.after)
    rows = (await connection.execute(statement)).all()
    following = rows[asked.limit - 1].id if len(rows) > asked.limit else None
    return Part(tuple(_invitation(row) for row in rows[: asked.limit]), following)


async def get_invitation(
    connection: AsyncConnection, viewer: Viewer, network: Network, invitation_id: str
) -> Invitation:
    """One invitation of the network. Raises NotFound."""
    row = (await connection.execute(_of(network, viewer).where(invitations.c.id == invitation_id))).one_or_none()
    if row is None:
        raise NotFound
    return _invitation(row)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many invitations of a network are in each state."""

    by_state: Mapping[str, int]
    to_remind: int
    """How many of those that wait have not been reminded for a day."""

    @property
    def total(self) -> int:
        """All there ever were."""
        return sum(self.by_state.values())

    @property
    def unanswered(self) -> int:
        """How many have not answered and still may."""
        return sum(self.by_state.get(state, 0) for state in UNANSWERED)


async def count_invitations(connection: AsyncConnection, viewer: Viewer, network: Network) -> Counts:
    """How many there are of each state, for the network's administrators."""
    inner = _of(network, viewer).subquery("counted")
    asked = select(inner.c.state, func.count(), func.sum(case((inner.c.may_remind, 1), else_=0))).group_by(
        inner.c.state
    )
    rows = (await connection.execute(asked)).all()
    return Counts({row[0]: row[1] for row in rows}, sum(row[2] or 0 for row in rows))


# -- For whoever holds the mail ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """An invitation as the page behind its link shows it."""

    id: str
    network_id: str
    slug: str
    network_name: str
    purpose: str
    access: Access
    address: str
    email_key: str
    role: Role
    message: str
    organisation: str
    """As it stood beside the address in the inviter's list: offered to whoever registers, who may change it."""
    expires_at: datetime
    opened_at: datetime | None
    inviter: str
    outcome: str
    is_late: bool
    """Its days are over."""
    is_good: bool
    """It can be accepted at this moment."""
    takes_nobody: bool
    """Its network is archived, or about to be deleted: nobody comes in there."""
    has_account: bool
    """For whoever holds the mail, and so reads what comes to the address, alone."""


async def find_shown(connection: AsyncConnection, key: bytes, proof: str) -> Shown:
    """The invitation whose mail carried this proof, answered and ended ones too. Raises NotFound for any other."""
    invitation_id = proven_id(key, proof)
    if invitation_id is None:
        raise NotFound
    inviters = accounts.alias("inviters")
    asked = (
        select(
            invitations.c.id,
            networks.c.id,
            networks.c.slug,
            networks.c.name,
            networks.c.purpose,
            networks.c.access,
            invitations.c.address,
            invitations.c.email_key,
            invitations.c.role,
            invitations.c.message,
            invitations.c.organisation,
            invitations.c.expires_at,
            invitations.c.opened_at,
            inviters.c.name,
            invitations.c.outcome,
            (invitations.c.expires_at <= literal(now(), invitations.c.expires_at.type)),
            and_(is_waiting(), writable()),
            ~writable(),
            and_(accounts.c.id.is_not(None), accounts.c.verified_at.is_not(None)),
        )
        .join(networks, networks.c.id == invitations.c.network_id)
        .join(inviters, inviters.c.id == invitations.c.invited_by)
        .outerjoin(accounts, accounts.c.email_key == invitations.c.email_key)
        .where(invitations.c.id == invitation_id)
    )
    row = (await connection.execute(asked)).one_or_none()
    if row is None:
        raise NotFound
    return Shown(*row[:15], *(bool(value) for value in row[15:]))
