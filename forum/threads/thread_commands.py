"""Change a thread itself: its title, its pin, its lock; and how much one wants to hear of it."""

from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from forum.errors import Conflict, Forbidden
from forum.events import ThreadChanged
from forum.policy import REASONS, ending_of, may_lock, may_pin, may_retitle, may_watch
from forum.records import Thread, WatchLevel
from forum.streams import thread_stream
from forum.tables import networks, threads, watches
from forum.threads import queries
from forum.viewer import Viewer
from ground.columns import Identifier, now
from realtime.transaction import Transaction

MOST_PINNED = 10
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


async def change_thread(
    tx: Transaction,
    viewer: Viewer,
    thread_id: str,
    *,
    title: str | None = None,
    pinned: bool | None = None,
    locked: bool | None = None,
    expected: int | None = None,
) -> bool:
    """Set what is given; whether anything changed. Raises NotFound, Forbidden, and Conflict for another version."""
    # The network is not opened meanwhile: who hears of the thread stays as it is found.
    held = (await tx.execute(_HOLD_NETWORK, {"held_in": thread_id})).one_or_none()
    await tx.execute(_LOCK, {"locked_id": thread_id})
    thread = await queries.get_thread(tx.connection, viewer, thread_id)
    _ask(viewer, thread, title, pinned, locked)
    ending = ending_of(held.archived_at, held.deletes_at) if held else ""
    if ending:
        raise Forbidden(REASONS[ending])
    if expected is not None and expected != thread.version:
        raise Conflict("This thread was changed meanwhile.")
    values: dict[str, Any] = {}
    if title is not None and title != thread.title:
        values["title"] = title
    if pinned is not None and pinned != (thread.pinned_at is not None):
        if pinned and (await tx.connection.scalar(_COUNT_PINNED, {"of": thread.network_id}) or 0) >= MOST_PINNED:
            raise Forbidden(TOO_MANY_PINNED)
        values["pinned_at"] = now() if pinned else None
    if locked is not None and locked != (thread.locked_at is not None):
        values["locked_at"] = now() if locked else None
    if not values:
        return False
    await tx.execute(update(threads).where(threads.c.id == thread_id).values(**values, version=thread.version + 1))
    tx.emit(thread_stream(thread), ThreadChanged(thread_id, thread.version + 1))
    return True


def _ask(viewer: Viewer, thread: Thread, title: str | None, pinned: bool | None, locked: bool | None) -> None:
    decisions = [may_retitle(viewer, thread)] if title is not None else []
    if pinned is not None:
        decisions.append(may_pin(viewer, thread))
    if locked is not None:
        decisions.append(may_lock(viewer, thread))
    for decision in decisions:
        if not decision:
            raise Forbidden(decision.reason)


async def retitle(tx: Transaction, viewer: Viewer, thread_id: str, title: str, expected: int | None = None) -> bool:
    """Give the thread another title. Raises NotFound, Forbidden and Conflict."""
    return await change_thread(tx, viewer, thread_id, title=title, expected=expected)


async def set_pin(tx: Transaction, viewer: Viewer, thread_id: str, pinned: bool) -> bool:
    """Keep the thread on top of its network's list, or no longer. Raises NotFound and Forbidden."""
    return await change_thread(tx, viewer, thread_id, pinned=pinned)


async def set_lock(tx: Transaction, viewer: Viewer, thread_id: str, locked: bool) -> bool:
    """Let nobody but moderators write in the thread, or everybody again. Raises NotFound and Forbidden."""
    return await change_thread(tx, viewer, thread_id, locked=locked)


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
