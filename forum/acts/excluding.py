"""Somebody is removed from a network, or for good: an act like others, against which they may appeal once.

The proof of it stands in the audit log by the membership's own step, so none is written here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import bindparam, select, update

from auth.tables import accounts
from forum.acts.appeals import close_appeals
from forum.acts.recording import Act, keep_act
from forum.errors import Conflict
from forum.holdings import wait_again
from forum.membership import Current, Step, change, lock_current
from forum.notification_kinds import NotificationKind
from forum.parting import settle_parting
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
ASKS_AGAIN = "They have asked to join again meanwhile. Answer that on the page of requests."


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
    """Tell somebody that these acts keep them out no longer: that they are a member again where they are, and else that
    they may ask, as the letter says."""
    current = await lock_current(tx, network_id, account_id)
    is_member = current is not None and current.status == "active"
    kind: NotificationKind = "membership.returned" if is_member else "exclusion.ended"
    for act_id in act_ids[-1:]:
        await tell(tx, [account_id], kind, act_id, network_id=network_id)
    letter = "membership_returned" if is_member else "exclusion_ended"
    tx.enqueue("mail", {"letter": letter, "network_id": network_id, "account_id": account_id})


async def hold_person(tx: Transaction, account_id: str) -> bool:
    """Whether the account is open, and nobody closes it meanwhile. It is held before their memberships."""
    return (await tx.execute(_HOLD_PERSON, {"person_id": account_id})).scalar_one() is None


@dataclass(frozen=True, slots=True)
class Excluded:
    """Whom an act of this kind kept out of which network, and what they were there before."""

    act_id: str
    network_id: str
    account_id: str
    kind: ActKind
    status: str
    role: Role


async def bring_back(tx: Transaction, by_id: str | None, excluded: Excluded) -> None:
    """As it was before the act: who belonged belongs again, as if they had not been away, and what they wrote and
    nobody had read waits again; who did not may ask.

    Whoever has closed their account meanwhile comes back nowhere; the act counts no longer, and that is all.
    Raises Conflict where they do already, or where something else keeps them out by now, such as a later ban.
    """
    network_id, account_id = excluded.network_id, excluded.account_id
    if not await hold_person(tx, account_id):
        return
    current = await lock_current(tx, network_id, account_id)
    if current is not None and current.status == "requested":
        raise Conflict(ASKS_AGAIN)
    if current is None or KINDS.get(current.status) != excluded.kind or await _was_excluded_since(tx, excluded):
        raise Conflict(OTHERWISE)
    if excluded.status == "active":
        await wait_again(tx, network_id, account_id, current.id)
        await change(tx, current, Step("active", excluded.role, by_id, door="undone"))
        # Who had come while the network was open, and was away as it was closed, reads no more than those who stayed.
        await settle_parting(tx, network_id)
    elif current.status == "banned":
        await change(tx, current, Step("removed", current.role, by_id))


async def _was_excluded_since(tx: Transaction, excluded: Excluded) -> bool:
    """Whether they have been removed once more since: then that is what keeps them out."""
    newer = select(acts.c.id).where(
        acts.c.network_id == excluded.network_id,
        acts.c.account_id == excluded.account_id,
        acts.c.kind.in_(tuple(KINDS.values())),
        acts.c.undone_at.is_(None),
        acts.c.id > excluded.act_id,
    )
    return (await tx.execute(newer.limit(1))).first() is not None
