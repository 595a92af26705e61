"""Move a thread to another network: who may see it is worked out anew for all that hangs on it, in one transaction.

The network it leaves keeps its numbers and positions without holes: a mark stands for each. Those positions count as
read for everybody there, so that what is unread becomes right for all of its members in one statement. In the network
it comes to it gets the next number and positions, or those that it had there once. What members of both had read stays
read; what others had read is kept aside, should it come back.

Locks are taken as everywhere: all memberships of both networks in the order of their ids, both networks, the thread.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, bindparam, cast, delete, func, insert, select, update

from forum.acts.cases import tell_of_move
from forum.acts.recording import Act, tell_of_act, write_act
from forum.acts.threads import follows_thread
from forum.acts.undoing import take_back
from forum.attaching import move_files
from forum.audit import Deed, record
from forum.errors import Conflict, Forbidden, Invalid
from forum.events import ThreadCreated, ThreadMoved
from forum.network_reads import is_name_typed
from forum.policy import ONLY_ADMINISTRATORS, REASONS, ending_of, is_wider, may_move
from forum.records import Access, Network, Role, Thread
from forum.streams import network_stream
from forum.tables import (
    acts,
    addressed_posts,
    held_posts,
    memberships,
    moved_posts,
    moved_readings,
    moved_threads,
    networks,
    posts,
    read_states,
    threads,
    watches,
)
from forum.telling import settle_moved
from forum.threads import queries
from forum.threads.addressing_commands import forget_addressed_in
from forum.threads.move_news_commands import tell_administrators, tell_of_more_readers
from forum.threads.page_queries import baseline_number
from forum.threads.ranges import count, merge, up_to
from forum.viewer import Viewer
from ground.columns import new_id, now
from realtime.transaction import Transaction

HERE_ALREADY = "The thread is in this network already. Choose another one."
SOME_WAIT = "A reply in this thread waits for a moderator. Approve or reject it first, then move the thread."
OPEN_MOVE = (acts.c.kind == "move", acts.c.undone_at.is_(None))
NO_LONGER = "You are no longer a moderator of both networks, so nothing was moved."


@dataclass(frozen=True, slots=True)
class _Numbers:
    """What the thread is in the network that it comes to: its number there, and where its posts stand."""

    number: int
    after: int
    """Its posts that were never there stand after this position …"""
    known: int
    """… those that were, so many, have the positions that they had."""


async def move_thread(
    tx: Transaction, viewer: Viewer, thread_id: str, target: Network, reason: str, confirm: str = ""
) -> None:
    """Move it; where more people may come to see it by that, whoever wrote in it and the administrators are told.

    Raises NotFound, Forbidden, Invalid where it is there already or where what lets more people see it is not confirmed
    by the other network's name, and Conflict while something waits in it.
    """
    thread = await queries.get_thread(tx.connection, viewer, thread_id)
    _ask(viewer, thread, target)
    both = (thread.network_id, target.id)
    kinds = await hold_both(tx, thread.id, both)
    roles = await roles_in(tx, viewer.id, both)
    if len(roles) < 2:
        raise Forbidden(NO_LONGER)
    thread = await queries.get_thread(tx.connection, viewer, thread_id)
    _ask(viewer, thread, target)
    is_wide = is_wider(kinds[target.id], kinds[thread.network_id])
    if set(kinds.values()) != {"open"} and roles[thread.network_id] != "administrator":
        raise Forbidden(ONLY_ADMINISTRATORS)
    if is_wide and not is_name_typed(confirm, target):
        raise Invalid({"confirm": f"To confirm, type the name of the network where it goes: {target.name}"})
    undone = await _find_undone(tx, thread, target.id)
    if undone is not None:
        await take_back(tx, viewer.id, undone, reason)
    else:
        act_id = await _write_down(tx, viewer, thread, target, await relocate(tx, thread, target.id), reason)
        await tell_administrators(tx, viewer, thread, target.id, act_id, is_wide=is_wide)
    if is_wide:
        await tell_of_more_readers(tx, viewer, thread)


async def _find_undone(tx: Transaction, thread: Thread, target_id: str) -> str | None:
    """The move that is taken back where the thread goes whence it came."""
    moves = select(acts.c.id, acts.c.network_id).where(acts.c.thread_id == thread.id, *OPEN_MOVE)
    newest = (await tx.execute(moves.order_by(acts.c.id.desc()).limit(1))).first()
    return newest.id if newest is not None and newest.network_id == target_id else None


async def relocate(tx: Transaction, thread: Thread, target_id: str) -> int:
    """Move a thread that is held, with both networks; its number there. Raises Conflict while something waits in it."""
    # What waits in a network that it left before can't be let in from there, and keeps it nowhere.
    here = (held_posts.c.thread_id == thread.id, held_posts.c.network_id == thread.network_id)
    waiting = select(held_posts.c.id).where(*here, held_posts.c.outcome == "").limit(1)
    if (await tx.execute(waiting)).first() is not None:
        raise Conflict(SOME_WAIT)
    mark_id = await _leave(tx, thread)
    numbers = await _take_numbers(tx, thread, target_id)
    await _settle(tx, thread, target_id, numbers)
    await tell_of_move(tx, thread.id)
    await move_files(tx, thread.id, thread.network_id, target_id)
    tx.emit(network_stream(thread.network_id), ThreadMoved(mark_id), authz=True)
    tx.emit(network_stream(target_id), ThreadCreated(thread.id, thread.version + 1))
    return numbers.number


def _ask(viewer: Viewer, thread: Thread, target: Network) -> None:
    if thread.network_id == target.id:
        raise Invalid({"network": HERE_ALREADY})
    decision = may_move(viewer, thread, target.id)
    if not decision:
        raise Forbidden(decision.reason)


async def hold_both(tx: Transaction, thread_id: str, both: tuple[str, str]) -> Mapping[str, Access]:
    """Nobody reads, writes, comes or goes in either network meanwhile; of which kind each is. Raises Forbidden where
    one is read only."""
    held = select(memberships.c.id).where(memberships.c.network_id.in_(both), memberships.c.current)
    await tx.execute(held.order_by(memberships.c.id).with_for_update(key_share=True))
    asked = select(networks.c.id, networks.c.archived_at, networks.c.deletes_at, networks.c.access)
    asked = asked.where(networks.c.id.in_(both)).order_by(networks.c.id)
    rows = (await tx.execute(asked.with_for_update(key_share=True))).all()
    for row in rows:
        ending = ending_of(row.archived_at, row.deletes_at)
        if ending:
            raise Forbidden(REASONS[ending])
    await tx.execute(select(threads.c.id).where(threads.c.id == thread_id).with_for_update(key_share=True))
    return {row.id: row.access for row in rows}


async def roles_in(tx: Transaction, account_id: str | None, both: tuple[str, str]) -> Mapping[str, Role]:
    """In which of both networks this person is a moderator or an administrator at this moment, and which."""
    still = select(memberships.c.network_id, memberships.c.role).where(
        memberships.c.network_id.in_(both),
        memberships.c.account_id == account_id,
        memberships.c.current,
        memberships.c.status == "active",
        memberships.c.role != "member",
    )
    return {row.network_id: row.role for row in await tx.execute(still)}


# -- What it leaves behind ----------------------------------------------------------------------


def _read_here(thread: Thread) -> tuple[Any, ColumnElement[int]]:
    """Members of the network that it is in, joined to what they have read of it; and how many posts that is."""
    is_read = and_(read_states.c.thread_id == thread.id, read_states.c.account_id == memberships.c.account_id)
    joined = memberships.join(threads, threads.c.id == thread.id).outerjoin(read_states, is_read)
    return joined, func.coalesce(read_states.c.read_count, baseline_number(memberships.c.baseline), 0)


def _own_read(thread: Thread) -> Select[tuple[int]]:
    """For a row of `memberships`: how many posts of the thread its person has read."""
    counted = select(read_states.c.read_count).where(
        read_states.c.thread_id == thread.id, read_states.c.account_id == memberships.c.account_id
    )
    by_baseline = select(baseline_number(memberships.c.baseline)).where(threads.c.id == thread.id)
    return select(
        func.coalesce(
            counted.correlate(memberships).scalar_subquery(), by_baseline.correlate(memberships).scalar_subquery(), 0
        )
    ).correlate(memberships)


def _members(network_id: str) -> tuple[ColumnElement[bool], ...]:
    return (memberships.c.network_id == network_id, memberships.c.current, memberships.c.status == "active")


async def _leave(tx: Transaction, thread: Thread) -> str:
    """Leave marks for the number and the positions; all of them count as read here. The id of the number's mark."""
    mark_id = new_id()
    mark = {"id": mark_id, "network_id": thread.network_id, "number": thread.number, "thread_id": thread.id}
    await tx.execute(insert(moved_threads), mark | {"moved_at": now()})
    places = select(posts.c.network_id, posts.c.position, posts.c.id).where(posts.c.thread_id == thread.id)
    await tx.execute(insert(moved_posts).from_select(["network_id", "position", "post_id"], places))
    await _keep_aside(tx, thread)
    unread = thread.post_count - _own_read(thread).scalar_subquery()
    counted = update(memberships).where(*_members(thread.network_id))
    await tx.execute(counted.values(read_count=memberships.c.read_count + unread))
    return mark_id


