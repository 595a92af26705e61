"""Memberships begin, change and end here, and nowhere else: the row, the counters, the events, in one transaction.

Shared ground: an address that is verified turns its invitations into memberships, in another slice.
Rights are asked by the caller. Every step takes the newest row of the person in the network under a
lock, so that two at once see each other; the network's row, which every post needs, comes last.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from forum.audit import Deed, record
from forum.errors import Conflict, Forbidden
from forum.events import MemberChanged, MemberJoined, MemberLeft, MembershipChanged, ReportsChanged, RequestsChanged
from forum.holdings import Giving, hand_over, recount_held, what_stays
from forum.offers import offered_by
from forum.policy import REASONS, ending_of
from forum.records import ROLE_RANK, Door, Role, Status
from forum.resuming import go_on
from forum.streams import account_stream, moderators_stream, network_stream
from forum.tables import (
    addressed_posts,
    membership_states,
    memberships,
    networks,
    posts,
    read_states,
    site,
)
from forum.telling import forget_network, take_back
from ground.columns import new_id, now
from realtime.transaction import Transaction

STANDS: frozenset[Status] = frozenset(("requested", "invited", "active"))
"""What a membership is while it has not ended."""
LAST_ADMINISTRATOR = "You are the last administrator. Make another member an administrator first."


@dataclass(frozen=True, slots=True)
class Current:
    """The newest membership of a person in a network, held until the transaction ends."""

    id: str
    network_id: str
    account_id: str
    role: Role
    status: Status
    decided_by: str | None
    since: datetime | None
    version: int
    ended_by: str | None = None

    @property
    def has_left(self) -> bool:
        """Whether they ended it themselves."""
        return self.status == "left" and self.ended_by == self.account_id

    @property
    def is_shown(self) -> bool:
        """Whether moderators may know of it: not of invitations, waiting or ended without a yes."""
        return self.since is not None or self.status not in ("invited", "left")


@dataclass(frozen=True, slots=True)
class Step:
    """What a membership becomes. `by` is the account that decides; None where it is the person themselves."""

    status: Status
    role: Role = "member"
    by: str | None = None
    words: str = ""
    reason: str = ""
    heir: str | None = None
    """Who takes over what the person can no longer hold: an administrator. Without one it ends."""
    door: Door = ""
    """The way by which they came, where they came by themselves, or that their end was undone."""
    door_by: str | None = None
    """Who opened it: sent the invitation, or made the joining link."""

    @property
    def resumes(self) -> bool:
        """Whether the membership goes on as it was before it ended."""
        return self.door == "undone"


_COLUMNS = (
    memberships.c.id,
    memberships.c.network_id,
    memberships.c.account_id,
    memberships.c.role,
    memberships.c.status,
    memberships.c.decided_by,
    memberships.c.since,
    memberships.c.version,
    memberships.c.ended_by,
)
_LOCK = (
    select(*_COLUMNS)
    .where(
        memberships.c.network_id == bindparam("network_id"),
        memberships.c.account_id == bindparam("account_id"),
        memberships.c.current,
    )
    .with_for_update(key_share=True)
)
_ON_CONFLICT: dict[str, Any] = {"index_elements": ["account_id", "network_id"], "index_where": memberships.c.current}
_INSERTS: dict[str, Any] = {
    "postgresql": postgresql.insert(memberships).on_conflict_do_nothing(**_ON_CONFLICT),
    "sqlite": sqlite.insert(memberships).on_conflict_do_nothing(**_ON_CONFLICT),
}
_COUNT = (
    update(networks)
    .where(networks.c.id == bindparam("of_network"))
    .values(
        member_count=networks.c.member_count + bindparam("members"),
        waiting_count=networks.c.waiting_count + bindparam("waiting"),
    )
    .returning(networks.c.post_count, networks.c.archived_at, networks.c.deletes_at, networks.c.hold_first)
)
_OTHER_ADMINISTRATORS = select(func.count()).where(
    memberships.c.network_id == bindparam("network_id"),
    memberships.c.account_id != bindparam("account_id"),
    memberships.c.current,
    memberships.c.status == "active",
    memberships.c.role == "administrator",
)


async def lock_current(tx: Transaction, network_id: str, account_id: str) -> Current | None:
    """The newest membership of this person in this network, ended ones too; nobody else changes it meanwhile."""
    row = (await tx.execute(_LOCK, {"network_id": network_id, "account_id": account_id})).first()
    return Current(*tuple(row)) if row is not None else None


async def lock_several(tx: Transaction, network_id: str, account_ids: Collection[str]) -> dict[str, Current]:
    """The same for several people, by account; all are held in one order, so that two who decide about each other
    come one after the other and nobody waits for ever."""
    held: dict[str, Current] = {}
    for account_id in sorted(set(account_ids)):
        current = await lock_current(tx, network_id, account_id)
        if current is not None:
            held[account_id] = current
    return held


async def begin(tx: Transaction, network_id: str, account_id: str, step: Step) -> Current | None:
    """Begin a time of asking, being invited or belonging for somebody who has none; an ended one stays as it was.

    None where another transaction began one first: look at it with `lock_current` and decide again.
    """
    fresh, moment = new_id(), now()
    earlier = (
        update(memberships)
        .where(
            memberships.c.network_id == network_id,
            memberships.c.account_id == account_id,
            memberships.c.current,
            memberships.c.status.not_in(STANDS),
        )
        .values(current=False)
    )
    await tx.execute(earlier)
    row: dict[str, Any] = {
        "id": fresh,
        "network_id": network_id,
        "account_id": account_id,
        "role": step.role,
        "status": step.status,
        "current": True,
        "words": step.words,
        "reason": step.reason,
        "created_at": moment,
        "since": moment if step.status == "active" else None,
        "decided_by": step.by,
    }
    inserted = await tx.execute(_INSERTS[tx.connection.dialect.name], row)
    if inserted.rowcount != 1:
        return None
    await tx.create_stream(account_stream(account_id))
    await _write_down(tx, None, step, fresh, network_id, account_id)
    made = Current(fresh, network_id, account_id, step.role, step.status, step.by, row["since"], 1)
    await _remember(tx, made, step, moment)
    await _count(tx, None, made)
    _tell(tx, None, made)
    return made


async def change(tx: Transaction, current: Current, step: Step, *, may_be_last: bool = False) -> Current:
    """Make a membership something else: admit, refuse, end it, give another role; undo its end.

    Raises Forbidden where a network would be left without an administrator, unless it `may_be_last`: somebody
    who is alone in a network and leaves it, or closes their account, has nobody to name.
    """
    administers = current.status == "active" and current.role == "administrator"
    if administers and not may_be_last and (step.status, step.role) != ("active", "administrator"):
        await _keep_an_administrator(tx, current)
    await _write_down(tx, current, step, current.id, current.network_id, current.account_id)
    moment = now()
    values: dict[str, Any] = {
        "status": step.status,
        "role": step.role,
        "version": memberships.c.version + 1,
        **_moments(current, step, moment),
    }
    if step.words:
        values["words"] = step.words
    if step.reason or step.status != current.status:
        values["reason"] = step.reason  # each act has its own, or none
    statement = (
        update(memberships)
        .where(memberships.c.id == current.id, memberships.c.version == current.version)
        .values(values)
    )
    if (await tx.execute(statement)).rowcount != 1:
        raise Conflict("Somebody else has answered this already. Load the page again to see how it stands.")
    since = values.get("since", current.since)
    became = replace(current, role=step.role, status=step.status, since=since, version=current.version + 1)
    await _remember(tx, became, step, moment)
    await _let_go(tx, current, became, step)
    await _count(tx, current, became, resumes=step.resumes)
    _tell(tx, current, became)
    return became


async def _let_go(tx: Transaction, before: Current, after: Current, step: Step) -> None:
    """What took the role that is lost goes to the heir, or ends."""
    rank = ROLE_RANK[after.role] if after.status == "active" else 0
    if before.status != "active" or rank >= ROLE_RANK[before.role]:
        return
    giving = Giving(step.by or after.account_id, step.heir, before.role)
    # Held before their invitations are, in the order in which those are accepted.
    invited = await _hold_offers(tx, after) if before.role == "administrator" and not giving.heir else ()
    await hand_over(tx, after.network_id, after.account_id, rank, giving)
    for offer in invited:
        await change(tx, offer, Step("left", offer.role, giving.by))


async def _hold_offers(tx: Transaction, inviter: Current) -> Sequence[Current]:
    """The places that this person's invitations offer to people who have accounts."""
    offered = await tx.connection.scalars(offered_by(inviter.network_id, inviter.account_id))
    held = await lock_several(tx, inviter.network_id, offered.all())
    return [current for current in held.values() if current.status == "invited"]


