"""The index asked as a viewer: the right to see is asked in the same statement, of what stands there at this moment.

The network's tag in the question keeps the index from looking at what other networks say; what decides is the right
itself. A row that is behind what it is about (edited, removed, renamed a moment ago) finds nothing.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Literal

from sqlalchemy import Boolean, Integer, Select, and_, bindparam, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.policy import (
    cards_readable_by_account,
    documents_readable_by_account,
    listed_to_account,
    person_shown_to_account,
    readable_by_account,
    threads_readable_by_account,
)
from forum.search.newest_queries import HOLDS, index, list_newest
from forum.search.tags import LAST_ROW
from forum.tables import cards, documents, networks, posts, search_rows, search_terms, threads
from forum.viewer import Viewer
from ground.columns import Identifier
from ground.hot import HotStatement, one_of, run

Kind = Literal["thread", "post", "document", "text", "card", "person", "network"]
"""A text is what stands in a document, or a part of it."""
CONTENT: tuple[Kind, ...] = ("thread", "post")
AT_ONCE = 200
"""So many of the newest matches are put in order."""
DOCUMENTS_AT_ONCE = 50
"""Of rows that hold a few thousand words each."""
MOST_LOOKED_AT = 2_000
PEOPLE_AT_ONCE = 40
MOST_NAMED = 200
"""Whoever may read more networks than these asks without naming them."""
MOST_TERMS = 6_000

_THREADS_TOO, _POSTS_TOO = (bindparam(name, required=False, type_=Boolean) for name in ("is_thread", "is_post"))
_viewer_id = bindparam("viewer_id", required=False, type_=Identifier)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the index that the viewer may find."""

    id: int
    kind: Kind
    object_id: str
    moment: datetime
    title: str
    words: str
    is_long: bool
    page: int
    last_page: int
    begins_at: int
    """Of a part of a text where it stands."""


@dataclass(frozen=True, slots=True)
class Readable:
    """A network whose content the viewer may read."""

    id: str
    slug: str
    name: str


_ROW = (
    search_rows.c.id,
    search_rows.c.kind,
    search_rows.c.object_id,
    search_rows.c.moment,
    search_rows.c.title,
    search_rows.c.words,
    search_rows.c.is_long,
    search_rows.c.page,
    search_rows.c.last_page,
    search_rows.c.begins_at,
)
# An expression, so that SQLite looks for no rows by their kind: all are known by their number.
_KIND = search_rows.c.kind + ""
_AS_INDEXED = and_(
    search_rows.c.version == posts.c.version,
    search_rows.c.network_id == posts.c.network_id,
    search_rows.c.network_id == threads.c.network_id,
    or_(
        and_(_THREADS_TOO, _KIND == "thread", search_rows.c.heading == threads.c.title),
        and_(_POSTS_TOO, _KIND == "post", posts.c.removed_at.is_(None)),
    ),
)
_CONTENT = (
    select(*_ROW)
    .select_from(
        search_rows.join(posts, posts.c.id == search_rows.c.post_id)
        .join(threads, threads.c.id == posts.c.thread_id)
        .join(networks, networks.c.id == posts.c.network_id)
    )
    .where(_AS_INDEXED, threads_readable_by_account(_viewer_id))
)
# What is said of a document, and what its newest version says.
_AS_SHARED = and_(
    search_rows.c.network_id == documents.c.network_id,
    or_(
        and_(_KIND == "document", search_rows.c.version == documents.c.version),
        and_(
            _KIND == "text",
            search_rows.c.version == documents.c.version_count,
            search_rows.c.heading == documents.c.title,
        ),
    ),
)
_DOCUMENTS = (
    select(*_ROW)
    .select_from(
        search_rows.join(documents, documents.c.id == search_rows.c.object_id).join(
            networks, networks.c.id == documents.c.network_id
        )
    )
    .where(
        _AS_SHARED,
        documents.c.withdrawn_at.is_(None),
        documents_readable_by_account(_viewer_id),
    )
)
_CARDS = (
    select(*_ROW)
    .select_from(
        search_rows.join(cards, cards.c.id == search_rows.c.object_id).join(
            networks, networks.c.id == cards.c.network_id
        )
    )
    .where(
        _KIND == "card",
        search_rows.c.version == cards.c.version,
        cards.c.removed_at.is_(None),
        cards_readable_by_account(_viewer_id),
    )
)
_THESE_CONTENT = one_of(_CONTENT, search_rows.c.id, "rows")
_THESE_DOCUMENTS = one_of(_DOCUMENTS, search_rows.c.id, "rows")
_THESE_CARDS = one_of(_CARDS, search_rows.c.id, "rows")
_FOUND = index.join(search_rows, search_rows.c.id == index.c.rowid)
_HOLDING = (
    select(search_rows.c.object_id)
    .distinct()
    .select_from(_FOUND.join(documents, documents.c.id == search_rows.c.object_id))
    .where(
        _AS_SHARED,
        search_rows.c.kind.in_(["document", "text"]),
        search_rows.c.object_id.in_(bindparam("ids", expanding=True)),
    )
)
_READABLE = HotStatement(
    select(networks.c.id, networks.c.slug, networks.c.name)
    .where(readable_by_account(_viewer_id), networks.c.deleted_at.is_(None))
    .order_by(networks.c.name_key, networks.c.id)
)


async def list_readable(connection: AsyncConnection, viewer: Viewer) -> list[Readable]:
    """Every network whose content the viewer may read, by name."""
    return [Readable(*row) for row in await run(connection, _READABLE, {"viewer_id": viewer.id or None})]


