"""Somebody is removed from a network, or for good: an act like others, against which they may appeal once.

The proof of it stands in the audit log by the membership's own step, so none is written here.
"""

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import bindparam, select, update

from auth.tables import accounts
from forum.acts.appeals import close_appeals
from forum.acts.recording import Act, keep_act
from forum.errors import Conflict
from forum.holdings import wait_again
from forum.membership import Current, Step, begin, change, lock_current
from forum.notification_kinds import NotificationKind
from forum.records import ActKind, Role
from forum.tables import acts
from forum.telling import tell
from ground.columns import Identifier, now
from realtime.transaction import Transaction

KINDS: dict[str, ActKind] = {"removed": "expel", "banned": "ban"}
_HOLD_PERSON = (
    select(accounts.c.closed_at)
    .where(accounts.c.id == bindparam("person_id", type_=Identifier))
    .with_for_update(read=True)
)
OTHERWISE = "They stand otherwise by now: they belong to the network again, or something else was decided since."


async def exclude(tx: Transaction, by_id: str, was: Current, status: Literal["removed", "banned"], reason: str) -> str:
    """Keep that somebody was removed, and tell them where they can appeal; the act's id. `was`: how they stood."""
    act = Act(
        kind=KINDS[status],
        network_id=was.network_id,
        by_id=by_id,
        reason=reason,
        account_id=was.account_id,
        before={"status": was.status, "role": was.role},
    )
    act_id = await keep_act(tx, act)
    told: NotificationKind = "membership.ended" if was.status == "active" else "act.concerns_me"
    await tell(tx, [was.account_id], told, act_id, network_id=was.network_id, actor_id=by_id)
    return act_id


async def note_ban_lifted(tx: Transaction, by_id: str, network_id: str, account_id: str) -> None:
    """The ban counts no longer: there is nothing left to appeal against. They are told that they may ask again."""
    ban = update(acts).where(
        acts.c.network_id == network_id,
        acts.c.account_id == account_id,
        acts.c.kind == "ban",
        acts.c.undone_at.is_(None),
    )
    lifted = ban.values(undone_at=now(), undone_by=by_id, version=acts.c.version + 1).returning(acts.c.id)
    ended = list((await tx.execute(lifted)).scalars())
    await close_appeals(tx, by_id, ended)
    await tell_let_in(tx, network_id, account_id, ended)


async def tell_let_in(tx: Transaction, network_id: str, account_id: str, act_ids: Sequence[str]) -> None:
    """Tell somebody that these acts keep them out no longer; the letter says whether they belong again, or may ask."""
    for act_id in act_ids[-1:]:
        await tell(tx, [account_id], "exclusion.ended", act_id, network_id=network_id)
    tx.enqueue("mail", {"letter": "exclusion_ended", "network_id": network_id, "account_id": account_id})


async def hold_person(tx: Transaction, account_id: str) -> bool:
    """Whether the account is open, and nobody closes it meanwhile. It is held before their memberships."""
    return (await tx.execute(_HOLD_PERSON, {"person_id": account_id})).scalar_one() is None


async def bring_back(
    tx: Transaction, by_id: str | None, network_id: str, account_id: str, kind: ActKind, status: str, role: Role
) -> None:
    """As it was before an act of this kind: who belonged belongs again, and what they wrote and nobody had read waits
    again; who did not may ask.

    Whoever has closed their account meanwhile comes back nowhere; the act counts no longer, and that is all.
    Raises Conflict where they do already, or where something else keeps them out by now, such as a later ban.
    """
    if not await hold_person(tx, account_id):
        return
    current = await lock_current(tx, network_id, account_id)
    if current is None or KINDS.get(current.status) != kind:
        raise Conflict(OTHERWISE)
    if status == "active":
        await wait_again(tx, network_id, account_id, current.id)
        if await begin(tx, network_id, account_id, Step("active", role, by_id)) is None:
            raise Conflict(OTHERWISE)
    elif current.status == "banned":
        await change(tx, current, Step("removed", current.role, by_id))
