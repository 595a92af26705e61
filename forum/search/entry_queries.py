"""What the index lacks, or knows as it is no more: for the worker, which reads everything and shows nothing."""

import asyncio
import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Table,
    and_,
    case,
    exists,
    literal_column,
    not_,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.cards import WORDS
from forum.hot_reads import JsonArray, JsonRows
from forum.search.entries import Entry
from forum.search.terms import terms
from forum.tables import (
    cards,
    document_versions,
    documents,
    memberships,
    networks,
    post_files,
    posts,
    search_rows,
    threads,
)
from forum.text import plain_words, render_markdown

Kind = Literal["network", "person", "post", "document", "card"]
"""What is read over. The row of a thread is that of its first post."""


@dataclass(frozen=True, slots=True)
class Stale:
    """What is to be put into the index, and the rows that must go."""

    entries: Sequence[Entry]
    gone: Sequence[int]

    @property
    def size(self) -> int:
        """How much there is to do."""
        return len(self.entries) + len(self.gone)


WorkedOut = dict[tuple[Kind, str], tuple[Any, Entry | None]]
"""Entries by the kind and id of their thing, each with the row that it was made of: it counts while that is the same.

Working them out takes the most time, so it is done before the transaction in which they are needed, and others write
meanwhile. There every row is read once more; where something has changed the entry is worked out anew.
"""


def said(html: str, files: str | None = None) -> str:
    """The words of a post that it is found by, with those of `files_carried`."""
    named = [" ".join(filter(None, each)) for each in json.loads(files or "[]")]
    return "\n".join([plain_words(html), *named])


def files_carried() -> ColumnElement[str]:
    """What the files that a post carries now are called and what its pictures show, as JSON for `said`."""
    in_order = (
        select(post_files.c.name, post_files.c.alt)
        .where(post_files.c.post_id == posts.c.id, post_files.c.until_version.is_(None))
        .order_by(post_files.c.place)
        .correlate(posts)
        .subquery("files_named")
    )
    found = select(JsonRows(JsonArray(*in_order.c))).correlate(posts).scalar_subquery()
    return type_coerce(case((posts.c.file_count > literal_column("0"), found)), String)


def _needs(is_wanted: ColumnElement[bool], differs: ColumnElement[bool]) -> ColumnElement[bool]:
    """Things that should be found and are not, or not as they are; and things that should not be and are."""
    is_known = search_rows.c.id.is_not(None)
    return or_(and_(is_wanted, or_(search_rows.c.id.is_(None), differs)), and_(not_(is_wanted), is_known))


