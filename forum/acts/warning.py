"""Somebody is warned: nothing is taken from them, but they are told, and it stands in their record."""

from sqlalchemy import select

from forum.acts.recording import Act, tell_of_act, write_act
from forum.errors import Forbidden, Invalid, NotFound
from forum.policy import may_warn
from forum.records import Rule
from forum.tables import memberships
from forum.viewer import Viewer
from realtime.transaction import Transaction

SAY_WHY = "Say what they should do otherwise. They read these words."


async def warn_person(
    tx: Transaction, viewer: Viewer, network_id: str, account_id: str, reason: str, rule: Rule | None = None
) -> str:
    """Warn a person who belongs to the network or belonged to it; the act's id.

    Raises Forbidden, Invalid without a reason, and NotFound where they never belonged.
    """
    decision = may_warn(viewer, network_id, account_id)
    if not decision:
        raise Forbidden(decision.reason)
    known = select(memberships.c.id).where(
        memberships.c.network_id == network_id,
        memberships.c.account_id == account_id,
        memberships.c.since.is_not(None),
    )
    if (await tx.execute(known.limit(1))).first() is None:
        raise NotFound
    if not reason:
        raise Invalid({"reason": SAY_WHY})
    act = Act(kind="warn", network_id=network_id, by_id=viewer.id, reason=reason, rule=rule, account_id=account_id)
    act_id = await write_act(tx, act)
    await tell_of_act(tx, act_id, account_id, network_id)
    return act_id
