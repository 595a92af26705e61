"""Inviting people by e-mail. No answer tells whether an address has an account, but for members of the network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from auth.accounts import clean_email
from auth.tables import accounts
from forum.audit import Deed, record, text_hash
from forum.errors import Conflict, Forbidden, NotFound
from forum.idempotency import RequestKey, claim
from forum.invitations import cancel_invitation, offer_place, tell_of_invitations
from forum.inviting.address_queries import look_up
from forum.inviting.entries import Entry
from forum.inviting.queries import is_to_remind
from forum.inviting.sorting import DETAILS, SENT, Invited, Known, Outcome, Sorted, keys_of, sort_out
from forum.membership import lock_current
from forum.network_reads import get_administered
from forum.offers import inviter_may_still
from forum.policy import may_admit
from forum.records import Network, Role
from forum.tables import invitations
from forum.viewer import Viewer
from ground.columns import moment_text, new_id, now
from realtime.transaction import Transaction

_PART = 500


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom to invite, as what, with which words and for how many days."""

    entries: Sequence[Entry]
    role: Role
    message: str
    days: int
    takes_look_alikes: bool = True
    """Whether somebody has looked at addresses that look like others, and at who was removed, and means them."""
    time_zone: str = "UTC"
    """In which days are told."""


@dataclass(frozen=True, slots=True)
class _Batch:
    network: Network
    viewer_id: str
    id: str
    wish: Wish
    accounts: Mapping[str, str]
    """By address: the account that will find the invitation on its home page too."""


async def invite(
    tx: Transaction, viewer: Viewer, slug: str, wish: Wish, key: RequestKey | None
) -> tuple[list[Invited], bool]:
    """Invite people by their addresses: one outcome for each entry in its order, and whether this is a replay.

    Raises NotFound where the viewer may not read the network, Forbidden for who is no administrator.
    """
    network = await _get_admitting(tx, viewer, slug)
    claimed = await claim(tx, viewer.id, key, new_id())
    keys = keys_of(wish.entries)
    await _make_room(tx, network.id, keys)
    known = await look_up(tx.connection, viewer, network, keys, zone=ZoneInfo(wish.time_zone))
    if claimed.is_replay:
        return _told_again(wish, keys, known, claimed.object_id), True
    batch = _Batch(network, viewer.id, claimed.object_id, wish, await _accounts(tx, keys))
    outcomes = [await _invite_one(tx, batch, found) for found in _sorted(wish, keys, known)]
    if any(outcome.status in SENT for outcome in outcomes):
        tell_of_invitations(tx, network.id)
    return outcomes, False


def _sorted(wish: Wish, keys: Sequence[str], known: Known) -> list[Sorted]:
    return sort_out(wish.entries, keys, known, takes_look_alikes=wish.takes_look_alikes)


async def _get_admitting(tx: Transaction, viewer: Viewer, slug: str) -> Network:
    """The network, for an administrator who may invite people into it. Raises NotFound or Forbidden."""
    network = await get_administered(tx.connection, viewer, slug)
    decision = may_admit(viewer, network)
    if not decision:
        raise Forbidden(decision.reason)
    return network


def _told_again(wish: Wish, keys: Sequence[str], known: Known, batch_id: str) -> list[Invited]:
    """The same request once more sends nothing: what it sent before is told as sent."""
    known.left = 0
    told = []
    for found in _sorted(wish, keys, known):
        is_mine = found.status == "already_invited" and known.waiting[found.email_key] == batch_id
        status: Outcome = "sent" if is_mine else found.status
        told.append(Invited(found.entry.address, status, DETAILS.get(status, found.detail)))
    return told


async def _make_room(tx: Transaction, network_id: str, keys: Sequence[str]) -> None:
    """One that nobody answered in time, or whose sender may no longer invite, makes room for another."""
    for start in range(0, len(keys), _PART):
        here = (invitations.c.network_id == network_id) & invitations.c.email_key.in_(keys[start : start + _PART])
        over = invitations.c.ended_at.is_(None) & or_(invitations.c.expires_at <= now(), ~inviter_may_still)
        await tx.execute(update(invitations).where(here, over).values(ended_at=now(), outcome="expired"))


async def _accounts(tx: Transaction, keys: Sequence[str]) -> dict[str, str]:
    known: dict[str, str] = {}
    usable = accounts.c.verified_at.is_not(None) & accounts.c.closed_at.is_(None)
    for start in range(0, len(keys), _PART):
        asked = select(accounts.c.email_key, accounts.c.id)
        rows = await tx.execute(asked.where(usable, accounts.c.email_key.in_(keys[start : start + _PART])))
        known |= {row.email_key: row.id for row in rows}
    return known


async def _invite_one(tx: Transaction, batch: _Batch, found: Sorted) -> Invited:
    status = found.status
    if status in SENT:
        status = await _send(tx, batch, found)
    return Invited(found.entry.address, status, found.detail if status == found.status else DETAILS[status])


async def _send(tx: Transaction, batch: _Batch, found: Sorted) -> Outcome:
    """Keep the invitation and have it mailed; an account with this address finds it on its home page too.

    Says who was admitted by it at once, and whom another transaction has invited in this moment.
    """
    row = _row(batch, found, now())
    if (await tx.execute(_INSERTS[tx.connection.dialect.name], row)).rowcount != 1:
        return "already_invited"
    await _write_down(tx, "invitation.sent", row, batch.viewer_id)
    return "admitted" if await _offer(tx, row, batch.accounts.get(found.email_key)) else "sent"


