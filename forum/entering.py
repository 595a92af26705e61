"""What every change to what a network holds begins with: who makes it is a member still, and the network takes changes.

Shared ground, because documents and cards are changed in the same way.
"""

from sqlalchemy import bindparam, select

from forum.errors import Forbidden
from forum.policy import REASONS, ending_of, silenced_words
from forum.tables import memberships, networks
from forum.viewer import Viewer
from ground.columns import Identifier, now
from realtime.transaction import Transaction

NO_LONGER_MEMBER = "You are no longer a member of this network, so nothing was changed."
_MEMBERSHIP = (
    select(memberships.c.role, memberships.c.silenced_until, memberships.c.hold_left)
    .where(
        memberships.c.account_id == bindparam("by", type_=Identifier),
        memberships.c.network_id == bindparam("in_network", type_=Identifier),
        memberships.c.current,
        memberships.c.status == "active",
    )
    .with_for_update(read=True)
)
_NETWORK = (
    select(networks.c.archived_at, networks.c.deletes_at)
    .where(networks.c.id == bindparam("in_network", type_=Identifier))
    .with_for_update(key_share=True)
)


async def hold_place(tx: Transaction, viewer: Viewer, network_id: str, held_words: str, *, to_add: bool = True) -> None:
    """Hold the membership of who writes, and that the network takes changes: a removal comes before this, or after.

    Raises Forbidden, with `held_words` for whose posts wait for a moderator. `to_add`: it is not asked for what
    protects people, such as taking something back.
    """
    asked = {"by": viewer.id, "in_network": network_id}
    held = (await tx.execute(_MEMBERSHIP, asked)).first()
    if held is None:
        raise Forbidden(NO_LONGER_MEMBER)
    network = (await tx.execute(_NETWORK, {"in_network": network_id})).one()
    if not to_add:
        return
    if held.silenced_until is not None and held.silenced_until > now():
        raise Forbidden(silenced_words(held.silenced_until))
    if held.hold_left != 0 and held.role == "member":
        raise Forbidden(held_words)
    ending = ending_of(network.archived_at, network.deletes_at)
    if ending:
        raise Forbidden(REASONS[ending])
