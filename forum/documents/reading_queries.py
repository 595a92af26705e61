"""How many have opened a document and who says that they have read it, for who looks after it."""

from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.policy import documents_read_in, may_see_readers
from forum.records import Document, Person
from forum.shown_people import shown_name
from forum.tables import document_openings, document_readings, document_wishes, memberships
from forum.viewer import Viewer

MOST_READERS = 500
MOST_HEIRS = 500


@dataclass(frozen=True, slots=True)
class Readers:
    """Numbers, and the names of those who wished to be named."""

    opened: int
    others: int
    """How many members beside the owner may open it."""
    read: tuple[tuple[Person, int], ...]
    """Who said that they have read it, and which version."""


@dataclass(frozen=True, slots=True)
class OwnStanding:
    """What the viewer themselves has done with it."""

    has_opened: bool
    read_number: int
    """The version that they said they have read; 0 for none."""
    waits: bool
    """They are told when it is free."""


async def read_readers(connection: AsyncConnection, viewer: Viewer, document: Document) -> Readers | None:
    """The numbers; None for whom they are not for."""
    if not may_see_readers(viewer, document):
        return None
    reads = and_(
        memberships.c.network_id == document.network_id,
        documents_read_in(document.is_narrowed),
        memberships.c.account_id != viewer.id,
    )
    others = await connection.scalar(select(func.count()).select_from(memberships).where(reads))
    opened = (
        select(func.count())
        .select_from(document_openings)
        .join(memberships, memberships.c.account_id == document_openings.c.account_id)
        .where(document_openings.c.document_id == document.id, reads)
    )
    said = (
        select(accounts.c.id, shown_name(accounts), document_readings.c.number)
        .select_from(document_readings)
        .join(accounts, accounts.c.id == document_readings.c.account_id)
        .join(memberships, memberships.c.account_id == document_readings.c.account_id)
        .where(document_readings.c.document_id == document.id, reads)
        .order_by(document_readings.c.read_at.desc())
        .limit(MOST_READERS)
    )
    rows = (await connection.execute(said)).all() if document.asks_reading else ()
    named = tuple((Person(row[0], row[1]), row[2]) for row in rows)
    return Readers(await connection.scalar(opened) or 0, others or 0, named)


async def read_own(connection: AsyncConnection, viewer: Viewer, document: Document) -> OwnStanding:
    """What the viewer has done with the document."""
    if not viewer.id:
        return OwnStanding(False, 0, False)
    opened, read, wish = (
        select(column).where(table.c.document_id == document.id, table.c.account_id == viewer.id)
        for table, column in (
            (document_openings, document_openings.c.account_id),
            (document_readings, document_readings.c.number),
            (document_wishes, document_wishes.c.account_id),
        )
    )
    return OwnStanding(
        await connection.scalar(opened) is not None,
        await connection.scalar(read) or 0,
        await connection.scalar(wish) is not None,
    )


async def list_heirs(connection: AsyncConnection, viewer: Viewer, document: Document) -> list[Person]:
    """Members who may look after the document: those who may see it."""
    if viewer.role_in(document.network_id) is None:
        return []
    members = (
        select(accounts.c.id, accounts.c.name)
        .join(memberships, memberships.c.account_id == accounts.c.id)
        .where(memberships.c.network_id == document.network_id, documents_read_in(document.is_narrowed))
        .order_by(func.lower(accounts.c.name), accounts.c.id)
        .limit(MOST_HEIRS)
    )
    return [Person(*row) for row in await connection.execute(members)]