async def _keep_aside(tx: Transaction, thread: Thread) -> None:
    """What members had read, and wanted to hear: so much of it as no baseline tells."""
    joined, _ = _read_here(thread)
    watched = and_(watches.c.thread_id == thread.id, watches.c.account_id == memberships.c.account_id)
    kept = (
        select(
            memberships.c.account_id,
            threads.c.id,
            memberships.c.network_id,
            read_states.c.ranges,
            read_states.c.read_count,
            watches.c.level,
        )
        .select_from(joined.outerjoin(watches, watched))
        .where(*_members(thread.network_id))
        .where(read_states.c.read_count.is_not(None) | watches.c.level.is_not(None))
    )
    old = delete(moved_readings)
    await tx.execute(
        old.where(moved_readings.c.thread_id == thread.id, moved_readings.c.network_id == thread.network_id)
    )
    columns = ["account_id", "thread_id", "network_id", "ranges", "read_count", "level"]
    await tx.execute(insert(moved_readings).from_select(columns, kept))


# -- What it becomes there ----------------------------------------------------------------------


async def _take_numbers(tx: Transaction, thread: Thread, target_id: str) -> _Numbers:
    """The next number and positions; or what it had there before it left, and new positions for what is new since."""
    mark = delete(moved_threads).where(moved_threads.c.thread_id == thread.id, moved_threads.c.network_id == target_id)
    number = (await tx.execute(mark.returning(moved_threads.c.number))).scalar()
    here = select(posts.c.id).where(posts.c.thread_id == thread.id)
    known_there = (moved_posts.c.network_id == target_id, moved_posts.c.post_id.in_(here))
    known = await tx.connection.scalar(select(func.count()).where(*known_there)) or 0
    counted = (
        update(networks)
        .where(networks.c.id == target_id)
        .values(
            post_count=networks.c.post_count + thread.post_count - known,
            thread_count=networks.c.thread_count + (1 if number is None else 0),
        )
        .returning(networks.c.post_count, networks.c.thread_count)
    )
    now_there = (await tx.execute(counted)).one()
    after = now_there.post_count - (thread.post_count - known)
    return _Numbers(now_there.thread_count if number is None else number, after, known)


