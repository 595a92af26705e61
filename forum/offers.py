"""A place that is offered to somebody stands exactly as long as its invitation could be accepted.

Beside an invitation to an address with an account stands an invited membership, by which the person knows of the
network. It says so no longer than the invitation: bound to the address that the person has now, to its end, and to the
right of who sent it, each asked by the statement that reads.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from auth.tables import accounts
from forum.tables import invitations, memberships
from ground.clock import this_moment

_receivers = accounts.alias("receivers")


def may_still_let_in(network_id: ColumnElement[str], account_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether who gave out a way into a network, an invitation or a link, administers it at this moment."""
    givers, giving = memberships.alias("givers"), accounts.alias("giving")
    return exists(
        select(givers.c.id)
        .join(giving, giving.c.id == givers.c.account_id)
        .where(
            givers.c.network_id == network_id,
            givers.c.account_id == account_id,
            givers.c.current,
            givers.c.status == "active",
            givers.c.role == "administrator",
            giving.c.suspended_at.is_(None),
        )
    ).correlate_except(givers, giving)


inviter_may_still = may_still_let_in(invitations.c.network_id, invitations.c.invited_by)
"""Invitations whose inviter is an administrator of the network at this moment."""


def _is_open() -> ColumnElement[bool]:
    return and_(invitations.c.ended_at.is_(None), invitations.c.expires_at > this_moment())


def is_waiting() -> ColumnElement[bool]:
    """Invitations that can be accepted at this moment."""
    return and_(_is_open(), inviter_may_still)


def reaches_member() -> ColumnElement[bool]:
    """Invitations of the network of a row of `memberships` to the address that its person has now."""
    of_person = select(_receivers.c.email_key).where(_receivers.c.id == memberships.c.account_id)
    return and_(
        invitations.c.network_id == memberships.c.network_id,
        invitations.c.email_key == of_person.correlate(memberships).scalar_subquery(),
    )


def _has(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(invitations.c.id).where(reaches_member(), *conditions).correlate(memberships))


def still_offered() -> ColumnElement[bool]:
    """Rows of `memberships` that are more than an offer, or an offer that can be accepted at this moment.

    Of nobody but the invited is an invitation looked for.
    """
    return or_(memberships.c.status != "invited", _has(is_waiting()))


def offers_over() -> ColumnElement[bool]:
    """Rows of `memberships` that are offers of which nothing can come: no invitation waits at the person's address.

    Not those whose inviter is kept from inviting for a time only.
    """
    return and_(memberships.c.current, memberships.c.status == "invited", ~_has(_is_open()))


def offered_by(network_id: str, inviter: str) -> Select[Any]:
    """The accounts to which somebody's open invitations to this network offer a place."""
    return (
        select(memberships.c.account_id)
        .select_from(memberships.join(invitations, reaches_member()))
        .where(
            memberships.c.network_id == network_id,
            memberships.c.current,
            memberships.c.status == "invited",
            invitations.c.invited_by == inviter,
            invitations.c.ended_at.is_(None),
        )
    )


def offered_by_whom() -> ColumnElement[str]:
    """Of a row of `memberships` that is an offer: who invites the person now, who may have taken that over."""
    asked = select(invitations.c.invited_by).where(reaches_member(), invitations.c.ended_at.is_(None))
    return asked.correlate(memberships).scalar_subquery()
