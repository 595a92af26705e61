"""A document is talked about in a thread: which one, and that it has begun."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.errors import Forbidden
from forum.events import DocumentChanged
from forum.policy import documents_heard, documents_readable_by
from forum.streams import network_stream
from forum.tables import documents, networks
from forum.viewer import Viewer
from realtime.transaction import Transaction

BEGUN_MEANWHILE = "Somebody has begun to talk about this document meanwhile. Load its page again to go on there."


@dataclass(frozen=True, slots=True)
class Discussed:
    """A document that may be talked about in a thread of its network, which everybody there reads."""

    id: str
    title: str
    number: int
    """Of its newest version."""
    thread_id: str | None


async def find_discussed(
    connection: AsyncConnection, viewer: Viewer, document_id: str, network_id: str
) -> Discussed | None:
    """The document; None where it has no thread, because not everybody there may know of it, or is withdrawn."""
    this = (
        select(documents.c.id, documents.c.title, documents.c.version_count, documents.c.thread_id)
        .join(networks, networks.c.id == documents.c.network_id)
        .where(documents.c.id == document_id, networks.c.id == network_id, documents.c.withdrawn_at.is_(None))
        .where(documents_readable_by(viewer), documents_heard())
    )
    row = (await connection.execute(this)).first()
    return Discussed(*row) if row is not None else None


async def begin_discussion(tx: Transaction, document_id: str, thread_id: str) -> None:
    """The thread that this transaction begins is about the document. Raises Forbidden where another is already."""
    free = (documents.c.id == document_id) & documents.c.thread_id.is_(None) & documents.c.is_narrowed.is_(False)
    begun = update(documents).where(free).values(thread_id=thread_id, version=documents.c.version + 1)
    row = (await tx.execute(begun.returning(documents.c.network_id, documents.c.version))).first()
    if row is None:
        raise Forbidden(BEGUN_MEANWHILE)
    tx.emit(network_stream(row.network_id), DocumentChanged(document_id, row.version))
