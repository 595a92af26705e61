"""Documents that were found, and the page on which the words stand, marked in what stands around them."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import and_, bindparam, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.policy import documents_readable_by_account
from forum.records import Person
from forum.search.marking import MOST, excerpt, mark
from forum.search.match_queries import Row
from forum.search.shown import FORMER, Place, Shown
from forum.tables import document_versions, documents, networks, version_pages, version_previews
from forum.viewer import Viewer
from ground.columns import Identifier
from ground.hot import HotStatement, given, one_of, run

_SHARED = (
    select(
        documents.c.id,
        documents.c.title,
        documents.c.description,
        documents.c.tags,
        document_versions.c.name,
        documents.c.changed_at,
        documents.c.version_count,
        accounts.c.id,
        case((or_(accounts.c.closed_at.is_(None), accounts.c.former_name_shown), accounts.c.name), else_=FORMER),
        accounts.c.closed_at.is_not(None),
        networks.c.id,
        networks.c.slug,
        networks.c.name,
        networks.c.accent,
        networks.c.access,
    )
    .select_from(
        documents.join(networks, networks.c.id == documents.c.network_id)
        .join(
            document_versions,
            and_(
                document_versions.c.document_id == documents.c.id,
                document_versions.c.number == documents.c.version_count,
            ),
        )
        .join(accounts, accounts.c.id == document_versions.c.author_id)
    )
    .where(
        documents.c.withdrawn_at.is_(None),
        documents_readable_by_account(bindparam("viewer_id", required=False, type_=Identifier)),
    )
)


_THESE = one_of(_SHARED, documents.c.id, "ids")


async def list_documents_shown(
    connection: AsyncConnection, viewer: Viewer, ids: Sequence[str], wanted: Collection[str]
) -> list[Shown]:
    """Documents of these ids that the viewer may read."""
    rows = await run(connection, _THESE, {"ids": list(ids), "viewer_id": viewer.id or None})
    return [_document(row, wanted) for row in rows]


def _document(row: Any, wanted: Collection[str]) -> Shown:
    document_id, title, description, tags, name, changed_at, number, author_id, author, is_former, *place = row
    told = excerpt(" · ".join(filter(None, (description, ", ".join(tags), name))), wanted)
    return Shown(
        kind="document",
        id=document_id,
        path=f"/documents/{document_id}",
        title=mark(title, wanted),
        excerpt=told,
        moment=changed_at,
        network=Place(*place),
        author=Person(author_id, author, is_former=bool(is_former)),
        number=number,
    )


_PAGES = HotStatement(
    select(
        version_pages.c.page,
        func.substr(
            version_pages.c.words,
            case((version_pages.c.page == given("page"), given("begins_at") + 1), else_=1),
            MOST,
        ),
        version_previews.c.kind,
    )
    .join(
        version_previews,
        and_(
            version_previews.c.document_id == version_pages.c.document_id,
            version_previews.c.number == version_pages.c.number,
        ),
    )
    .where(
        version_pages.c.document_id == bindparam("document_id", required=False, type_=Identifier),
        version_pages.c.number == given("number"),
        version_pages.c.page.between(given("page"), given("last_page")),
    )
    .order_by(version_pages.c.page)
)
_NAMES = {"sheets": "sheet", "slides": "slide"}


async def with_page(connection: AsyncConnection, shown: Shown, row: Row, wanted: Collection[str]) -> Shown:
    """The document with the page of this part on which most of these terms stand."""
    where = {"page": row.page, "last_page": row.last_page, "begins_at": row.begins_at}
    pages = await run(connection, _PAGES, where | {"document_id": shown.id, "number": shown.number})
    best, most = None, 0
    for page, words, kind in pages:
        part = excerpt(words, wanted)
        told = len({piece.lower() for piece, is_found in part.pieces if is_found})
        if told > most:
            best, most = (page, part, kind), told
    if best is None:
        return shown
    page, part, kind = best
    path = f"{shown.path}/versions/{shown.number}/pages?page={page}#page-{page}"
    return replace(shown, path=path, excerpt=part, page=page, page_name=f"{_NAMES.get(kind, 'page')} {page}")