# Not of a network that is being deleted: what hangs on its posts is gone already.
_HAS_WORDS = and_(networks.c.deleted_at.is_(None), or_(posts.c.removed_at.is_(None), posts.c.number == 1))
_CITES = re.compile(r'href="[^"]*/documents/[0-9a-f-]{36}[/"]')
# A file in a post that is no picture is a document as people say it.
_ABOUT_DOCUMENT = or_(
    exists(select(documents.c.id).where(documents.c.thread_id == posts.c.thread_id)),
    exists(
        select(post_files.c.id).where(
            post_files.c.post_id == posts.c.id,
            post_files.c.until_version.is_(None),
            post_files.c.media_type.not_like("image/%"),
        )
    ),
)
_POSTS = (
    select(
        posts.c.id,
        posts.c.thread_id,
        posts.c.network_id,
        posts.c.number,
        posts.c.author_id,
        posts.c.html,
        posts.c.created_at,
        posts.c.version,
        posts.c.removed_at,
        threads.c.title,
        networks.c.deleted_at,
        _ABOUT_DOCUMENT.label("has_document"),
        files_carried().label("files"),
        search_rows.c.id,
    )
    .select_from(
        posts.join(threads, threads.c.id == posts.c.thread_id)
        .join(networks, networks.c.id == posts.c.network_id)
        .outerjoin(search_rows, search_rows.c.post_id == posts.c.id)
    )
    .where(
        _needs(
            _HAS_WORDS,
            or_(
                search_rows.c.version != posts.c.version,
                search_rows.c.network_id != posts.c.network_id,
                and_(posts.c.number == 1, search_rows.c.heading != threads.c.title),
            ),
        )
    )
)
_IS_NAMED = and_(accounts.c.name != "", or_(accounts.c.closed_at.is_(None), accounts.c.former_name_shown))
_PEOPLE = (
    select(
        accounts.c.id,
        accounts.c.name,
        accounts.c.job_title,
        accounts.c.organisation,
        accounts.c.about,
        accounts.c.closed_at,
        accounts.c.created_at,
        accounts.c.version,
        _IS_NAMED,
        search_rows.c.id,
    )
    .select_from(
        accounts.outerjoin(search_rows, and_(search_rows.c.kind == "person", search_rows.c.object_id == accounts.c.id))
    )
    .where(_needs(_IS_NAMED, search_rows.c.version != accounts.c.version))
)
_NETWORKS = (
    select(
        networks.c.id,
        networks.c.name,
        networks.c.purpose,
        networks.c.created_at,
        networks.c.version,
        networks.c.deleted_at,
        search_rows.c.id,
    )
    .select_from(
        networks.outerjoin(search_rows, and_(search_rows.c.kind == "network", search_rows.c.object_id == networks.c.id))
    )
    .where(_needs(networks.c.deleted_at.is_(None), search_rows.c.version != networks.c.version))
)
_IN_LIBRARY = and_(documents.c.withdrawn_at.is_(None), networks.c.deleted_at.is_(None))
_DOCUMENTS = (
    select(
        documents.c.id,
        documents.c.network_id,
        documents.c.title,
        documents.c.description,
        documents.c.tags,
        documents.c.changed_at,
        documents.c.version,
        document_versions.c.author_id,
        document_versions.c.name,
        _IN_LIBRARY,
        search_rows.c.id,
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
        .outerjoin(search_rows, and_(search_rows.c.kind == "document", search_rows.c.object_id == documents.c.id))
    )
    .where(
        _needs(
            _IN_LIBRARY,
            or_(search_rows.c.version != documents.c.version, search_rows.c.network_id != documents.c.network_id),
        )
    )
)
_IS_CARD = and_(cards.c.removed_at.is_(None), networks.c.deleted_at.is_(None))
_CARDS = (
    select(
        cards.c.id,
        cards.c.network_id,
        *(cards.c[name] for name in WORDS),
        cards.c.author_id,
        cards.c.changed_at,
        cards.c.version,
        _IS_CARD,
        search_rows.c.id,
    )
    .select_from(
        cards.join(networks, networks.c.id == cards.c.network_id).outerjoin(
            search_rows, and_(search_rows.c.kind == "card", search_rows.c.object_id == cards.c.id)
        )
    )
    .where(_needs(_IS_CARD, search_rows.c.version != cards.c.version))
)
_READ: dict[Kind, tuple[Select[Any], Table]] = {
    "post": (_POSTS, posts),
    "person": (_PEOPLE, accounts),
    "network": (_NETWORKS, networks),
    "document": (_DOCUMENTS, documents),
    "card": (_CARDS, cards),
}


async def find_stale(
    connection: AsyncConnection, kind: Kind, ids: Collection[str], at_most: int, worked_out: WorkedOut
) -> Stale:
    """What is to be done about these things, at most so many. What is not `worked_out` yet is put there."""
    if not ids:
        return Stale((), ())
    statement, table = _READ[kind]
    return await _stale(connection, kind, statement.where(table.c.id.in_(ids)).limit(at_most), worked_out)


async def find_stale_in_threads(
    connection: AsyncConnection, thread_ids: Collection[str], at_most: int, worked_out: WorkedOut
) -> Stale:
    """What is to be done about the posts of these threads, at most so many."""
    statement = _POSTS.where(posts.c.thread_id.in_(thread_ids)).limit(at_most)
    return await _stale(connection, "post", statement, worked_out) if thread_ids else Stale((), ())


