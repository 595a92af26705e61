"""What the worker does for this slice: the letters that invite people, and what becomes of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select, update

from auth.tables import accounts
from forum.invitations import end_offers_over, prove_invitation, spoken_name, tell_of_invitations
from forum.inviting.draft_commands import forget_old_lists
from forum.mailing import Letter, LetterWriter
from forum.offers import is_waiting
from forum.state import State
from forum.tables import invitations, networks
from forum.tasks import Chore, Doer, Unsent
from ground.columns import now
from realtime.transaction import Transaction

Reference = Mapping[str, str]


async def write_invitation(state: State, tx: Transaction, reference: Reference) -> Letter | None:
    """To an address: that somebody invites whoever reads there, and where to answer."""
    row = await _find(tx, reference)
    if row is None:
        return None
    subject = f"{row.inviter} invites you to a network on {state.settings.site_name}"
    return Letter(row.address, "", subject, "invitation", _context(state, row, is_reminder=False))


async def write_reminder(state: State, tx: Transaction, reference: Reference) -> Letter | None:
    """To an address that was invited and has not answered: once more the same."""
    row = await _find(tx, reference)
    if row is None or row.bounced_at is not None:
        return None
    subject = f"Still open: {row.inviter} invites you to a network on {state.settings.site_name}"
    return Letter(row.address, "", subject, "invitation", _context(state, row, is_reminder=True))


async def _find(tx: Transaction, reference: Reference) -> Row[Any] | None:
    asked = (
        select(
            networks.c.name,
            networks.c.purpose,
            invitations.c.id,
            invitations.c.address,
            invitations.c.role,
            invitations.c.message,
            invitations.c.name.label("called"),
            invitations.c.expires_at,
            invitations.c.bounced_at,
            accounts.c.name.label("inviter"),
        )
        .join(invitations, invitations.c.network_id == networks.c.id)
        .join(accounts, accounts.c.id == invitations.c.invited_by)
        .where(invitations.c.id == reference["invitation_id"], is_waiting())
    )
    return (await tx.execute(asked)).first()


def _context(state: State, row: Row[Any], *, is_reminder: bool) -> dict[str, Any]:
    return {
        "greeting": spoken_name(row.called),
        "network_name": row.name,
        "purpose": row.purpose,
        "inviter": row.inviter,
        "message": row.message,
        "role": row.role,
        "until": row.expires_at,
        "is_reminder": is_reminder,
        "link": f"{state.settings.public_url}/invitations/{prove_invitation(state.key, row.id)}",
    }


async def note_sent(state: State, tx: Transaction, reference: Reference) -> None:
    """A mail server, or the folder of mails, has taken the letter over."""
    handed_over = update(invitations).where(invitations.c.id == reference["invitation_id"])
    handed_over = handed_over.values(sent_at=now(), bounced_at=None, bounce="").returning(invitations.c.network_id)
    network_id = (await tx.execute(handed_over)).scalar_one_or_none()
    if network_id is not None:
        tell_of_invitations(tx, network_id)


async def note_unsent(state: State, tx: Transaction, reference: Reference, why: str) -> None:
    """Nobody will hand the letter over any more: said beside the invitation, where it waits for its answer."""
    this = (invitations.c.id == reference["invitation_id"], invitations.c.ended_at.is_(None))
    first = (invitations.c.bounced_at.is_(None), invitations.c.opened_at.is_(None))
    given_up = update(invitations).where(*this, *first).values(bounced_at=now(), bounce=why)
    network_id = (await tx.execute(given_up.returning(invitations.c.network_id))).scalar_one_or_none()
    if network_id is not None:
        tell_of_invitations(tx, network_id)


async def end_late_offers(state: State) -> None:
    """Whoever did not answer in time is invited no longer: the place beside their invitation ends too."""
    more = True
    while more:
        async with state.transaction() as tx:
            more = await end_offers_over(tx) > 0


LETTERS: Mapping[str, LetterWriter] = {"invitation": write_invitation, "invitation_reminder": write_reminder}
SENT: Mapping[str, Doer] = {"invitation": note_sent, "invitation_reminder": note_sent}
UNSENT: Mapping[str, Unsent] = {"invitation": note_unsent}
TASKS: Mapping[str, Doer] = {}
CHORES: Sequence[Chore] = (forget_old_lists, end_late_offers)
