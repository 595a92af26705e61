"""Leaving a network: what somebody holds there goes to an heir, and the last administrator names another first."""

from forum.errors import Invalid, NotFound
from forum.heirs import NO_HEIR, NOT_AN_ADMINISTRATOR
from forum.invitations import decline_invitation
from forum.membership import STANDS, Current, Step, change, is_alone, lock_several
from forum.network_reads import find_network
from forum.records import Status
from forum.telling import tell
from forum.viewer import Viewer
from realtime.transaction import Transaction


async def leave_network(
    tx: Transaction, viewer: Viewer, slug: str, *, may_be_last: bool = False, heir: str = ""
) -> Status:
    """Leave, withdraw a request, or decline an invitation; what the viewer was until now.

    Leaving an open network once more, where the answer to the first time was lost, changes nothing; of any other
    all that is under its front page is not found by whoever has left. Who is alone in a network leaves it to
    nobody, where they `may_be_last`. An administrator may name an `heir`, who becomes an administrator too and takes
    over what the viewer holds; without one it ends. Raises NotFound where there is nothing to end, Forbidden for the
    last administrator among others who names nobody, Invalid for an heir who can't be one.
    """
    found = await find_network(tx.connection, viewer, slug)
    people = {} if found is None else await lock_several(tx, found.network.id, [viewer.id, *([heir] if heir else [])])
    current = people.get(viewer.id)
    if found is not None and found.network.access == "open" and current is not None and current.has_left:
        return "left"
    if current is None or current.status not in STANDS:
        raise NotFound
    alone = may_be_last and current.status == "active" and await is_alone(tx, current.network_id)
    if heir and current.status == "active":
        await _name_heir(tx, viewer, current, people.get(heir))
    await change(tx, current, Step("left", current.role, heir=heir or None), may_be_last=alone)
    if current.status == "invited" and viewer.account is not None:
        await decline_invitation(tx, current.network_id, viewer.account.email)
    return current.status


async def _name_heir(tx: Transaction, viewer: Viewer, current: Current, heir: Current | None) -> None:
    """Make sure that the heir is an administrator; only an administrator can make them one."""
    if heir is None or heir.status != "active" or heir.account_id == current.account_id:
        raise Invalid({"heir": NO_HEIR})
    if heir.role == "administrator":
        return
    if current.role != "administrator":
        raise Invalid({"heir": NOT_AN_ADMINISTRATOR})
    became = await change(tx, heir, Step("active", "administrator", viewer.id))
    tx.enqueue("mail", {"letter": "role_changed", "membership_id": became.id})
    told, of = [became.account_id], became.network_id
    await tell(tx, told, "role.changed", became.id, network_id=of, actor_id=viewer.id)
