"""Documents as one viewer may see them: one, a list in an order, its versions; and as a stream tells of them."""

import contextlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.accounts import FORMER_MEMBER
from auth.tables import accounts
from forum.documents.cursors import BAD_CURSOR
from forum.errors import Invalid, NotFound
from forum.filing import version_check
from forum.policy import documents_heard, documents_readable_by, kept_in_library
from forum.records import Document, DocumentLock, DocumentOrder, DocumentVersion, Person
from forum.shown_people import columns_of, person_from
from forum.tables import document_locks, document_versions, documents, folders, networks
from forum.viewer import Viewer
from ground.clock import this_moment
from ground.columns import Moment, moment_text

_owners, _authors, _holders, _withdrawers = (
    accounts.alias(name) for name in ("owners", "version_authors", "holders", "withdrawers")
)

VERSION_COLUMNS: list[ColumnElement[Any]] = [
    document_versions.c.document_id,
    document_versions.c.number,
    document_versions.c.sha256,
    document_versions.c.size,
    document_versions.c.name,
    document_versions.c.media_type,
    *columns_of(_authors),
    document_versions.c.note,
    document_versions.c.created_at,
    version_check(),
]
_VERSION_WIDTH = len(VERSION_COLUMNS)


def version_from(row: Sequence[Any]) -> DocumentVersion:
    """The version in the first values of a row of VERSION_COLUMNS."""
    author = person_from(row[6:9]) or Person("", FORMER_MEMBER)
    return DocumentVersion(row[0], row[1], row[2], row[3], row[4], row[5], author, row[9], row[10], row[11])


_LOCK_COLUMNS = [
    *columns_of(_holders),
    document_locks.c.purpose,
    document_locks.c.taken_at,
    document_locks.c.ends_at,
]
_OWN_COLUMNS: list[ColumnElement[Any]] = [
    documents.c.id,
    documents.c.network_id,
    documents.c.folder_id,
    folders.c.name,
    documents.c.title,
    documents.c.description,
    documents.c.tags,
    *columns_of(_owners),
    documents.c.state,
    documents.c.version_count,
    documents.c.thread_id,
    documents.c.is_narrowed,
    kept_in_library(documents),
    documents.c.asks_reading,
    documents.c.created_at,
    documents.c.changed_at,
    documents.c.withdrawn_at,
    *columns_of(_withdrawers),
    documents.c.withdrawal_reason,
    documents.c.version,
    documents.c.held_at,
    documents.c.hold_reason,
]
_OWN_WIDTH = len(_OWN_COLUMNS)
_DOCUMENTS = (
    select(*_OWN_COLUMNS, *VERSION_COLUMNS, *_LOCK_COLUMNS)
    .select_from(documents)
    .join(networks, networks.c.id == documents.c.network_id)
    .join(
        document_versions,
        and_(
            document_versions.c.document_id == documents.c.id,
            document_versions.c.number == documents.c.version_count,
        ),
    )
    .join(_authors, _authors.c.id == document_versions.c.author_id)
    .outerjoin(folders, folders.c.id == documents.c.folder_id)
    .outerjoin(_owners, _owners.c.id == documents.c.owner_id)
    .outerjoin(_withdrawers, _withdrawers.c.id == documents.c.withdrawn_by)
    .outerjoin(
        document_locks,
        and_(document_locks.c.document_id == documents.c.id, document_locks.c.ends_at > this_moment()),
    )
    .outerjoin(_holders, _holders.c.id == document_locks.c.holder_id)
)


def _document_from(row: Sequence[Any]) -> Document:
    own, version = row[:_OWN_WIDTH], row[_OWN_WIDTH : _OWN_WIDTH + _VERSION_WIDTH]
    holder = person_from(row[_OWN_WIDTH + _VERSION_WIDTH :])
    purpose, taken_at, ends_at = row[-3:]
    tags = json.loads(own[6]) if isinstance(own[6], str) else own[6]
    return Document(
        id=own[0],
        network_id=own[1],
        folder_id=own[2],
        folder_name=own[3],
        title=own[4],
        description=own[5],
        tags=tuple(tags),
        owner=person_from(own[7:10]),
        state="withdrawn" if own[18] is not None else own[10],
        current=version_from(version),
        version_count=own[11],
        thread_id=own[12],
        is_narrowed=bool(own[13]),
        is_kept=bool(own[14]),
        asks_reading=bool(own[15]),
        created_at=own[16],
        changed_at=own[17],
        withdrawn_at=own[18],
        withdrawn_by=person_from(own[19:22]),
        withdrawal_reason=own[22],
        lock=DocumentLock(holder, purpose, taken_at, ends_at) if holder is not None else None,
        version=own[23],
        held_at=own[24],
        hold_reason=own[25],
    )


async def find_document(connection: AsyncConnection, viewer: Viewer, document_id: str) -> Document | None:
    """The document; None where there is none of which this viewer may know."""
    this = _DOCUMENTS.where(documents.c.id == document_id, documents_readable_by(viewer))
    row = (await connection.execute(this)).first()
    return _document_from(row) if row is not None else None


