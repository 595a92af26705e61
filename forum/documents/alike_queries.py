"""Whether a document that was just shared is there already, as far as its sharer may know."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.documents.queries import get_document
from forum.policy import documents_readable_by, looks_after, may_become_version
from forum.records import Document
from forum.tables import document_versions, documents, networks
from forum.viewer import Viewer
from ground.columns import now

TOLD_FOR = timedelta(days=1)
"""So long after it was shared: who leaves both means both."""


@dataclass(frozen=True, slots=True)
class Alike:
    """An earlier document of the same network whose newest version has the same bytes, or else the same name."""

    document: Document
    is_same: bool
    """Byte for byte."""
    may_join: bool
    """The viewer may make of the later one a version of this."""


async def find_alike(connection: AsyncConnection, viewer: Viewer, document: Document) -> Alike | None:
    """For who shared it a moment ago and has made nothing more of it: one that this viewer may read, and was first.

    Of two that are shared at once the second is told of the first.
    """
    is_fresh = document.version_count == 1 and document.state != "withdrawn" and document.created_at > now() - TOLD_FOR
    if not is_fresh or not looks_after(viewer, document):
        return None
    is_same = document_versions.c.sha256 == document.current.sha256
    is_called_so = func.lower(document_versions.c.name) == func.lower(document.current.name)
    newest = (
        document_versions.c.document_id == documents.c.id,
        document_versions.c.number == documents.c.version_count,
    )
    found = (
        select(documents.c.id, is_same)
        .join(networks, networks.c.id == documents.c.network_id)
        .join(document_versions, newest[0] & newest[1])
        .where(networks.c.id == document.network_id, documents_readable_by(viewer), documents.c.withdrawn_at.is_(None))
        .where(documents.c.id < document.id, or_(is_same, is_called_so))
        .order_by(is_same.desc(), documents.c.changed_at.desc())
        .limit(1)
    )
    row = (await connection.execute(found)).first()
    if row is None:
        return None
    earlier = await get_document(connection, viewer, row[0])
    return Alike(earlier, bool(row[1]), not row[1] and bool(may_become_version(viewer, document, earlier)))
