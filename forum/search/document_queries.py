"""Documents that were found, and the page on which the words stand, marked in what stands around them."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import JSON, FromClause, Integer, Select, and_, bindparam, case, cast, column, func, or_, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.policy import documents_readable_by_account
from forum.records import Person
from forum.search.marking import MOST, excerpt, mark
from forum.search.match_queries import Row
from forum.search.shown import FORMER, Place, Shown
from forum.search.terms import term_of
from forum.tables import document_versions, documents, networks, version_pages, version_previews
from forum.viewer import Viewer
from ground.columns import Identifier
from ground.hot import HotStatement, one_of, run

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


def _pages(part: FromClause) -> Select[Any]:
    """The pages of parts of texts; of its first page a part shows what stands behind its beginning."""
    is_first = version_pages.c.page == part.c.page
    return (
        select(
            version_pages.c.document_id,
            version_pages.c.page,
            func.substr(version_pages.c.words, case((is_first, part.c.begins_at + 1), else_=1), MOST),
            version_previews.c.kind,
        )
        .select_from(
            part.join(
                version_pages,
                and_(
                    version_pages.c.document_id == part.c.document_id,
                    version_pages.c.number == part.c.number,
                    version_pages.c.page.between(part.c.page, part.c.last_page),
                ),
            ).join(
                version_previews,
                and_(
                    version_previews.c.document_id == version_pages.c.document_id,
                    version_previews.c.number == version_pages.c.number,
                ),
            )
        )
        .order_by(version_pages.c.document_id, version_pages.c.page)
    )


_COLUMNS: dict[str, Any] = {
    "document_id": Identifier(),
    **dict.fromkeys(("number", "page", "last_page", "begins_at"), Integer()),
}
_LISTED = func.json_each(bindparam("parts", type_=JSON)).table_valued("value").c.value
_PAGES = HotStatement(
    _pages(
        func.unnest(*(bindparam(name, type_=postgresql.ARRAY(kind)) for name, kind in _COLUMNS.items()))
        .table_valued(*(column(name, kind) for name, kind in _COLUMNS.items()), name="part")
        .render_derived()
    ),
    sqlite_statement=_pages(
        select(
            *(
                cast(func.json_extract(_LISTED, f"$[{place}]"), kind).label(name)
                for place, (name, kind) in enumerate(_COLUMNS.items())
            )
        ).subquery("part")
    ),
)
_NAMES = {"sheets": "sheet", "slides": "slide"}


async def with_pages(
    connection: AsyncConnection, parts: Sequence[tuple[Shown, Row]], wanted: Collection[str]
) -> list[Shown]:
    """These documents, each with the page of its part on which most of these terms stand."""
    if not parts:
        return []
    where = [(one.id, one.number, row.page, row.last_page, row.begins_at) for one, row in parts]
    columns = dict(zip(_COLUMNS, map(list, zip(*where, strict=True)), strict=True))
    asked = columns if connection.dialect.name == "postgresql" else {"parts": where}
    pages: dict[str, list[Any]] = {}
    for document_id, *page in await run(connection, _PAGES, asked):
        pages.setdefault(document_id, []).append(page)
    return [_with_page(one, pages.get(one.id, ()), wanted) for one, _ in parts]


def _with_page(shown: Shown, pages: Sequence[Any], wanted: Collection[str]) -> Shown:
    best, most = None, 0
    for page, words, kind in pages:
        part = excerpt(words, wanted)
        told = len({term_of(piece) for piece, is_found in part.pieces if is_found})
        if told > most:
            best, most = (page, part, kind), told
        if told == len(set(wanted)):
            break
    if best is None:
        return shown
    page, part, kind = best
    path = f"{shown.path}/versions/{shown.number}/pages?page={page}#page-{page}"
    return replace(shown, path=path, excerpt=part, page=page, page_name=f"{_NAMES.get(kind, 'page')} {page}")
