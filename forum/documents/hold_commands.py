"""A withdrawn document that must not be deleted yet is held, and let go."""

from sqlalchemy import update

from forum.documents.writing_commands import hold_document, note
from forum.errors import Forbidden
from forum.events import DocumentChanged
from forum.policy import may_hold
from forum.streams import document_stream
from forum.tables import documents
from forum.viewer import Viewer
from ground.columns import now
from realtime.transaction import Transaction


async def set_hold(tx: Transaction, viewer: Viewer, document_id: str, reason: str | None) -> None:
    """Keep it from being deleted, for this reason; None: no longer. Raises NotFound and Forbidden."""
    document = await hold_document(tx, viewer, document_id, to_add=False)
    decision = may_hold(viewer, document)
    if not decision:
        raise Forbidden(decision.reason)
    if (reason is not None) == (document.held_at is not None):
        return
    values = {"held_at": now() if reason is not None else None, "hold_reason": reason or ""}
    this = update(documents).where(documents.c.id == document_id)
    await tx.execute(this.values(**values, version=document.version + 1))
    act = "document.held" if reason is not None else "document.let_go"
    await note(tx, viewer, act, document, reason=reason or "")
    tx.emit(document_stream(document), DocumentChanged(document_id, document.version + 1))