async def _write_down(
    tx: Transaction, before: Current | None, step: Step, membership_id: str, network_id: str, account_id: str
) -> None:
    """In the audit log, but for what happens to an invitation: that an address has an account is nobody's business."""
    was = before.status if before else ""
    if step.status == "invited" or (was == "invited" and step.status != "active"):
        return
    deed = Deed(
        act=_act(was, step, account_id),
        kind="member",
        object_id=membership_id,
        network_id=network_id,
        actor_id=step.by or account_id,
        subject_id=account_id,
        before={"status": was, "role": before.role} if before else None,
        after={"status": step.status, "role": step.role, **_door(step)},
        reason=step.reason,
        role="" if before is None and step.by is None else None,  # who comes had none before
    )
    await record(tx, deed)


def _door(step: Step) -> dict[str, str | int | bool | None]:
    opened = {"door_by": step.door_by} if step.door_by else {}
    return {"door": step.door, **opened} if step.door else {}


async def _remember(tx: Transaction, became: Current, step: Step, moment: datetime) -> None:
    """Keep the step for ever, beside how things stand now."""
    row = {
        "id": new_id(),
        "membership_id": became.id,
        "network_id": became.network_id,
        "account_id": became.account_id,
        "status": became.status,
        "role": became.role,
        "at": moment,
        "by_id": step.by or became.account_id,
        "reason": step.reason,
        "door": step.door,
        "door_by": step.door_by,
    }
    await tx.execute(insert(membership_states), row)


