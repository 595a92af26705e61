"""Invitations by e-mail: kept by address, and turned into an invited membership once the address is verified.

Whether an address has an account is never told: an invitation looks the same to administrators
until the person accepts it.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.accounts import Account, normalise_email
from auth.tables import accounts
from forum.membership import Current, Step, begin, change, lock_current
from forum.records import Role
from forum.tables import invitations, memberships, networks
from ground.columns import now
from realtime.transaction import Transaction

VALID_FOR = timedelta(days=30)

_INVITER = memberships.alias("inviter")
inviter_may_still = exists(
    select(_INVITER.c.id).where(
        _INVITER.c.network_id == invitations.c.network_id,
        _INVITER.c.account_id == invitations.c.invited_by,
        _INVITER.c.current,
        _INVITER.c.status == "active",
        _INVITER.c.role == "administrator",
    )
)
"""Invitations whose inviter is an administrator of the network at this moment."""

_WAITING = select(invitations.c.network_id, invitations.c.role, invitations.c.invited_by).where(
    invitations.c.email_key == bindparam("email_key"),
    invitations.c.ended_at.is_(None),
    invitations.c.expires_at > bindparam("moment"),
    inviter_may_still,
)


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom an invitation that waits is for, where it leads, and who sent it."""

    address: str
    network_id: str
    network_slug: str
    inviter: str


def prove_invitation(key: bytes, invitation_id: str) -> str:
    """What the mail of an invitation carries, and nobody can make who has not had it: kept nowhere."""
    seal = hmac.new(key, f"invitation {invitation_id}".encode(), hashlib.sha256).hexdigest()
    return f"{invitation_id}.{seal}"


async def find_invited(connection: AsyncConnection, key: bytes, proof: str) -> Invited | None:
    """Whom the mail with this proof reached; None where it is none of ours, or is answered, withdrawn or too old."""
    invitation_id = proof.partition(".")[0]
    if not hmac.compare_digest(prove_invitation(key, invitation_id).encode(), proof.encode()):
        return None
    asked = (
        select(invitations.c.address, networks.c.id, networks.c.slug, accounts.c.name)
        .join(networks, networks.c.id == invitations.c.network_id)
        .join(accounts, accounts.c.id == invitations.c.invited_by)
        .where(invitations.c.id == invitation_id, invitations.c.ended_at.is_(None), invitations.c.expires_at > now())
        .where(inviter_may_still)
    )
    row = (await connection.execute(asked)).one_or_none()
    return Invited(*row) if row is not None else None


async def accept_pending_invitations(tx: Transaction, account: Account) -> int:
    """Make the invitations to this account's verified address memberships that wait for its answer; how many.

    To be called in the transaction that verifies the address.
    """
    if account.email is None or account.verified_at is None:
        return 0
    asked = {"email_key": normalise_email(account.email), "moment": now()}
    rows = (await tx.execute(_WAITING.order_by(invitations.c.network_id), asked)).all()
    made = [await offer_place(tx, row.network_id, account.id, row.role, row.invited_by) for row in rows]
    return sum(current is not None and current.status == "invited" for current in made)


async def offer_place(tx: Transaction, network_id: str, account_id: str, role: Role, inviter: str) -> Current | None:
    """Let an account know that it is invited. Who has asked already is a member at once; a member stays one."""
    current = await lock_current(tx, network_id, account_id)
    if current is None or current.status not in ("active", "requested", "invited"):
        return await begin(tx, network_id, account_id, Step("invited", role, inviter))
    if current.status == "requested":
        return await change(tx, current, Step("active", role, inviter))
    return current


async def use_invitation(tx: Transaction, network_id: str, email: str) -> Role | None:
    """End the invitation of this network to this address, once; the role that it gives.

    None where there is none any more: answered, withdrawn, too old, to an address that the person had before, or
    sent by somebody who may no longer invite.
    """
    ended = (
        update(invitations)
        .where(
            invitations.c.network_id == network_id,
            invitations.c.email_key == normalise_email(email),
            invitations.c.ended_at.is_(None),
            invitations.c.expires_at > now(),
            inviter_may_still,
        )
        .values(ended_at=now())
        .returning(invitations.c.role)
    )
    return (await tx.execute(ended)).scalar_one_or_none()
