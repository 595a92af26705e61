"""Say that one works on a document, and that one does no longer; break another's lock; be told when it is free."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from forum.documents.queries import get_document
from forum.documents.writing_commands import hold_document, note
from forum.errors import Forbidden
from forum.events import DocumentChanged
from forum.freeing import tell_free
from forum.policy import documents_heard, may_add_version, may_await_document, may_break_lock
from forum.records import Document
from forum.state import State
from forum.streams import document_stream, moderators_stream, network_stream
from forum.tables import document_locks, document_wishes, documents, networks
from forum.telling import tell
from forum.viewer import Viewer
from ground.columns import now
from realtime.transaction import Transaction

ENDS_AFTER = timedelta(hours=8)
"""After the last sign of life."""
LOCK_OVER = "document.lock_over"
"""The task at the moment when a lock ends, unless there was another sign of life."""
_PART = 100
NOT_LOCKED = "Nobody is working on this document."


def _taking(dialect_insert: Any) -> Any:
    statement = dialect_insert(document_locks)
    new = {name: statement.excluded[name] for name in ("holder_id", "purpose", "taken_at", "ends_at")}
    return statement.on_conflict_do_update(index_elements=["document_id"], set_=new)


_TAKE = {"postgresql": _taking(postgresql.insert), "sqlite": _taking(sqlite.insert)}
_WISH: dict[str, Any] = {
    "postgresql": postgresql.insert(document_wishes).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(document_wishes).on_conflict_do_nothing(),
}


async def take_lock(tx: Transaction, viewer: Viewer, document_id: str, purpose: str) -> None:
    """Work on it for eight hours; again, for eight more. Raises NotFound, and Forbidden while another does."""
    document = await hold_document(tx, viewer, document_id)
    decision = may_add_version(viewer, document)
    if not decision:
        raise Forbidden(decision.reason)
    moment, lock = now(), document.lock
    ends_at = moment + ENDS_AFTER
    row = {
        "document_id": document_id,
        "holder_id": viewer.id,
        "purpose": purpose or (lock.purpose if lock else ""),
        "taken_at": lock.taken_at if lock else moment,
        "ends_at": ends_at,
    }
    await tx.execute(_TAKE[tx.connection.dialect.name], row)
    tx.enqueue(LOCK_OVER, {"document_id": document_id}, after=ends_at)
    await _touch(tx, document)


async def release_lock(tx: Transaction, viewer: Viewer, document_id: str) -> None:
    """Work on it no longer; whoever waits is told. Raises NotFound, and Forbidden where somebody else does."""
    document = await hold_document(tx, viewer, document_id, to_add=False)
    if document.lock is None:
        return
    if document.lock.holder.id != viewer.id:
        raise Forbidden(f"{document.lock.holder.name} is working on this document.")
    await _free(tx, viewer, document)


async def break_lock(tx: Transaction, viewer: Viewer, document_id: str, reason: str) -> None:
    """End what somebody else works on; they are told, and the log says why. Raises NotFound and Forbidden."""
    document = await hold_document(tx, viewer, document_id, to_add=False)
    decision = may_break_lock(viewer, document)
    if not decision:
        raise Forbidden(decision.reason)
    if document.lock is None:
        raise Forbidden(NOT_LOCKED)
    holder_id = document.lock.holder.id
    await note(tx, viewer, "document.lock_broken", document, reason=reason, subject_id=holder_id)
    if holder_id != viewer.id:
        about = {"network_id": document.network_id, "actor_id": viewer.id}
        await tell(tx, [holder_id], "document.taken", document_id, **about)
    await _free(tx, viewer, document)


async def _free(tx: Transaction, viewer: Viewer, document: Document) -> None:
    """Nobody works on it any more: those who wished to know are told, and wish no longer."""
    await tx.execute(delete(document_locks).where(document_locks.c.document_id == document.id))
    await tell_free(tx, document.id, document.network_id, viewer.id)
    await _touch(tx, document)


async def wish_for(tx: Transaction, viewer: Viewer, document_id: str, *, wished: bool) -> None:
    """Be told when it is free, or no longer. Raises NotFound, and Forbidden where nobody works on it."""
    document = await get_document(tx.connection, viewer, document_id)
    decision = may_await_document(viewer, document)
    if not decision:
        raise Forbidden(decision.reason)
    if not wished:
        mine = (document_wishes.c.document_id == document_id) & (document_wishes.c.account_id == viewer.id)
        await tx.execute(delete(document_wishes).where(mine))
        return
    if document.lock is None or document.lock.holder.id == viewer.id:
        raise Forbidden("Nobody else is working on this document.")
    row = {"document_id": document_id, "account_id": viewer.id}
    await tx.execute(_WISH[tx.connection.dialect.name], row)


async def _touch(tx: Transaction, document: Document) -> None:
    this = documents.update().where(documents.c.id == document.id)
    await tx.execute(this.values(version=document.version + 1))
    tx.emit(document_stream(document), DocumentChanged(document.id, document.version + 1))


# -- For the worker --------------------------------------------------------------------------------


async def end_lock(_: State, tx: Transaction, reference: Mapping[str, str]) -> None:
    """A lock may be over: it is gone for readers already, and those who wished to know are told, and open pages."""
    await _end_if_over(tx, reference["document_id"])


async def end_old_locks(state: State) -> None:
    """The same for whatever was left."""
    over = select(document_locks.c.document_id).where(document_locks.c.ends_at <= now()).limit(_PART)
    while True:
        async with state.database.read() as connection:
            found = list(await connection.scalars(over))
        for document_id in found:
            async with state.transaction() as tx:
                await _end_if_over(tx, document_id)
        if len(found) < _PART:
            return


async def _end_if_over(tx: Transaction, document_id: str) -> None:
    held = select(documents.c.network_id, documents.c.version, documents_heard()).join(
        networks, networks.c.id == documents.c.network_id
    )
    this = held.where(documents.c.id == document_id).with_for_update(of=documents)
    row = (await tx.execute(this)).first()
    if row is None:
        return  # it was deleted meanwhile
    network_id, version, is_heard = tuple(row)
    is_over = (document_locks.c.document_id == document_id) & (document_locks.c.ends_at <= now())
    if not (await tx.execute(delete(document_locks).where(is_over))).rowcount:
        return
    await tell_free(tx, document_id, network_id, None)
    await tx.execute(documents.update().where(documents.c.id == document_id).values(version=version + 1))
    stream = network_stream if is_heard else moderators_stream
    tx.emit(stream(network_id), DocumentChanged(document_id, version + 1))