def _act(was: str, step: Step, account_id: str) -> str:
    if step.status == was:
        return "member.role_changed"
    if step.resumes:
        return "member.returned"
    if step.status == "active":
        return "member.admitted" if was == "requested" and step.by not in (None, account_id) else "member.joined"
    if (was, step.status) == ("banned", "removed"):
        return "member.ban_lifted"
    return "member.asked" if step.status == "requested" else f"member.{step.status}"


def _moments(current: Current, step: Step, moment: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if step.resumes:
        values["left_at"] = None
    elif step.status == "active" and current.status != "active":
        values |= {"since": moment, "decided_by": step.by or current.decided_by}
    if step.status == "invited":
        values["decided_by"] = step.by
    if step.status in STANDS:
        return values | {"ended_at": None, "ended_by": None}
    if current.status == "active":
        values["left_at"] = moment
    return values | {"ended_at": moment, "ended_by": step.by or current.account_id}


async def _keep_an_administrator(tx: Transaction, current: Current) -> None:
    """Two administrators who leave at once come here one after the other: the second is the last."""
    await tx.execute(select(networks.c.id).where(networks.c.id == current.network_id).with_for_update(key_share=True))
    asked = {"network_id": current.network_id, "account_id": current.account_id}
    if not await tx.connection.scalar(_OTHER_ADMINISTRATORS, asked):
        raise Forbidden(LAST_ADMINISTRATOR)


async def is_alone(tx: Transaction, network_id: str) -> bool:
    """Whether the network has one member or none; nobody comes or goes until the transaction ends."""
    counted = select(networks.c.member_count).where(networks.c.id == network_id)
    member_count: int = (await tx.execute(counted.with_for_update(key_share=True))).scalar_one()
    return member_count <= 1


async def _count(tx: Transaction, before: Current | None, after: Current, *, resumes: bool = False) -> None:
    """Keep the network's counters; who becomes a member begins with everything older read, unless it goes on."""
    was, becomes = before.status if before else "", after.status
    members = (becomes == "active") - (was == "active")
    waiting = (becomes == "requested") - (was == "requested")
    if waiting < 0:
        await take_back(tx, "request.made", after.id)
    if not members and not waiting:
        return
    given = {"of_network": after.network_id, "members": members, "waiting": waiting}
    counted = (await tx.execute(_COUNT, given)).one()
    ending = ending_of(counted.archived_at, counted.deletes_at)
    if ending and becomes in ("active", "requested"):
        raise Forbidden(REASONS[ending])  # whoever asked it before has it again, under the network's lock
    if members:
        # What waits for somebody who goes is nothing to them now; whoever comes back begins with everything read.
        await _forget(tx, addressed_posts, after)
        await recount_held(tx, after.network_id, after.account_id, after.id, belongs=members == 1 and not resumes)
        await forget_network(tx, after.account_id, after.network_id)
        await _redraw_posts(tx, after)
    if resumes:
        await go_on(tx, after.id, after.network_id, after.account_id)
    elif members == 1:
        await _begin_reading(tx, after, counted.post_count, counted.hold_first)


async def _begin_reading(tx: Transaction, member: Current, post_count: int, hold_first: int) -> None:
    began = update(memberships).where(memberships.c.id == member.id)
    waits = await what_stays(tx, member.network_id, member.account_id, member.id, hold_first)
    await tx.execute(began.values(baseline=post_count, read_count=post_count, **waits))
    # Ranges kept from an earlier time as a member say less than "everything is read".
    await _forget(tx, read_states, member)


async def _redraw_posts(tx: Transaction, member: Current) -> None:
    """Posts say beside their author's name when they left: what was rendered of theirs is made anew."""
    wrote = select(posts.c.id).where(posts.c.author_id == member.account_id, posts.c.network_id == member.network_id)
    await tx.execute(update(site).where(wrote.exists()).values(people_version=site.c.people_version + 1))


async def _forget(tx: Transaction, table: Table, member: Current) -> None:
    mine = (table.c.account_id == member.account_id) & (table.c.network_id == member.network_id)
    await tx.execute(delete(table).where(mine))


def _tell(tx: Transaction, before: Current | None, after: Current) -> None:
    was = before.status if before else ""
    heard = network_stream(after.network_id)
    if after.status == "active":
        joined = was != "active"
        tx.emit(heard, MemberJoined(after.id, after.version) if joined else MemberChanged(after.id, after.version))
    elif was == "active":
        tx.emit(heard, MemberLeft(after.id, after.version), authz=True)
    moderated = before is not None and was == "active" and before.role != "member"
    moderates = after.status == "active" and after.role != "member"
    if moderated != moderates or "requested" in (was, after.status):
        stream = moderators_stream(after.network_id)
        tx.emit(stream, RequestsChanged(after.network_id), authz=moderated and not moderates)
    if moderated != moderates:
        # Reports about those who moderate are not counted where all moderators see it.
        tx.emit(moderators_stream(after.network_id), ReportsChanged(after.network_id))
    tx.emit(account_stream(after.account_id), MembershipChanged(after.id, after.version), authz=True)
