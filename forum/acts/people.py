"""What moderators ask of a member: to be silent for a time, or to let what they write be read first; and both ended.

The member's membership is held meanwhile, so that a post of theirs comes before or after, never beside.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from forum.acts.appeals import close_appeals
from forum.acts.recording import Act, Settings, write_act
from forum.audit import Deed, record
from forum.errors import Forbidden, Invalid, NotFound
from forum.events import MembershipChanged
from forum.membership import Current, lock_current
from forum.policy import may_quieten
from forum.records import ActKind
from forum.streams import account_stream
from forum.tables import acts, memberships
from forum.telling import tell
from forum.viewer import Viewer
from ground.columns import Identifier, moment_text, now
from realtime.transaction import Transaction

ALL_POSTS = -1
"""In `memberships.hold_left`: everything waits until a moderator says otherwise."""
SILENCED_LONGER = (
    "They are silenced for longer than that already. A new silence can only last longer: "
    "to shorten it, let them write again first."
)
_STANDING = select(memberships.c.silenced_until, memberships.c.hold_left).where(
    memberships.c.id == bindparam("membership_id", type_=Identifier)
)


async def silence(
    tx: Transaction, viewer: Viewer, network_id: str, account_id: str, until: datetime, reason: str
) -> str:
    """Let a member read and not write until then; the act's id.

    Each silence stands until it ends or is undone, so a shorter one beside a longer would say what is not so. Raises
    NotFound, Forbidden, and Invalid where one stands that ends later.
    """
    current = await _take(tx, viewer, network_id, account_id)
    before = (await tx.execute(_STANDING, {"membership_id": current.id})).one().silenced_until
    if before is not None and before > max(until, now()):
        raise Invalid({"hours": SILENCED_LONGER})
    await _set(tx, current, silenced_until=until)
    was = {"silenced_until": moment_text(before) if before and before > now() else None}
    return await _tell_of(tx, viewer, current, "silence", reason, was, until)


async def end_silence(tx: Transaction, viewer: Viewer, network_id: str, account_id: str) -> None:
    """Let a silenced member write again at once; where they may, nothing changes. Raises NotFound and Forbidden."""
    current = await _take(tx, viewer, network_id, account_id)
    until = (await tx.execute(_STANDING, {"membership_id": current.id})).one().silenced_until
    if until is None or until <= now():
        return
    await _set(tx, current, silenced_until=None)
    await _close(tx, viewer, current, "silence")


async def hold_all(tx: Transaction, viewer: Viewer, network_id: str, account_id: str, reason: str) -> str:
    """Let all that a member writes wait for a moderator; the act's id, empty where it does already."""
    current = await _take(tx, viewer, network_id, account_id)
    left: int = (await tx.execute(_STANDING, {"membership_id": current.id})).one().hold_left
    if left == ALL_POSTS:
        return ""
    await _set(tx, current, hold_left=ALL_POSTS)
    return await _tell_of(tx, viewer, current, "hold", reason, {"hold_left": left})


async def end_hold(tx: Transaction, viewer: Viewer, network_id: str, account_id: str) -> None:
    """Let a member’s posts be read by all at once again; what waits already goes on to wait."""
    current = await _take(tx, viewer, network_id, account_id)
    left: int = (await tx.execute(_STANDING, {"membership_id": current.id})).one().hold_left
    if left == 0:
        return
    await _set(tx, current, hold_left=0)
    await _close(tx, viewer, current, "hold")


async def let_speak(tx: Transaction, network_id: str, account_id: str, act_id: str) -> None:
    """The silence of this act is taken back: they write again at once, or when the last one that stands beside it
    ends."""
    current = await lock_current(tx, network_id, account_id)
    if current is None:
        return
    standing = select(func.max(acts.c.until)).where(
        acts.c.network_id == network_id,
        acts.c.account_id == account_id,
        acts.c.kind == "silence",
        acts.c.undone_at.is_(None),
        acts.c.until > now(),
        acts.c.id != act_id,
    )
    await _set(tx, current, silenced_until=await tx.connection.scalar(standing))


async def let_through(tx: Transaction, network_id: str, account_id: str, left: int) -> None:
    """That all of their posts wait is taken back: as many do as did before, `left`."""
    current = await lock_current(tx, network_id, account_id)
    if current is not None:
        await _set(tx, current, hold_left=left)


async def _take(tx: Transaction, viewer: Viewer, network_id: str, account_id: str) -> Current:
    """The membership, held. Raises NotFound for who is no member, and Forbidden for who may not do this to them."""
    if not may_quieten(viewer, network_id, "", "member"):
        raise Forbidden(may_quieten(viewer, network_id, "", "member").reason)
    current = await lock_current(tx, network_id, account_id)
    if current is None or current.status != "active":
        raise NotFound
    decision = may_quieten(viewer, network_id, account_id, current.role)
    if not decision:
        raise Forbidden(decision.reason)
    return current


async def _set(tx: Transaction, current: Current, **values: Any) -> None:
    await tx.execute(update(memberships).where(memberships.c.id == current.id).values(values))
    # Their open pages show at once whether they may write.
    tx.emit(account_stream(current.account_id), MembershipChanged(current.id, current.version))


async def _tell_of(
    tx: Transaction,
    viewer: Viewer,
    current: Current,
    kind: ActKind,
    reason: str,
    before: Settings,
    until: datetime | None = None,
) -> str:
    after: Mapping[str, Any] = {"until": moment_text(until)} if until else {"hold_left": ALL_POSTS}
    act = Act(
        kind=kind,
        network_id=current.network_id,
        by_id=viewer.id,
        reason=reason,
        account_id=current.account_id,
        until=until,
        before=before,
        after=after,
    )
    act_id = await write_act(tx, act)
    await tell(tx, [current.account_id], "act.concerns_me", act_id, network_id=current.network_id)
    tx.enqueue("mail", {"letter": "quietened", "act_id": act_id})
    return act_id


async def _close(tx: Transaction, viewer: Viewer, current: Current, kind: ActKind) -> None:
    """The acts that asked for it count no longer, and the member is told."""
    open_ones = (
        update(acts)
        .where(
            acts.c.network_id == current.network_id,
            acts.c.account_id == current.account_id,
            acts.c.kind == kind,
            acts.c.undone_at.is_(None),
        )
        .values(undone_at=now(), undone_by=viewer.id, version=acts.c.version + 1)
        .returning(acts.c.id)
    )
    closed = list((await tx.execute(open_ones)).scalars())
    deed = Deed(
        act=f"account.{kind}_ended",
        kind="account",
        object_id=current.account_id,
        network_id=current.network_id,
        actor_id=viewer.id,
        subject_id=current.account_id,
        after={"acts": len(closed)},
    )
    await record(tx, deed)
    is_answered = await close_appeals(tx, viewer.id, closed)
    for act_id in [] if is_answered else closed[-1:]:
        await tell(tx, [current.account_id], "act.undone", act_id, network_id=current.network_id)
