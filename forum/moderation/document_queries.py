"""A document as somebody is about to report it."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.errors import NotFound
from forum.policy import DocumentStanding, documents_readable_by
from forum.records import Person
from forum.shown_people import columns_of
from forum.tables import document_versions, documents, networks
from forum.viewer import Viewer

_authors = accounts.alias("authors")


@dataclass(frozen=True, slots=True)
class ReportedDocument:
    """A document with the version that is meant."""

    id: str
    network_id: str
    title: str
    number: int
    version_count: int
    author: Person
    """Who shared this version."""
    standing: DocumentStanding


async def get_reported_document(
    connection: AsyncConnection, viewer: Viewer, document_id: str, number: int | None
) -> ReportedDocument:
    """The document, with this version or its newest. Raises NotFound."""
    version = documents.c.version_count if number is None else number
    query = (
        select(
            documents.c.id,
            documents.c.network_id,
            documents.c.title,
            document_versions.c.number,
            documents.c.version_count,
            documents.c.owner_id,
            documents.c.withdrawn_at,
            *columns_of(_authors),
        )
        .join(networks, networks.c.id == documents.c.network_id)
        .join(document_versions, document_versions.c.document_id == documents.c.id)
        .join(_authors, _authors.c.id == document_versions.c.author_id)
        .where(documents.c.id == document_id, document_versions.c.number == version, documents_readable_by(viewer))
    )
    row = (await connection.execute(query)).first()
    if row is None:
        raise NotFound
    author = Person(row[7], row[8], is_former=bool(row[9]))
    standing = DocumentStanding(row.network_id, row.owner_id, author.id, row.withdrawn_at is not None)
    return ReportedDocument(row[0], row[1], row[2], row[3], row[4], author, standing)
