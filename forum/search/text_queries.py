"""What stands inside documents, for the worker: whose words the index lacks, and those words in parts.

A part holds a few thousand words: some pages, or a piece of a long one. So a long document costs a search no more than
a few posts, and what is found says on which page it stands. Words that are looked for together must stand in one part,
or in the title.
"""

import asyncio
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.search.entries import Entry
from forum.search.terms import terms
from forum.tables import document_versions, documents, networks, search_rows, version_pages, version_previews

PART = 12_000
"""Characters of one part, some two thousand words."""
MOST_PARTS = 250
"""Of one document, some half a million words: fewer than are put in order at once."""
SHARED = 24
"""Terms with which a part begins that the one before ends with, so that a sentence is found that both hold."""


@dataclass(frozen=True, slots=True)
class Text:
    """What the newest version of a document says, as far as its words are known."""

    document_id: str
    network_id: str
    author_id: str
    number: int
    title: str
    moment: datetime


_READ = version_previews.c.read_at.is_not(None)
_AS_FOUND = and_(
    search_rows.c.version == documents.c.version_count,
    search_rows.c.heading == documents.c.title,
    search_rows.c.network_id == documents.c.network_id,
)
_IN_LIBRARY = and_(documents.c.withdrawn_at.is_(None), networks.c.deleted_at.is_(None))
_IS_TEXT = and_(search_rows.c.kind == "text", search_rows.c.object_id == documents.c.id)
_OF_NEWEST = (
    documents.join(networks, networks.c.id == documents.c.network_id)
    .join(
        version_previews,
        and_(version_previews.c.document_id == documents.c.id, version_previews.c.number == documents.c.version_count),
    )
    .join(
        document_versions,
        and_(
            document_versions.c.document_id == documents.c.id, document_versions.c.number == documents.c.version_count
        ),
    )
)
_MISSING = (
    select(
        documents.c.id,
        documents.c.network_id,
        document_versions.c.author_id,
        documents.c.version_count,
        documents.c.title,
        documents.c.changed_at,
    )
    .select_from(_OF_NEWEST.outerjoin(search_rows, and_(_IS_TEXT, search_rows.c.part == 0)))
    .where(_IN_LIBRARY, _READ, or_(search_rows.c.id.is_(None), ~_AS_FOUND))
)
_GONE = (
    select(search_rows.c.id, search_rows.c.object_id)
    .select_from(
        search_rows.join(documents, documents.c.id == search_rows.c.object_id).join(
            networks, networks.c.id == documents.c.network_id
        )
    )
    .where(search_rows.c.kind == "text", ~_IN_LIBRARY)
)
_OF_VERSION = select(version_pages.c.page, version_pages.c.title, version_pages.c.words).order_by(version_pages.c.page)


async def find_missing(connection: AsyncConnection, ids: Collection[str] | None, at_most: int) -> list[Text]:
    """Documents, all or of these, whose words are known and not in the index as they are now; at most so many."""
    statement = _MISSING if ids is None else _MISSING.where(documents.c.id.in_(ids))
    return [Text(*row) for row in await connection.execute(statement.order_by(documents.c.id).limit(at_most))]


async def find_gone(connection: AsyncConnection, ids: Collection[str], at_most: int) -> list[int]:
    """Rows of what stands in those of these documents that are no longer in the library, the first part last."""
    statement = _GONE.where(search_rows.c.object_id.in_(ids)).order_by(search_rows.c.object_id, search_rows.c.part)
    return list(await connection.scalars(statement.limit(at_most)))


async def find_gone_documents(connection: AsyncConnection, at_most: int) -> list[str]:
    """Documents that are no longer in the library, and whose words are found."""
    statement = _GONE.with_only_columns(search_rows.c.object_id).where(search_rows.c.part == 0)
    return list(await connection.scalars(statement.limit(at_most)))


async def is_missing(connection: AsyncConnection, text: Text) -> bool:
    """Whether this is still what the document says, and the index lacks it."""
    return await find_missing(connection, [text.document_id], 1) == [text]


async def read_text(connection: AsyncConnection, text: Text) -> list[Any]:
    """The pages of a text."""
    this = version_pages.c.document_id == text.document_id, version_pages.c.number == text.number
    return list(await connection.execute(_OF_VERSION.where(*this)))


async def make_entries(text: Text, pages: Iterable[Any]) -> list[Entry]:
    """A text in parts, as they are found; at least one. Others are let on between two of them."""
    title, entries, before = terms(text.title), list[Entry](), list[str]()
    for page, last_page, begins_at, words in _parts((row.page, row.title, row.words) for row in pages):
        found = terms(words)
        entries.append(_entry(text, len(entries), title, before + found, page, last_page, begins_at))
        before = found[-SHARED:]
        await asyncio.sleep(0)
        if len(entries) == MOST_PARTS:
            break
    return entries or [_entry(text, 0, title, [], 0, 0, 0)]


def _entry(
    text: Text, number: int, title: list[str], words: list[str], page: int, last_page: int, begins_at: int
) -> Entry:
    return Entry(
        kind="text",
        object_id=text.document_id,
        version=text.number,
        moment=text.moment,
        title=title,
        words=words,
        network_id=text.network_id,
        account_id=text.author_id,
        heading=text.title,
        part=number,
        page=page,
        last_page=last_page,
        begins_at=begins_at,
        has_document=True,
    )


def _parts(pages: Iterable[tuple[int, str, str]]) -> Iterator[tuple[int, int, int, str]]:
    """Whole pages as long as they fit into a part, and long ones in pieces: first and last page, beginning, words."""
    first, last, held, size = 0, 0, list[str](), 0
    for page, title, words in pages:
        said = f"{title}\n{words}" if title else words
        if held and size + len(said) > PART:
            yield first, last, 0, "\n".join(held)
            held, size = [], 0
        if len(said) > PART:
            yield from ((page, page, start, words[start:end]) for start, end in _pieces(words))
            continue
        if said.strip():
            first = first if held else page
            last, size = page, size + len(said)
            held.append(said)
    if held:
        yield first, last, 0, "\n".join(held)


def _pieces(words: str) -> Iterator[tuple[int, int]]:
    """Where the pieces of a long page begin and end: between words, where there is room for that."""
    start = 0
    while start < len(words):
        end = min(len(words), start + PART)
        if end < len(words):
            space = max(words.rfind(sign, start + PART // 2, end) for sign in " \n")
            end = space + 1 if space > 0 else end
        yield start, end
        start = end
