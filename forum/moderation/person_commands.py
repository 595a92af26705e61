"""What is done about a person because of a report: they are silenced, their posts wait, or they are removed."""

from datetime import timedelta
from typing import Literal

from forum.acts.excluding import exclude
from forum.acts.people import hold_all, silence
from forum.errors import Conflict, Forbidden, Invalid
from forum.membership import Current, Step, change, lock_several
from forum.moderation.inputs import Decision
from forum.moderation.records import Case
from forum.network_reads import ADMINISTRATORS_ONLY
from forum.viewer import Viewer
from ground.columns import now
from realtime.transaction import Transaction

ON_PERSON = frozenset(("silence", "hold", "expel", "ban"))
NO_MEMBER = "They are no member of this network."
HELD_ALREADY = "All that they write waits for a moderator already."


async def act_on_person(tx: Transaction, viewer: Viewer, found: Case, value: Decision) -> str:
    """Do it; the act's id. Raises Conflict for who is no member, Forbidden for who may not, and Invalid."""
    network_id, account_id = found.network_id, found.person.id
    people = await lock_several(tx, network_id, [viewer.id, account_id])
    current = people.get(account_id)
    if current is None or current.status != "active":
        raise Conflict(NO_MEMBER)
    if value.act == "silence":
        until = now() + timedelta(hours=value.hours)
        return await silence(tx, viewer, network_id, account_id, until, value.reason)
    if value.act == "hold":
        act_id = await hold_all(tx, viewer, network_id, account_id, value.reason)
        if not act_id:
            raise Invalid({"act": HELD_ALREADY})
        return act_id
    mine = people.get(viewer.id)
    if mine is None or (mine.status, mine.role) != ("active", "administrator"):
        raise Forbidden(ADMINISTRATORS_ONLY)
    return await _remove(tx, viewer, current, "banned" if value.act == "ban" else "removed", value.reason)


async def _remove(
    tx: Transaction, viewer: Viewer, current: Current, status: Literal["removed", "banned"], reason: str
) -> str:
    # Whoever removes them looks after what they held.
    await change(tx, current, Step(status, current.role, viewer.id, reason=reason, heir=viewer.id))
    act_id = await exclude(tx, viewer.id, current, status, reason)
    tx.enqueue("mail", {"letter": "membership_ended", "membership_id": current.id, "act_id": act_id})
    return act_id
