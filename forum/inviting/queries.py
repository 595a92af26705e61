"""Invitations as the network's administrators see them. What whoever holds the mail sees is in `forum.invitations`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.errors import Forbidden, Invalid, NotFound
from forum.invitations import state_of_invitation
from forum.inviting.inputs import InvitationList
from forum.offers import inviter_may_still, is_waiting
from forum.policy import may_see_invited, member_of
from forum.records import InvitationState, Network, Role
from forum.tables import invitations, networks
from forum.viewer import Viewer
from ground.columns import is_id, now

UNANSWERED: tuple[InvitationState, ...] = ("waiting", "sent", "opened", "bounced")
MOST_WORDS = 10
BETWEEN_REMINDERS = timedelta(days=3)
"""People get so long to answer a mail before the next one is offered."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation in the list of a network's administrators. Tells nothing of whether the address has an account."""

    id: str
    address: str
    name: str
    organisation: str
    role: Role
    state: InvitationState
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


def is_to_remind(moment: datetime) -> ColumnElement[bool]:
    """Invitations of which people can be reminded: unanswered, arrived, and the last mail about them some days old."""
    last, mine = moment - BETWEEN_REMINDERS, invitations.c
    is_old = and_(mine.sent_at <= last, or_(mine.reminded_at.is_(None), mine.reminded_at <= last))
    return and_(is_waiting(), mine.bounced_at.is_(None), is_old)


def _of(network: Network, viewer: Viewer) -> Select[Any]:
    return (
        select(
            invitations.c.id,
            invitations.c.address,
            invitations.c.name,
            invitations.c.organisation,
            invitations.c.role,
            state_of_invitation().label("state"),
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
            is_to_remind(now()).label("may_remind"),
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
    """Invitations of one state or of all: the last list first, each as it was given.

    Raises Forbidden for who is no administrator.
    """
    decision = may_see_invited(viewer, network)
    if not decision:
        raise Forbidden(decision.reason)
    statement = _of(network, viewer).order_by(*_ORDER).limit(asked.limit + 1)
    if asked.state == "unanswered":
        statement = statement.where(state_of_invitation().in_(UNANSWERED))
    elif asked.state != "all":
        statement = statement.where(state_of_invitation() == asked.state)
    statement = statement.where(*_holding(asked.q))
    if asked.after is not None:
        if not is_id(asked.after):
            raise Invalid({"after": "This place in the list is not one that we gave you. Begin again without it."})
        statement = statement.where(_behind(network, asked.after))
    rows = (await connection.execute(statement)).all()
    following = rows[asked.limit - 1].id if len(rows) > asked.limit else None
    return Part(tuple(_invitation(row) for row in rows[: asked.limit]), following)


_ORDER = (invitations.c.batch_id.desc(), invitations.c.created_at, invitations.c.id)


def _behind(network: Network, invitation_id: str) -> ColumnElement[bool]:
    """Invitations that stand behind this one in the list; none where there is no such one."""
    last, mine = invitations.alias("last"), invitations.c

    def of_last(column: str) -> Any:
        asked = select(last.c[column]).where(last.c.id == invitation_id, last.c.network_id == network.id)
        return asked.scalar_subquery()

    later = tuple_(mine.created_at, mine.id) > tuple_(of_last("created_at"), of_last("id"))
    return or_(mine.batch_id < of_last("batch_id"), and_(mine.batch_id == of_last("batch_id"), later))


def _holding(text: str) -> list[ColumnElement[bool]]:
    """Invitations in which each of these words stands: in the name, the address or the organisation."""
    told = (invitations.c.name, invitations.c.address, invitations.c.organisation)
    words = text.replace("\0", " ").lower().split()[:MOST_WORDS]
    return [or_(*(func.lower(each).contains(word, autoescape=True) for each in told)) for word in words]


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
    """Of how many of those that wait the last mail is some days old."""

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
