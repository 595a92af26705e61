"""Change a thread itself: its title, its pin, its lock, its pace; and how much one wants to hear of it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from forum.acts.threads import note_changes
from forum.errors import NOBODY_READS, Conflict, Forbidden, Invalid
from forum.events import ThreadChanged
from forum.policy import (
    REASONS,
    YES,
    ending_of,
    is_free_of_limits,
    may_lock,
    may_pin,
    may_retitle,
    may_slow,
    may_watch,
)
from forum.records import Thread, WatchLevel
from forum.streams import thread_stream
from forum.tables import acts, networks, threads, watches
from forum.threads import queries
from forum.threads.waiting_commands import refuse_changes
from forum.viewer import Viewer
from ground.columns import Identifier, now
from realtime.transaction import Transaction

MOST_PINNED = 10
WHY_OWN = "Say why. It stands in the log of the network, in your words."
TOO_MANY_PINNED = "Ten threads are pinned already. Unpin one of them first."

_HOLD_NETWORK = (
    select(networks.c.archived_at, networks.c.deletes_at)
    .join(threads, threads.c.network_id == networks.c.id)
    .where(threads.c.id == bindparam("held_in", type_=Identifier))
    .with_for_update(read=True, of=networks)
)
_LOCK = (
    select(threads.c.id).where(threads.c.id == bindparam("locked_id", type_=Identifier)).with_for_update(key_share=True)
)
_COUNT_PINNED = select(func.count()).where(threads.c.network_id == bindparam("of"), threads.c.pinned_at.is_not(None))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to become of a thread; what is None stays as it is."""

    title: str | None = None
    pinned: bool | None = None
    locked: bool | None = None
    slow_minutes: int | None = None
    reason: str = ""
    """Why a moderator does it."""


async def change_thread(
    tx: Transaction, viewer: Viewer, thread_id: str, wanted: Wanted, expected: int | None = None
) -> bool:
    """Set what is wanted; whether anything changed. Raises NotFound, Forbidden, Conflict for another version.

    And Invalid where a thread is slowed down without a reason, and where one is given and nothing changes, as nobody
    would read it.
    """
    if wanted.title is not None:
        await _refuse_silenced(tx, viewer, thread_id)
    # The network is not opened meanwhile: who hears of the thread stays as it is found.
    held = (await tx.execute(_HOLD_NETWORK, {"held_in": thread_id})).one_or_none()
    await tx.execute(_LOCK, {"locked_id": thread_id})
    thread = await queries.get_thread(tx.connection, viewer, thread_id)
    _ask(viewer, thread, wanted)
    ending = ending_of(held.archived_at, held.deletes_at) if held else ""
    if ending:
        raise Forbidden(REASONS[ending])
    if expected is not None and expected != thread.version:
        raise Conflict("This thread was changed meanwhile.")
    values = await _values(tx, thread, wanted)
    if not values:
        await _refuse_lost_words(tx, viewer, thread, wanted.reason)
        return False
    if values.get("slow_minutes") and not wanted.reason:
        raise Invalid({"reason": WHY_OWN})
    await tx.execute(update(threads).where(threads.c.id == thread_id).values(**values, version=thread.version + 1))
    await note_changes(tx, viewer, thread, values, wanted.reason)
    tx.emit(thread_stream(thread), ThreadChanged(thread_id, thread.version + 1))
    return True


async def _refuse_lost_words(tx: Transaction, viewer: Viewer, thread: Thread, reason: str) -> None:
    """A reason for what is so already reaches nobody: say so, but not to whoever sends the same once more."""
    mine = select(acts.c.id).where(acts.c.thread_id == thread.id, acts.c.by_id == viewer.id, acts.c.reason == reason)
    if reason and (await tx.execute(mine.limit(1))).first() is None:
        raise Invalid({"reason": NOBODY_READS})


async def _refuse_silenced(tx: Transaction, viewer: Viewer, thread_id: str) -> None:
    """A silence that began since the form was shown holds as well; the membership comes before all other locks."""
    thread = await queries.get_thread(tx.connection, viewer, thread_id)
    if not is_free_of_limits(viewer, thread.network_id):
        await refuse_changes(tx, viewer, thread.network_id)


async def _values(tx: Transaction, thread: Thread, wanted: Wanted) -> dict[str, Any]:
    """The columns that change."""
    values: dict[str, Any] = {}
    if wanted.title is not None and wanted.title != thread.title:
        values["title"] = wanted.title
    if wanted.pinned is not None and wanted.pinned != (thread.pinned_at is not None):
        pinned = await tx.connection.scalar(_COUNT_PINNED, {"of": thread.network_id}) or 0
        if wanted.pinned and pinned >= MOST_PINNED:
            raise Forbidden(TOO_MANY_PINNED)
        values["pinned_at"] = now() if wanted.pinned else None
    if wanted.locked is not None and wanted.locked != (thread.locked_at is not None):
        values["locked_at"] = now() if wanted.locked else None
    if wanted.slow_minutes is not None and wanted.slow_minutes != thread.slow_minutes:
        values["slow_minutes"] = wanted.slow_minutes
    return values


def _ask(viewer: Viewer, thread: Thread, wanted: Wanted) -> None:
    asked = (
        (wanted.title, may_retitle),
        (wanted.pinned, may_pin),
        (wanted.locked, may_lock),
        (wanted.slow_minutes, may_slow),
    )
    for value, may in asked:
        decision = may(viewer, thread) if value is not None else YES
        if not decision:
            raise Forbidden(decision.reason)


async def retitle(tx: Transaction, viewer: Viewer, thread_id: str, title: str, reason: str = "") -> bool:
    """Give the thread another title; a moderator says why. Raises NotFound and Forbidden."""
    return await change_thread(tx, viewer, thread_id, Wanted(title=title, reason=reason))


async def set_pin(tx: Transaction, viewer: Viewer, thread_id: str, pinned: bool) -> bool:
    """Keep the thread on top of its network's list, or no longer. Raises NotFound and Forbidden."""
    return await change_thread(tx, viewer, thread_id, Wanted(pinned=pinned))


async def set_lock(tx: Transaction, viewer: Viewer, thread_id: str, locked: bool, reason: str = "") -> bool:
    """Let nobody but moderators write in the thread, or everybody again. Raises NotFound and Forbidden."""
    return await change_thread(tx, viewer, thread_id, Wanted(locked=locked, reason=reason))


async def set_pace(tx: Transaction, viewer: Viewer, thread_id: str, minutes: int, reason: str = "") -> bool:
    """Let each person who is no moderator post once in so many minutes, or as they like. Raises as the others."""
    return await change_thread(tx, viewer, thread_id, Wanted(slow_minutes=minutes, reason=reason))


def _upsert(insert: Any) -> Any:
    statement = insert(watches)
    return statement.on_conflict_do_update(
        index_elements=["account_id", "thread_id"], set_={"level": statement.excluded.level}
    )


_WATCHES = {"postgresql": _upsert(postgresql.insert), "sqlite": _upsert(sqlite.insert)}


async def set_watch(tx: Transaction, viewer: Viewer, thread_id: str, level: WatchLevel) -> None:
    """Say how much one wants to hear of the thread. Raises NotFound and Forbidden."""
    thread = await queries.get_thread(tx.connection, viewer, thread_id)
    decision = may_watch(viewer, thread.network_id)
    if not decision:
        raise Forbidden(decision.reason)
    row = {"account_id": viewer.id, "thread_id": thread_id, "level": level}
    await tx.execute(_WATCHES[tx.connection.dialect.name], row)