async def get_document(connection: AsyncConnection, viewer: Viewer, document_id: str) -> Document:
    """The same. Raises NotFound."""
    found = await find_document(connection, viewer, document_id)
    if found is None:
        raise NotFound
    return found


# -- Lists -----------------------------------------------------------------------------------------

_OWNER_NAME = func.coalesce(func.lower(_owners.c.name), "")
_ORDERS: dict[DocumentOrder, tuple[ColumnElement[Any], bool]] = {
    "newest": (documents.c.changed_at, True),
    "name": (documents.c.title_key, False),
    "kind": (documents.c.media_type, False),
    "size": (documents.c.size, True),
    "person": (_OWNER_NAME, False),
}
"""By what each order goes, and whether from the greatest down."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which documents of a network, in which order, and after which."""

    network_id: str
    order: DocumentOrder = "newest"
    folder_id: str | None = None
    """In this folder alone."""
    is_top: bool = False
    """In no folder at all."""
    withdrawn: bool = False
    after: tuple[str | int, str] | None = None
    """The place after which the list goes on."""


def _chosen(viewer: Viewer, wanted: Wanted) -> Select[Any]:
    statement = _DOCUMENTS.where(networks.c.id == wanted.network_id, documents_readable_by(viewer))
    statement = statement.where(
        documents.c.withdrawn_at.is_not(None) if wanted.withdrawn else documents.c.withdrawn_at.is_(None)
    )
    if wanted.is_top:
        statement = statement.where(documents.c.folder_id.is_(None))
    if wanted.folder_id is not None:
        statement = statement.where(documents.c.folder_id == wanted.folder_id)
    return statement


Place = tuple[str | int, str]
"""The key of a row in its order, and its id."""


async def list_documents(
    connection: AsyncConnection, viewer: Viewer, wanted: Wanted, at_most: int
) -> tuple[list[Document], Place | None]:
    """Documents of a network in this order, from after a place on; and the place after them, where more follow."""
    column, falls = _ORDERS[wanted.order]
    statement = _chosen(viewer, wanted).add_columns(column.label("order_key"))
    if wanted.after is not None:
        value, last_id = wanted.after
        key = literal(_moment(str(value)), Moment()) if wanted.order == "newest" else literal(value, column.type)
        place, here = tuple_(key, literal(last_id, documents.c.id.type)), tuple_(column, documents.c.id)
        statement = statement.where(here < place if falls else here > place)
    ordered = (column.desc(), documents.c.id.desc()) if falls else (column, documents.c.id)
    rows = (await connection.execute(statement.order_by(*ordered).limit(at_most + 1))).all()
    shown = rows[:at_most]
    place_after: Place | None = None
    if len(rows) > at_most:
        last = shown[-1]
        place_after = (moment_text(last[-1]) if wanted.order == "newest" else last[-1], last[0])
    return [_document_from(row[:-1]) for row in shown], place_after


def _moment(text: str) -> datetime:
    moment: datetime | None = None
    with contextlib.suppress(ValueError):
        moment = datetime.fromisoformat(text)
    if moment is None or moment.tzinfo is None or not 1970 < moment.year < 3000:
        raise Invalid({"after": BAD_CURSOR})
    return moment


_OWN_VERSIONS = (
    select(*VERSION_COLUMNS)
    .select_from(document_versions)
    .join(documents, documents.c.id == document_versions.c.document_id)
    .join(networks, networks.c.id == documents.c.network_id)
    .join(_authors, _authors.c.id == document_versions.c.author_id)
)


async def list_versions(
    connection: AsyncConnection, viewer: Viewer, document_id: str, *, before: int = 2**31 - 1, at_most: int = 50
) -> list[DocumentVersion]:
    """The versions of a document, newest first."""
    own = _OWN_VERSIONS.where(documents.c.id == document_id, documents_readable_by(viewer))
    own = own.where(document_versions.c.number < before).order_by(document_versions.c.number.desc()).limit(at_most)
    return [version_from(row) for row in await connection.execute(own)]


async def get_version(connection: AsyncConnection, viewer: Viewer, document_id: str, number: int) -> DocumentVersion:
    """One version. Raises NotFound."""
    this = _OWN_VERSIONS.where(documents.c.id == document_id, documents_readable_by(viewer))
    row = (await connection.execute(this.where(document_versions.c.number == number))).first()
    if row is None:
        raise NotFound
    return version_from(row)


# -- For everybody who hears the network's stream, or its moderators': the gateway has asked who that is ----


async def list_heard(connection: AsyncConnection, ids: Collection[str], *, by_moderators: bool) -> list[Document]:
    """The documents with these ids that the network's stream tells of, or that its moderators' does."""
    heard = ~documents_heard() if by_moderators else documents_heard()
    rows = await connection.execute(_DOCUMENTS.where(documents.c.id.in_(ids), heard))
    return [_document_from(row) for row in rows]