async def list_content(
    connection: AsyncConnection,
    viewer: Viewer,
    match: str,
    *,
    below: int = LAST_ROW,
    least: int = 0,
    at_most: int = AT_ONCE,
    kinds: Sequence[Kind] = CONTENT,
) -> list[Row]:
    """The newest threads and posts that the viewer may read and that match, by their rows from `least` to `below`."""
    asked = {"viewer_id": viewer.id or None, "is_thread": "thread" in kinds, "is_post": "post" in kinds}
    newest = partial(list_newest, connection, match, least=least)
    return await _readable(connection, (_THESE_CONTENT,), asked, newest, below, at_most)


async def list_documents(
    connection: AsyncConnection,
    viewer: Viewer,
    match: str,
    *,
    below: int = LAST_ROW,
    least: int = 0,
    at_most: int = DOCUMENTS_AT_ONCE,
) -> list[Row]:
    """The newest rows of documents and cards that the viewer may read and that match; of none that is withdrawn."""
    newest = partial(list_newest, connection, match, least=least, of_documents=True)
    these, asked = (_THESE_DOCUMENTS, _THESE_CARDS), {"viewer_id": viewer.id or None}
    return await _readable(connection, these, asked, newest, below, at_most)


async def _readable(
    connection: AsyncConnection,
    these: Sequence[HotStatement],
    asked: Mapping[str, Any],
    newest: Callable[..., Awaitable[list[int]]],
    below: int,
    at_most: int,
) -> list[Row]:
    """The newest of what matches that the viewer may read: more is looked for as long as too little of it is theirs."""
    rows, some = list[Row](), at_most
    while True:
        numbers = await newest(below=below, at_most=some)
        found, missing = list[Any](), numbers
        for each in these:
            if missing:
                found += await run(connection, each, {**asked, "rows": missing})
                known = {row[0] for row in found}
                missing = [number for number in missing if number not in known]
        rows += sorted((Row(*row) for row in found), key=lambda row: -row.id)
        if len(numbers) < some or len(rows) >= at_most:
            return rows[:at_most]
        below, some = numbers[-1], min(max(4 * some, AT_ONCE), MOST_LOOKED_AT)


async def list_holding(connection: AsyncConnection, match: str, ids: Collection[str]) -> set[str]:
    """Those of these documents, which the viewer may read, of which any part matches."""
    asked = _HOLDING.where(HOLDS[connection.dialect.name])
    return set(await connection.scalars(asked, {"match": match, "ids": sorted(ids)}))


# Written out, as the kind of a row is below: what PostgreSQL knows beforehand is planned once, not for each search.
_AT_MOST = literal_column(str(PEOPLE_AT_ONCE), Integer)


class _Few:
    """The newest of the few that match: what is no index's order keeps PostgreSQL from walking through all rows.

    On SQLite in the connection's own thread, for it asks of each who matches whether they may be seen.
    """

    def __init__(self, statement: Select[Any]) -> None:
        on_postgresql, on_sqlite = (statement.where(HOLDS[dialect]) for dialect in ("postgresql", "sqlite"))
        self._hot = HotStatement(on_postgresql.order_by((index.c.rowid + 0).desc()).limit(_AT_MOST))
        self._on_sqlite = on_sqlite.order_by(index.c.rowid.desc()).limit(_AT_MOST)

    async def list(self, connection: AsyncConnection, viewer: Viewer, match: str) -> list[Row]:
        asked = {"match": match, "viewer_id": viewer.id or None}
        if connection.dialect.name == "postgresql":
            return [Row(*row) for row in await run(connection, self._hot, asked)]
        return [Row(*row) for row in await connection.execute(self._on_sqlite, asked)]


_PEOPLE = _Few(
    select(*_ROW)
    .select_from(_FOUND.join(accounts, accounts.c.id == search_rows.c.account_id))
    .where(
        search_rows.c.kind == literal_column("'person'"),
        search_rows.c.version == accounts.c.version,
        person_shown_to_account(_viewer_id),
    )
)
_NETWORKS = _Few(
    select(*_ROW)
    .select_from(_FOUND.join(networks, networks.c.id == search_rows.c.network_id))
    .where(
        search_rows.c.kind == literal_column("'network'"),
        search_rows.c.version == networks.c.version,
        listed_to_account(_viewer_id),
    )
)


async def list_people(connection: AsyncConnection, viewer: Viewer, match: str) -> list[Row]:
    """People who match and whose profile the viewer, who is signed in, may see."""
    return await _PEOPLE.list(connection, viewer, match)


async def list_networks(connection: AsyncConnection, viewer: Viewer, match: str) -> list[Row]:
    """Networks that match and that may be named to the viewer."""
    return await _NETWORKS.list(connection, viewer, match)


async def list_terms_like(
    connection: AsyncConnection, network_ids: Sequence[str], beginnings: str, shortest: int, longest: int
) -> list[str]:
    """Terms of these networks, which the viewer may read, that begin with one of these letters and are about so long.

    They may stand in threads of them that the viewer may not read: whoever shows one asks first whether it is found.
    """
    begins = or_(*(search_terms.c.term.between(letter, letter + "\U0010ffff") for letter in beginnings))
    statement = (
        select(search_terms.c.term)
        .where(search_terms.c.network_id.in_(network_ids), begins)
        .distinct()
        .limit(MOST_TERMS * 4)
    )
    rows = await connection.scalars(statement)
    return [term for term in rows if shortest <= len(term) <= longest][:MOST_TERMS]