async def _settle(tx: Transaction, thread: Thread, target_id: str, numbers: _Numbers) -> None:
    """The thread, its posts, and what members of both have read of it are the other network's now."""
    read_before = await _read_by_members_of(tx, thread, target_id)
    place = select(moved_posts.c.position).where(
        moved_posts.c.network_id == target_id, moved_posts.c.post_id == posts.c.id
    )
    new_place = numbers.after + posts.c.number - numbers.known
    position = func.coalesce(place.correlate(posts).scalar_subquery(), new_place)
    await tx.execute(
        update(posts).where(posts.c.thread_id == thread.id).values(network_id=target_id, position=position)
    )
    here = select(posts.c.id).where(posts.c.thread_id == thread.id)
    gone = delete(moved_posts).where(moved_posts.c.network_id == target_id, moved_posts.c.post_id.in_(here))
    await tx.execute(gone)
    ends = select(func.min(posts.c.position), func.max(posts.c.position)).where(posts.c.thread_id == thread.id)
    first, last = tuple((await tx.execute(ends)).one())
    values = {"network_id": target_id, "number": numbers.number, "first_position": first, "last_position": last}
    changed = update(threads).where(threads.c.id == thread.id)
    await tx.execute(changed.values(**values, pinned_at=None, version=thread.version + 1))
    await _settle_reading(tx, thread, target_id, numbers.known, read_before)
    await _settle_addressed(tx, thread, target_id)
    await settle_moved(tx, [thread.id])


async def _read_by_members_of(tx: Transaction, thread: Thread, target_id: str) -> dict[str, Any]:
    """Of members of both networks: what they have read of the thread, by account; as it stands before it moves."""
    other = memberships.alias("target_memberships")
    is_both = and_(
        other.c.account_id == memberships.c.account_id,
        other.c.network_id == target_id,
        other.c.current,
        other.c.status == "active",
    )
    joined, _ = _read_here(thread)
    covered = baseline_number(memberships.c.baseline)
    asked = select(memberships.c.account_id, covered.label("covered"), cast(read_states.c.ranges, String))
    asked = asked.select_from(joined.join(other, is_both)).where(*_members(thread.network_id))
    rows = [tuple(row) for row in await tx.execute(asked)]
    return {row[0]: merge(json.loads(row[2] or "[]"), up_to(row[1] or 0)) for row in rows}