async def find_window(connection: AsyncConnection, kind: Kind, after: str, at_most: int) -> tuple[list[str], str]:
    """Of the next so many things, by their ids, those about which something is to be done; and the last one's id.

    That is empty where there are no more.
    """
    statement, table = _READ[kind]
    some = select(table.c.id).order_by(table.c.id).limit(at_most)
    ids = list(await connection.scalars(some.where(table.c.id > after) if after else some))
    if not ids:
        return [], ""
    within = statement.with_only_columns(table.c.id).where(table.c.id.between(ids[0], ids[-1]))
    return sorted(await connection.scalars(within)), ids[-1] if len(ids) == at_most else ""


async def _stale(connection: AsyncConnection, kind: Kind, statement: Select[Any], worked_out: WorkedOut) -> Stale:
    made = []
    for row in (await connection.execute(statement)).all():
        known = worked_out.get((kind, row[0]))
        if known is None or known[0] != row:
            known = worked_out[kind, row[0]] = row, _ENTRY[kind](row)
            await asyncio.sleep(0)  # It may have been a long text, and others wait for their pages.
        made.append((known[1], row[-1]))
    return Stale(
        [entry for entry, _ in made if entry is not None],
        [number for entry, number in made if entry is None and number is not None],
    )


def _post_entry(row: Any) -> Entry | None:
    is_first = row.number == 1
    if row.deleted_at is not None or (row.removed_at is not None and not is_first):
        return None
    return Entry(
        kind="thread" if is_first else "post",
        object_id=row.thread_id if is_first else row.id,
        version=row.version,
        moment=row.created_at,
        title=terms(row.title) if is_first else (),
        words=terms(said(row.html, row.files)) if row.removed_at is None else (),
        network_id=row.network_id,
        thread_id=row.thread_id,
        post_id=row.id,
        account_id=row.author_id,
        heading=row.title if is_first else "",
        has_document=bool(row.has_document) or (row.removed_at is None and _CITES.search(row.html) is not None),
    )


def _person_entry(row: Any) -> Entry | None:
    if not row[8]:
        return None
    told = "" if row.closed_at is not None else f"{row.job_title}\n{row.organisation}\n{row.about}"
    return Entry(
        kind="person",
        object_id=row.id,
        version=row.version,
        moment=row.created_at,
        title=terms(row.name),
        words=terms(told),
        account_id=row.id,
    )


def _document_entry(row: Any) -> Entry | None:
    if not row[9]:
        return None
    return Entry(
        kind="document",
        object_id=row.id,
        version=row.version,
        moment=row.changed_at,
        title=terms(row.title),
        words=terms("\n".join([row.description, *row.tags, row.name])),
        network_id=row.network_id,
        account_id=row.author_id,
        has_document=True,
    )


def _card_entry(row: Any) -> Entry | None:
    network_id, title, *words = row[1 : 2 + len(WORDS)]
    author_id, changed_at, version, is_card = row[2 + len(WORDS) : -1]
    if not is_card:
        return None
    return Entry(
        kind="card",
        object_id=row[0],
        version=version,
        moment=changed_at,
        title=terms(title),
        words=terms("\n".join(said(render_markdown(each, {})) for each in words)),
        network_id=network_id,
        account_id=author_id,
    )


def _network_entry(row: Any) -> Entry | None:
    if row.deleted_at is not None:
        return None
    return Entry(
        kind="network",
        object_id=row.id,
        version=row.version,
        moment=row.created_at,
        title=terms(row.name),
        words=terms(row.purpose),
        network_id=row.id,
    )


_ENTRY: dict[Kind, Any] = {
    "post": _post_entry,
    "person": _person_entry,
    "network": _network_entry,
    "document": _document_entry,
    "card": _card_entry,
}


async def find_authors(connection: AsyncConnection, membership_ids: Collection[str]) -> list[str]:
    """Whose memberships these are."""
    if not membership_ids:
        return []
    return list(await connection.scalars(select(memberships.c.account_id).where(memberships.c.id.in_(membership_ids))))
