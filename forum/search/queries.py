"""What was found, as it is shown: read as the viewer once more, with the words in which it was found marked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, bindparam, case, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.accounts import FORMER_MEMBER
from auth.tables import accounts
from forum.network_reads import NETWORK_COLUMNS
from forum.policy import (
    documents_readable_by_account,
    listed_to,
    may_see_purpose,
    person_shown_to,
    threads_readable_by_account,
)
from forum.records import Access, Network, Person
from forum.search.entry_queries import said
from forum.search.marking import Excerpt, excerpt, mark
from forum.search.match_queries import Kind, Row
from forum.tables import document_versions, documents, networks, posts, threads
from forum.viewer import Viewer
from ground.columns import Identifier


@dataclass(frozen=True, slots=True)
class Place:
    """The network that something is in."""

    id: str
    slug: str
    name: str
    accent: str
    access: Access


@dataclass(frozen=True, slots=True)
class Shown:
    """Something that was found."""

    kind: Kind
    id: str
    path: str
    title: Excerpt
    excerpt: Excerpt
    moment: datetime
    network: Place | None = None
    """Of a thread or a post the network that it is in; of a network itself."""
    author: Person | None = None
    """Who wrote it; of a person the person."""
    thread_id: str | None = None
    number: int | None = None
    """Of a post its number in its thread."""


_FORMER: ColumnElement[str] = literal_column(f"'{FORMER_MEMBER}'", String)
_POSTS = (
    select(
        posts.c.id,
        posts.c.thread_id,
        posts.c.number,
        posts.c.html,
        posts.c.created_at,
        posts.c.removed_at,
        threads.c.title,
        posts.c.author_id,
        case((or_(accounts.c.closed_at.is_(None), accounts.c.former_name_shown), accounts.c.name), else_=_FORMER),
        accounts.c.closed_at.is_not(None),
        networks.c.id,
        networks.c.slug,
        networks.c.name,
        networks.c.accent,
        networks.c.access,
    )
    .select_from(
        posts.join(threads, threads.c.id == posts.c.thread_id)
        .join(networks, networks.c.id == posts.c.network_id)
        .join(accounts, accounts.c.id == posts.c.author_id)
    )
    .where(threads_readable_by_account(bindparam("viewer_id", type_=Identifier)))
)
_REPLIES = _POSTS.where(posts.c.id.in_(bindparam("ids", expanding=True)), posts.c.removed_at.is_(None))
_FIRST = _POSTS.where(posts.c.thread_id.in_(bindparam("ids", expanding=True)), posts.c.number == 1)


async def list_shown(
    connection: AsyncConnection, viewer: Viewer, rows: Sequence[Row], wanted: Collection[str]
) -> list[Shown]:
    """These rows as they are shown, in their order, without what the viewer may no longer see."""
    by_kind: dict[Kind, list[str]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row.object_id)
    found: dict[tuple[Kind, str], Shown] = {}
    for kind, ids in by_kind.items():
        for shown in await _LISTS[kind](connection, viewer, ids, wanted):
            found[kind, shown.id] = shown
    return [found[row.kind, row.object_id] for row in rows if (row.kind, row.object_id) in found]


async def _posts(
    connection: AsyncConnection, viewer: Viewer, ids: Sequence[str], wanted: Collection[str]
) -> list[Shown]:
    rows = await connection.execute(_REPLIES, {"ids": ids, "viewer_id": viewer.id or None})
    return [_written("post", row, wanted) for row in rows]


async def _threads(
    connection: AsyncConnection, viewer: Viewer, ids: Sequence[str], wanted: Collection[str]
) -> list[Shown]:
    rows = await connection.execute(_FIRST, {"ids": ids, "viewer_id": viewer.id or None})
    return [_written("thread", row, wanted) for row in rows]


def _written(kind: Kind, row: Any, wanted: Collection[str]) -> Shown:
    post_id, thread_id, number, html, created_at, removed_at, title, author_id, name, is_former, *place = row
    is_post = kind == "post"
    path = f"/threads/{thread_id}?at={number}#post-{number}" if is_post else f"/threads/{thread_id}"
    return Shown(
        kind=kind,
        id=post_id if is_post else thread_id,
        path=path,
        title=mark(title, wanted),
        excerpt=excerpt("" if removed_at is not None else said(html), wanted),
        moment=created_at,
        network=Place(*place),
        author=Person(author_id, name, is_former=bool(is_former)),
        thread_id=thread_id,
        number=number if is_post else None,
    )


_SHARED = (
    select(
        documents.c.id,
        documents.c.title,
        documents.c.description,
        documents.c.tags,
        document_versions.c.name,
        documents.c.changed_at,
        accounts.c.id,
        case((or_(accounts.c.closed_at.is_(None), accounts.c.former_name_shown), accounts.c.name), else_=_FORMER),
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
        documents.c.id.in_(bindparam("ids", expanding=True)),
        documents.c.withdrawn_at.is_(None),
        documents_readable_by_account(bindparam("viewer_id", type_=Identifier)),
    )
)


async def _documents(
    connection: AsyncConnection, viewer: Viewer, ids: Sequence[str], wanted: Collection[str]
) -> list[Shown]:
    rows = await connection.execute(_SHARED, {"ids": ids, "viewer_id": viewer.id or None})
    return [_document(row, wanted) for row in rows]


def _document(row: Any, wanted: Collection[str]) -> Shown:
    document_id, title, description, tags, name, changed_at, author_id, author, is_former, *place = row
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
    )


async def _people(
    connection: AsyncConnection, viewer: Viewer, ids: Sequence[str], wanted: Collection[str]
) -> list[Shown]:
    statement = select(
        accounts.c.id,
        accounts.c.name,
        accounts.c.job_title,
        accounts.c.organisation,
        accounts.c.about,
        accounts.c.closed_at,
        accounts.c.created_at,
    ).where(accounts.c.id.in_(ids), person_shown_to(viewer))
    return [_person(row, wanted) for row in await connection.execute(statement)]


def _person(row: Any, wanted: Collection[str]) -> Shown:
    work = "" if row.closed_at is not None else ", ".join(filter(None, (row.job_title, row.organisation)))
    about = "" if row.closed_at is not None else row.about
    told = excerpt(about, wanted)
    if not any(is_found for _, is_found in told.pieces):
        told = mark(work, wanted) if work else told
    person = Person(row.id, row.name, is_former=row.closed_at is not None)
    return Shown("person", row.id, f"/people/{row.id}", mark(row.name, wanted), told, row.created_at, author=person)


async def _networks(
    connection: AsyncConnection, viewer: Viewer, ids: Sequence[str], wanted: Collection[str]
) -> list[Shown]:
    statement = select(*NETWORK_COLUMNS).where(networks.c.id.in_(ids), listed_to(viewer))
    return [_network(viewer, Network(*row), wanted) for row in await connection.execute(statement)]


def _network(viewer: Viewer, network: Network, wanted: Collection[str]) -> Shown:
    place = Place(network.id, network.slug, network.name, network.accent, network.access)
    purpose = network.purpose if may_see_purpose(viewer, network) else ""
    path = f"/networks/{network.slug}"
    shown = mark(network.name, wanted), excerpt(purpose, wanted)
    return Shown("network", network.id, path, *shown, network.created_at, place)


_LISTS = {"post": _posts, "thread": _threads, "document": _documents, "person": _people, "network": _networks}
