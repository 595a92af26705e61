"""Invitations by e-mail: kept by address, and turned into memberships once whoever reads there has said yes.

Whether an address has an account is never told: an invitation looks the same to administrators
until the person accepts it. It is bound to its network, its role, its address and to the right of who sent it,
each asked at the moment of use, and ends with the first answer.
"""

import hmac
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.accounts import Account, normalise_email
from auth.secrets import seal_of
from auth.tables import accounts
from forum.audit import Deed, record
from forum.bounces import forget_bounce
from forum.errors import Conflict, Forbidden, NotFound
from forum.events import InvitationsChanged
from forum.membership import Current, Step, begin, change, lock_current
from forum.offers import inviter_may_still, is_waiting, offers_over
from forum.policy import writable
from forum.records import Access, Role
from forum.streams import moderators_stream
from forum.tables import invitations, memberships, networks
from ground.columns import is_id, now
from realtime.transaction import Transaction

VALID_DAYS = 28
MOST_VALID_DAYS = 90
VALID_FOR = timedelta(days=VALID_DAYS)
BANNED = "An administrator removed you from this network for good. Only an administrator can let you in again."


def state_of_invitation() -> ColumnElement[str]:
    """How an invitation stands at this moment: a word of `records.InvitationState`."""
    over = or_(invitations.c.expires_at <= now(), ~inviter_may_still)
    return case(
        (invitations.c.ended_at.is_not(None), invitations.c.outcome),
        (over, "expired"),
        (invitations.c.bounced_at.is_not(None), "bounced"),
        (invitations.c.opened_at.is_not(None), "opened"),
        (invitations.c.sent_at.is_not(None), "sent"),
        else_="waiting",
    )


_WAITING = select(invitations.c.network_id, invitations.c.role, invitations.c.invited_by).where(
    invitations.c.email_key == bindparam("email_key"),
    invitations.c.ended_at.is_(None),
    invitations.c.expires_at > bindparam("moment"),
    inviter_may_still,
)


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom an invitation that waits is for, where it leads, who sent it, and what stood beside the address."""

    address: str
    network_id: str
    network_slug: str
    inviter: str
    name: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Used:
    """An invitation that somebody has just accepted."""

    role: Role
    inviter_id: str


def spoken_name(name: str) -> str:
    """A name as one says it, of one as a list may have it: "Ek, Anna" is Anna Ek."""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}".strip() if comma and "," not in first else name


def prove_invitation(key: bytes, invitation_id: str) -> str:
    """What the mail of an invitation carries, and nobody can make who has not had it: kept nowhere."""
    return f"{invitation_id}.{seal_of(key, 'invitation', invitation_id).hex()}"


def proven_id(key: bytes, proof: str) -> str | None:
    """The id of the invitation whose mail carried this proof; None where it is none of ours."""
    invitation_id = proof.partition(".")[0]
    if not is_id(invitation_id) or not hmac.compare_digest(
        prove_invitation(key, invitation_id).encode(), proof.encode(errors="replace")
    ):
        return None
    return invitation_id


async def find_invited(connection: AsyncConnection, key: bytes, proof: str) -> Invited | None:
    """Whom the mail with this proof reached; None where it is none of ours, or good no longer.

    It is good no longer where it is answered, cancelled or too old, or its network takes nobody in any more.
    """
    invitation_id = proven_id(key, proof)
    if invitation_id is None:
        return None
    told = (invitations.c.name.label("called"), invitations.c.organisation)
    asked = (
        select(invitations.c.address, networks.c.id, networks.c.slug, accounts.c.name, *told)
        .join(networks, networks.c.id == invitations.c.network_id)
        .join(accounts, accounts.c.id == invitations.c.invited_by)
        .where(invitations.c.id == invitation_id, is_waiting(), writable())
    )
    row = (await connection.execute(asked)).one_or_none()
    return replace(Invited(*row), name=spoken_name(row.called)) if row is not None else None


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
    name: str
    organisation: str
    """Both as the inviter's list had them: offered to whoever registers, who may change them."""
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
            invitations.c.name,
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
    return replace(Shown(*row[:16], *(bool(value) for value in row[16:])), name=spoken_name(row[10]))


async def accept_pending_invitations(tx: Transaction, account: Account) -> int:
    """Make the invitations to this account's verified address memberships that wait for its answer; how many.

    To be called in the transaction that verifies the address.
    """
    if account.email is None or account.verified_at is None:
        return 0
    asked = {"email_key": normalise_email(account.email), "moment": now()}
    rows = (await tx.execute(_WAITING.order_by(invitations.c.network_id), asked)).all()
    made = [await offer_place(tx, row.network_id, account.id, row.role, row.invited_by) for row in rows]
    await forget_bounce(tx, asked["email_key"])  # type: ignore[arg-type]
    return sum(current is not None and current.status == "invited" for current in made)


async def end_offers_over(tx: Transaction, *which: ColumnElement[bool], most: int = 100) -> int:
    """End places that are offered by invitations of which nothing can come any more; how many, of `most`."""
    asked = select(memberships.c.network_id, memberships.c.account_id).where(offers_over(), *which)
    found = (await tx.execute(asked.order_by(memberships.c.network_id, memberships.c.account_id).limit(most))).all()
    for row in found:
        current = await lock_current(tx, row.network_id, row.account_id)
        if current is not None and current.status == "invited":
            await change(tx, current, Step("left", current.role, current.decided_by))
    return len(found)


async def end_offers_of(tx: Transaction, account_id: str) -> None:
    """End what was offered to an address that the account has no longer."""
    while await end_offers_over(tx, memberships.c.account_id == account_id):
        pass


