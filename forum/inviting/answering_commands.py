"""What whoever holds an invitation's mail does: opens it, accepts, declines."""

from sqlalchemy import update

from forum.bounces import forget_bounce
from forum.errors import Forbidden
from forum.invitations import Shown, accept_invitation, refuse_invitation, tell_of_invitations
from forum.tables import invitations
from forum.viewer import Viewer
from ground.columns import now
from realtime.transaction import Transaction


async def note_opened(tx: Transaction, shown: Shown) -> None:
    """The page behind the link was shown for the first time: the mail has arrived."""
    first = (invitations.c.id == shown.id) & invitations.c.opened_at.is_(None)
    opened = update(invitations).where(first).values(opened_at=now(), bounced_at=None, bounce="")
    if (await tx.execute(opened)).rowcount:
        tell_of_invitations(tx, shown.network_id)
    await forget_bounce(tx, shown.email_key)


async def accept(tx: Transaction, viewer: Viewer, shown: Shown) -> bool:
    """Make the viewer a member of the network by this invitation; whether they are one now.

    Raises Forbidden where it went to another address.
    """
    if viewer.account is None:
        raise Forbidden("Sign in with the address that the invitation went to.")
    return await accept_invitation(tx, viewer.id, viewer.account.email, shown.network_id)


async def refuse(tx: Transaction, shown: Shown) -> bool:
    """Decline for whoever reads at the address; whether the invitation waited for an answer."""
    return await refuse_invitation(tx, shown.network_id, shown.address)
