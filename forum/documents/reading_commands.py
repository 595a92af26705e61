"""Note that somebody has opened a document, for a number alone; and that they say they have read it, where asked."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from forum.documents.queries import get_document
from forum.errors import Forbidden
from forum.policy import may_say_read
from forum.tables import document_openings, document_readings
from forum.viewer import Viewer
from ground.columns import now
from realtime.transaction import Transaction


def _saying(dialect_insert: Any) -> Any:
    statement = dialect_insert(document_readings)
    new = {name: statement.excluded[name] for name in ("number", "read_at")}
    return statement.on_conflict_do_update(index_elements=["document_id", "account_id"], set_=new)


_OPENED: dict[str, Any] = {
    "postgresql": postgresql.insert(document_openings).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(document_openings).on_conflict_do_nothing(),
}
_SAID = {"postgresql": _saying(postgresql.insert), "sqlite": _saying(sqlite.insert)}


async def note_opening(tx: Transaction, viewer: Viewer, document_id: str) -> None:
    """The viewer has opened the document; once is enough."""
    row = {"document_id": document_id, "account_id": viewer.id, "opened_at": now()}
    await tx.execute(_OPENED[tx.connection.dialect.name], row)


async def say_read(tx: Transaction, viewer: Viewer, document_id: str) -> None:
    """The viewer has read the newest version, and its owner sees it. Raises NotFound and Forbidden."""
    document = await get_document(tx.connection, viewer, document_id)
    if not may_say_read(viewer, document):
        raise Forbidden("Nobody asks you to say that you have read this document.")
    row = {"document_id": document_id, "account_id": viewer.id, "number": document.version_count, "read_at": now()}
    await tx.execute(_SAID[tx.connection.dialect.name], row)