async def offer_place(tx: Transaction, network_id: str, account_id: str, role: Role, inviter: str) -> Current | None:
    """Let an account know that it is invited. Who has asked already is a member at once; a member stays one.

    None where another transaction was faster, and for who is banned: a ban is lifted on their page, and nowhere else.
    """
    current = await lock_current(tx, network_id, account_id)
    if current is not None and current.status == "banned":
        return None
    if current is None or current.status not in ("active", "requested", "invited"):
        return await begin(tx, network_id, account_id, Step("invited", role, inviter))
    if current.status == "requested":
        return await change(tx, current, Step("active", role, inviter))
    return current


async def accept_invitation(tx: Transaction, account_id: str, email: str, network_id: str) -> bool:
    """Make the account a member by the invitation to its address, once; whether it is one now.

    False where the invitation is good no longer, and nothing was changed. Raises Forbidden for who is banned.
    """
    current = await lock_current(tx, network_id, account_id)
    if current is not None and current.status == "banned":
        raise Forbidden(BANNED)
    used = await use_invitation(tx, network_id, email, account_id)
    if used is None:
        # Of two clicks at once the second finds that the first made them a member.
        current = await lock_current(tx, network_id, account_id)
        return current is not None and current.status == "active"
    if current is not None and current.status == "active":
        return True
    offered = await offer_place(tx, network_id, account_id, used.role, used.inviter_id)
    if offered is None:
        raise Conflict("Something else happened here at the same moment. Try again.")
    if offered.status == "invited":
        await change(tx, offered, Step("active", used.role, door="invitation", door_by=used.inviter_id))
    return True


async def use_invitation(tx: Transaction, network_id: str, email: str, account_id: str) -> Used | None:
    """End the invitation of this network to this address as accepted by this account, once.

    None where there is none any more: answered, cancelled, too old, to an address that the person had before, or
    sent by somebody who may no longer invite.
    """
    row = await _end(tx, _to(network_id, email), "accepted")
    if row is None:
        return None
    await forget_bounce(tx, normalise_email(email))
    await _write_down(tx, "invitation.accepted", row, actor_id=account_id, after={"role": row.role})
    return Used(row.role, row.invited_by)


async def decline_invitation(tx: Transaction, network_id: str, email: str) -> bool:
    """End it as declined; whether there was one that waited. The log does not tell whether by an account."""
    row = await _end(tx, _to(network_id, email), "declined")
    if row is not None:
        await _write_down(tx, "invitation.declined", row)
    return row is not None


async def leave_invitation(tx: Transaction, network_id: str, email: str) -> None:
    """End an invitation that was of no use any more: who had it came in another way."""
    mine = (invitations.c.network_id == network_id) & (invitations.c.email_key == normalise_email(email))
    ended = update(invitations).where(mine, invitations.c.ended_at.is_(None))
    await tx.execute(ended.values(ended_at=now(), outcome="expired"))


async def refuse_invitation(tx: Transaction, network_id: str, address: str) -> bool:
    """Decline for whoever reads at this address, signed in or not; whether there was one that waited."""
    offered = await _offered(tx, network_id, normalise_email(address))
    if not await decline_invitation(tx, network_id, address):
        return False
    if offered is not None:
        await change(tx, offered, Step("left", offered.role))
    return True


async def cancel_invitation(tx: Transaction, network_id: str, viewer_id: str, invitation_id: str) -> None:
    """Take back an invitation that waits for its answer; again changes nothing. Raises NotFound where none waits."""
    mine = (invitations.c.id == invitation_id) & (invitations.c.network_id == network_id)
    asked = select(invitations.c.email_key, invitations.c.outcome).where(mine)
    known = (await tx.execute(asked)).one_or_none()
    if known is None:
        raise NotFound
    if known.outcome == "cancelled":
        return
    offered = await _offered(tx, network_id, known.email_key)
    row = await _end(tx, mine & invitations.c.ended_at.is_(None), "cancelled")
    if row is None:
        raise NotFound
    await _write_down(tx, "invitation.cancelled", row, actor_id=viewer_id)
    if offered is not None:
        await change(tx, offered, Step("left", offered.role, viewer_id))


async def _offered(tx: Transaction, network_id: str, email_key: str) -> Current | None:
    """The invited membership beside an invitation, where the address has an account; held before the invitation is.

    In the order in which it is accepted, so that two answers at once wait for each other.
    """
    account_id = await tx.connection.scalar(select(accounts.c.id).where(accounts.c.email_key == email_key))
    current = None if account_id is None else await lock_current(tx, network_id, account_id)
    return current if current is not None and current.status == "invited" else None


def _to(network_id: str, email: str) -> ColumnElement[bool]:
    mine = (invitations.c.network_id == network_id) & (invitations.c.email_key == normalise_email(email))
    return and_(mine, is_waiting())


async def _end(tx: Transaction, which: ColumnElement[bool], outcome: str) -> Any:
    """End one invitation: of any number at once, one gets its row."""
    ended = update(invitations).where(which).values(ended_at=now(), outcome=outcome).returning(invitations)
    return (await tx.execute(ended)).one_or_none()


def tell_of_invitations(tx: Transaction, network_id: str) -> None:
    """Let open lists of the network's invitations know that they have changed."""
    tx.emit(moderators_stream(network_id), InvitationsChanged(network_id))


async def _write_down(tx: Transaction, act: str, row: Any, actor_id: str | None = None, **more: Any) -> None:
    tell_of_invitations(tx, row.network_id)
    deed = Deed(
        act=act,
        kind="invitation",
        object_id=row.id,
        network_id=row.network_id,
        actor_id=actor_id,
        subject_id=actor_id if act == "invitation.accepted" else None,
        names={"address": row.address},
        **more,
    )
    await record(tx, deed)