async def _settle_reading(
    tx: Transaction, thread: Thread, target_id: str, known: int, read_before: Mapping[str, Any]
) -> None:
    """Read states anew: what members of both have read, and of members who are only there, what was kept aside."""
    aside = select(
        moved_readings.c.account_id, cast(moved_readings.c.ranges, String).label("ranges"), moved_readings.c.level
    ).where(moved_readings.c.thread_id == thread.id, moved_readings.c.network_id == target_id)
    kept = {row.account_id: (json.loads(row.ranges or "[]"), row.level) for row in await tx.execute(aside)}
    await tx.execute(delete(read_states).where(read_states.c.thread_id == thread.id))
    covered = baseline_number(memberships.c.baseline)
    members = select(memberships.c.id, memberships.c.account_id, covered.label("covered")).where(*_members(target_id))
    rows = (await tx.execute(members.join(threads, threads.c.id == thread.id))).all()
    states, counts = [], []
    for row in rows:
        standing_id, account_id, by_baseline = row.id, row.account_id, row.covered or 0
        ranges = merge([*kept.get(account_id, ((), ""))[0], *read_before.get(account_id, ())], up_to(by_baseline))
        number = count(ranges)
        if number > by_baseline:
            states.append(_state(thread, account_id, target_id, ranges, number))
        # What it had there before counted as read as long as it was elsewhere.
        if number != known:
            counts.append({"standing_id": standing_id, "more": number - known})
    if states:
        await tx.execute(insert(read_states), states)
    if counts:
        read = update(memberships).where(memberships.c.id == bindparam("standing_id"))
        await tx.execute(read.values(read_count=memberships.c.read_count + bindparam("more")), counts)
    await _settle_watches(tx, thread, target_id, {account: level for account, (_, level) in kept.items() if level})


def _state(thread: Thread, account_id: str, network_id: str, ranges: Any, number: int) -> dict[str, Any]:
    return {
        "account_id": account_id,
        "thread_id": thread.id,
        "network_id": network_id,
        "ranges": [list(part) for part in ranges],
        "read_count": number,
        "updated_at": now(),
    }


async def _settle_watches(tx: Transaction, thread: Thread, target_id: str, kept: Mapping[str, str]) -> None:
    """Who can't read it any more hears of it no more; who could once, and can again, hears of it as they wished."""
    members = select(memberships.c.account_id).where(*_members(target_id))
    gone = delete(watches).where(watches.c.thread_id == thread.id, watches.c.account_id.not_in(members))
    await tx.execute(gone)
    watching = set((await tx.execute(select(watches.c.account_id).where(watches.c.thread_id == thread.id))).scalars())
    there = set((await tx.execute(members)).scalars())
    back = [
        {"account_id": account_id, "thread_id": thread.id, "level": level}
        for account_id, level in kept.items()
        if account_id in there - watching
    ]
    if back:
        await tx.execute(insert(watches), back)
    await tx.execute(
        delete(moved_readings).where(moved_readings.c.thread_id == thread.id, moved_readings.c.network_id == target_id)
    )


async def _settle_addressed(tx: Transaction, thread: Thread, target_id: str) -> None:
    """Posts that mention or answer somebody wait for them still, where they may read them there."""
    members = select(memberships.c.account_id).where(*_members(target_id))
    await forget_addressed_in(tx, thread.id, addressed_posts.c.account_id.not_in(members))
    place = select(posts.c.position).where(posts.c.id == addressed_posts.c.post_id).scalar_subquery()
    waits = update(addressed_posts).where(addressed_posts.c.thread_id == thread.id)
    await tx.execute(waits.values(network_id=target_id, position=place))


async def _write_down(
    tx: Transaction, viewer: Viewer, thread: Thread, target: Network, number: int, reason: str
) -> str:
    """In the log of each network, with no more of the other than its id: who reads one need not know of it. The id of
    the act, of which who began the thread is told."""
    act = Act(
        kind="move",
        network_id=thread.network_id,
        by_id=viewer.id,
        reason=reason,
        thread_id=thread.id,
        account_id=thread.author.id,
        before={"number": thread.number, "network_id": thread.network_id},
        after={"posts": thread.post_count, "network_id": target.id},
        names={"title": thread.title},
    )
    act_id = await write_act(tx, act)
    deed = Deed(
        act="thread.moved_here",
        kind="thread",
        object_id=thread.id,
        network_id=target.id,
        actor_id=viewer.id,
        subject_id=thread.author.id,
        before={"network_id": thread.network_id},
        after={"number": number, "posts": thread.post_count},
        reason=reason,
        names={"title": thread.title},
    )
    await record(tx, deed)
    if thread.author.id != viewer.id and await follows_thread(tx, thread.id, thread.network_id, thread.author.id):
        await tell_of_act(tx, act_id, thread.author.id, thread.network_id)
    return act_id