async def _offer(tx: Transaction, row: Mapping[str, Any], account_id: str | None) -> bool:
    """Write to the address of an invitation; an account with it finds a place that waits for its answer, too.

    Whether they are a member now, for they had asked. Their mail says as what, and has the inviter's words.
    """
    place = None
    if account_id is not None:
        place = await offer_place(tx, row["network_id"], account_id, row["role"], row["invited_by"])
    if place is not None and place.status == "active":
        # They had asked: the invitation is the answer.
        ended = update(invitations).where(invitations.c.id == row["id"])
        await tx.execute(ended.values(ended_at=now(), outcome="accepted"))
        by = {"membership_id": place.id, "invitation_id": str(row["id"])}
        tx.enqueue("mail", {"letter": "membership_admitted", **by})
        return True
    tx.enqueue("mail", {"letter": "invitation", "invitation_id": str(row["id"])})
    return False


def _row(batch: _Batch, found: Sorted, moment: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "network_id": batch.network.id,
        "batch_id": batch.id,
        "address": clean_email(found.entry.address),
        "email_key": found.email_key,
        "name": found.entry.name,
        "organisation": found.entry.organisation,
        "role": batch.wish.role,
        "message": batch.wish.message,
        "invited_by": batch.viewer_id,
        "created_at": moment,
        "expires_at": moment + timedelta(days=batch.wish.days),
        "valid_days": batch.wish.days,
    }


async def _write_down(tx: Transaction, act: str, row: Mapping[str, Any], actor_id: str) -> None:
    after: dict[str, str | int | bool | None] = {"role": row["role"], "expires_at": moment_text(row["expires_at"])}
    if act == "invitation.sent" and row["message"]:
        after["message"] = text_hash(row["message"])
    names = {"address": row["address"]} | ({"name": row["name"]} if row["name"] else {})
    deed = Deed(
        act, "invitation", row["id"], row["network_id"], actor_id, after=after, names=names, role="administrator"
    )
    await record(tx, deed)


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
    network = await get_administered(tx.connection, viewer, slug)
    await cancel_invitation(tx, network.id, viewer.id, invitation_id)


async def resend(tx: Transaction, viewer: Viewer, slug: str, invitation_id: str) -> str:
    """Send an invitation once more that was not answered; its days begin anew, and it is the viewer's now. Its address.

    Raises NotFound where there is none, Conflict where it has its answer.
    """
    network = await _get_admitting(tx, viewer, slug)
    mine = (invitations.c.id == invitation_id) & (invitations.c.network_id == network.id)
    account_id = await _hold_place(tx, mine)
    row = (await tx.execute(select(invitations).where(mine).with_for_update(key_share=True))).mappings().one_or_none()
    if row is None:
        raise NotFound
    if row["ended_at"] is not None:
        raise Conflict(_WHY_NOT_AGAIN.get(row["outcome"], "This invitation has ended. Invite the address anew."))
    fresh = {
        "invited_by": viewer.id,
        "expires_at": now() + timedelta(days=row["valid_days"]),
        "sent_at": None,
        "bounced_at": None,
        "bounce": "",
    }
    await tx.execute(update(invitations).where(mine).values(fresh))
    await _write_down(tx, "invitation.resent", dict(row) | fresh, viewer.id)
    tell_of_invitations(tx, network.id)
    await _offer(tx, dict(row) | fresh, account_id)
    return str(row["address"])


async def _hold_place(tx: Transaction, which: ColumnElement[bool]) -> str | None:
    """The account with the address of an invitation, its place held before the invitation is: as it is accepted."""
    asked = select(invitations.c.network_id, invitations.c.email_key).where(which)
    found = (await tx.execute(asked)).one_or_none()
    if found is None:
        return None
    account_id = (await _accounts(tx, [found.email_key])).get(found.email_key)
    current = None if account_id is None else await lock_current(tx, found.network_id, account_id)
    if current is not None and current.status == "banned":
        raise Conflict(DETAILS["banned"])
    return account_id


_WHY_NOT_AGAIN = {
    "accepted": "This person has accepted already.",
    "declined": "This person has declined. If you are sure, invite the address anew.",
}


async def remind(tx: Transaction, viewer: Viewer, slug: str, invitation_id: str = "") -> int:
    """Remind one, or all who have not answered, some days after the last mail; how many mails that makes.

    What came back is left out: a reminder would come back too. Raises NotFound where there is no such invitation.
    """
    network = await _get_admitting(tx, viewer, slug)
    moment = now()
    due = (invitations.c.network_id == network.id) & is_to_remind(moment)
    if invitation_id:
        due &= invitations.c.id == invitation_id
        there = (invitations.c.network_id == network.id) & (invitations.c.id == invitation_id)
        if await tx.connection.scalar(select(invitations.c.id).where(there)) is None:
            raise NotFound
    reminded = update(invitations).where(due).values(reminded_at=moment).returning(invitations)
    rows = (await tx.execute(reminded)).mappings().all()
    for row in rows:
        await _write_down(tx, "invitation.reminded", dict(row), viewer.id)
        tx.enqueue("mail", {"letter": "invitation_reminder", "invitation_id": row["id"]})
    if rows:
        tell_of_invitations(tx, network.id)
    return len(rows)
