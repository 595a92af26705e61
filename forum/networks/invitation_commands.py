"""Inviting people by e-mail. No answer tells whether an address has an account, but for members of the network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from auth.accounts import clean_email, normalise_email
from auth.tables import accounts
from forum.errors import NotFound
from forum.idempotency import RequestKey, claim
from forum.invitations import VALID_FOR, inviter_may_still, offer_place
from forum.membership import Step, change, lock_current
from forum.networks.inputs import NewInvitations
from forum.networks.member_commands import get_administered
from forum.tables import invitations, memberships
from forum.viewer import Viewer
from ground.columns import new_id, now
from realtime.transaction import Transaction

MOST_A_DAY = 500
"""New invitations by one person in a day."""
MOST_TO_ONE_A_DAY = 3
"""Invitations of one network to one address in a day, where they are withdrawn and sent anew."""
_DAY = timedelta(days=1)

Outcome = Literal["sent", "already_member", "already_invited", "duplicate", "invalid", "over_limit"]


@dataclass(frozen=True, slots=True)
class Invited:
    """What became of one entry of the request."""

    address: str
    status: Outcome
    detail: str


DETAILS: dict[str, str] = {
    "sent": "We have written to this address.",
    "already_member": "This person is a member already.",
    "already_invited": "This address was invited already, and has not answered yet.",
    "duplicate": "This address comes twice in your list.",
    "over_limit": "You have invited many people today. Invite this one tomorrow.",
}


@dataclass(slots=True)
class _Batch:
    """What is known of the addresses before any of them is invited."""

    network_id: str
    viewer_id: str
    id: str
    wanted: NewInvitations
    members: frozenset[str] = frozenset()
    waiting: dict[str, str] = field(default_factory=dict)
    """By address: the batch to which its waiting invitation belongs."""
    lately: Mapping[str, int] = field(default_factory=dict)
    """By address: how often this network invited it in a day."""
    accounts: Mapping[str, str] = field(default_factory=dict)
    left: int = MOST_A_DAY


async def invite(
    tx: Transaction, viewer: Viewer, slug: str, wanted: NewInvitations, key: RequestKey | None
) -> tuple[list[Invited], bool]:
    """Invite people by their addresses: one outcome for each entry in its order, and whether this is a replay.

    Raises NotFound where the viewer may not read the network, Forbidden for who is no administrator.
    """
    network = await get_administered(tx, viewer, slug)
    claimed = await claim(tx, viewer.id, key, new_id())
    batch = _Batch(network.id, viewer.id, claimed.object_id, wanted)
    keys = [_key_of(entry) for entry in wanted.emails]
    await _look_up(tx, batch, [key_of for key_of in keys if key_of is not None])
    outcomes: list[Invited] = []
    seen: set[str] = set()
    for entry, email_key in zip(wanted.emails, keys, strict=True):
        outcomes.append(await _invite_one(tx, batch, entry, email_key, seen, is_replay=claimed.is_replay))
    return outcomes, claimed.is_replay


def _key_of(entry: str) -> str | None:
    try:
        return normalise_email(entry)
    except ValueError:
        return None


async def _look_up(tx: Transaction, batch: _Batch, keys: Sequence[str]) -> None:
    moment = now()
    connection = tx.connection
    mine = (memberships.c.network_id == batch.network_id) & memberships.c.current
    usable = accounts.c.verified_at.is_not(None) & accounts.c.closed_at.is_(None) & accounts.c.email_key.in_(keys)
    known = (await connection.execute(select(accounts.c.email_key, accounts.c.id).where(usable))).all()
    batch.accounts = {row.email_key: row.id for row in known}
    active = (
        select(accounts.c.email_key)
        .join(memberships, memberships.c.account_id == accounts.c.id)
        .where(usable, mine, memberships.c.status == "active")
    )
    batch.members = frozenset(await connection.scalars(active))
    here = (invitations.c.network_id == batch.network_id) & invitations.c.email_key.in_(keys)
    # One that nobody answered in time, or whose sender may no longer invite, makes room for another.
    over = here & invitations.c.ended_at.is_(None) & or_(invitations.c.expires_at <= moment, ~inviter_may_still)
    await tx.execute(update(invitations).where(over).values(ended_at=moment))
    open_ones = select(invitations.c.email_key, invitations.c.batch_id).where(here, invitations.c.ended_at.is_(None))
    batch.waiting = {row.email_key: row.batch_id for row in await connection.execute(open_ones)}
    recent = invitations.c.created_at > moment - _DAY
    counted = select(invitations.c.email_key, func.count().label("times")).where(here, recent)
    rows = await connection.execute(counted.group_by(invitations.c.email_key))
    batch.lately = {row.email_key: row.times for row in rows}
    by_me = select(func.count()).where(invitations.c.invited_by == batch.viewer_id, recent)
    batch.left = MOST_A_DAY - (await connection.scalar(by_me) or 0)


async def _invite_one(
    tx: Transaction, batch: _Batch, entry: str, email_key: str | None, seen: set[str], *, is_replay: bool
) -> Invited:
    if email_key is None:
        return Invited(entry, "invalid", _what_is_wrong(entry))
    outcome: Outcome
    if email_key in seen:
        outcome = "duplicate"
    elif is_replay and batch.waiting.get(email_key) == batch.id:
        outcome = "sent"
    elif email_key in batch.members:
        outcome = "already_member"
    elif email_key in batch.waiting:
        outcome = "already_invited"
    elif is_replay or batch.left <= 0 or batch.lately.get(email_key, 0) >= MOST_TO_ONE_A_DAY:
        outcome = "over_limit"
    elif await _send(tx, batch, entry, email_key):
        batch.left -= 1
        outcome = "sent"
    else:
        outcome = "already_invited"
    seen.add(email_key)
    return Invited(entry, outcome, DETAILS[outcome])


def _what_is_wrong(entry: str) -> str:
    try:
        clean_email(entry)
    except ValueError as error:
        return str(error)
    return "This is not an e-mail address."


async def _send(tx: Transaction, batch: _Batch, entry: str, email_key: str) -> bool:
    """Keep the invitation and have it mailed; an account with this address finds it on its home page too.

    False where another transaction has invited the address in this moment.
    """
    moment = now()
    row = {
        "id": new_id(),
        "network_id": batch.network_id,
        "batch_id": batch.id,
        "address": clean_email(entry),
        "email_key": email_key,
        "role": batch.wanted.role,
        "message": batch.wanted.message,
        "invited_by": batch.viewer_id,
        "created_at": moment,
        "expires_at": moment + VALID_FOR,
    }
    if (await tx.execute(_INSERTS[tx.connection.dialect.name], row)).rowcount != 1:
        return False
    account_id = batch.accounts.get(email_key)
    place = None
    if account_id is not None:
        place = await offer_place(tx, batch.network_id, account_id, batch.wanted.role, batch.viewer_id)
    if place is not None and place.status == "active":
        # They had asked: the invitation is the answer.
        await tx.execute(update(invitations).where(invitations.c.id == row["id"]).values(ended_at=moment))
        tx.enqueue("mail", {"letter": "membership_admitted", "membership_id": place.id})
    else:
        tx.enqueue("mail", {"letter": "invitation", "invitation_id": str(row["id"])})
    return True


_ON_CONFLICT: dict[str, Any] = {
    "index_elements": ["network_id", "email_key"],
    "index_where": invitations.c.ended_at.is_(None),
}
_INSERTS: dict[str, Any] = {
    "postgresql": postgresql.insert(invitations).on_conflict_do_nothing(**_ON_CONFLICT),
    "sqlite": sqlite.insert(invitations).on_conflict_do_nothing(**_ON_CONFLICT),
}


async def withdraw_invitation(tx: Transaction, viewer: Viewer, slug: str, invitation_id: str) -> None:
    """Take an invitation back that waits for its answer. Raises NotFound where none does."""
    network = await get_administered(tx, viewer, slug)
    waiting = (
        (invitations.c.id == invitation_id)
        & (invitations.c.network_id == network.id)
        & invitations.c.ended_at.is_(None)
    )
    ended = update(invitations).where(waiting).values(ended_at=now()).returning(invitations.c.email_key)
    email_key = (await tx.execute(ended)).scalar_one_or_none()
    if email_key is None:
        raise NotFound
    known = select(accounts.c.id).where(accounts.c.email_key == email_key)
    account_id = await tx.connection.scalar(known)
    current = None if account_id is None else await lock_current(tx, network.id, account_id)
    if current is not None and current.status == "invited":
        await change(tx, current, Step("left", current.role, viewer.id))
