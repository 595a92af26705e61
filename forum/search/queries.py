"""What was found, as it is shown: read as the viewer once more, with the words in which it was found marked."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import bindparam, case, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.network_reads import NETWORK_COLUMNS
from forum.policy import (
    listed_to,
    may_see_purpose,
    person_shown_to,
    threads_readable_by_account,
)
from forum.records import Network, Person
from forum.search.card_queries import list_cards_shown
from forum.search.document_queries import list_documents_shown, with_pages
from forum.search.entry_queries import files_carried, said
from forum.search.marking import excerpt, mark
from forum.search.match_queries import Kind, Row
from forum.search.shown import FORMER, Place, Shown
from forum.tables import networks, posts, threads
from forum.viewer import Viewer
from ground.columns import Identifier
from ground.hot import one_of, run

_POSTS = (
    select(
        posts.c.id,
        posts.c.thread_id,
        posts.c.number,
        posts.c.html,
        posts.c.created_at,
        posts.c.removed_at,
        files_carried(),
        threads.c.title,
        posts.c.author_id,
        case((or_(accounts.c.closed_at.is_(None), accounts.c.former_name_shown), accounts.c.name), else_=FORMER),
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
    .where(threads_readable_by_account(bindparam("viewer_id", required=False, type_=Identifier)))
)
_REPLIES = one_of(_POSTS.where(posts.c.removed_at.is_(None)), posts.c.id, "ids")
_FIRST = one_of(_POSTS.where(posts.c.number == 1), posts.c.thread_id, "ids")


async def list_shown(
    connection: AsyncConnection, viewer: Viewer, rows: Sequence[Row], wanted: Collection[str]
) -> list[Shown]:
    """These rows as they are shown, in their order, without what the viewer may no longer see."""
    by_kind: dict[Kind, list[str]] = {}
    for row in rows:
        by_kind.setdefault(_kind(row), []).append(row.object_id)
    found: dict[tuple[Kind, str], Shown] = {}
    for kind, ids in by_kind.items():
        for shown in await _LISTS[kind](connection, viewer, ids, wanted):
            found[kind, shown.id] = shown
    texts = [(found["document", row.object_id], row) for row in rows if _is_text_of(row, found)]
    for shown in await with_pages(connection, texts, wanted):
        found["document", shown.id] = shown
    return [found[_kind(row), row.object_id] for row in rows if (_kind(row), row.object_id) in found]


def _is_text_of(row: Row, found: Collection[tuple[Kind, str]]) -> bool:
    return row.kind == "text" and ("document", row.object_id) in found


def _kind(row: Row) -> Kind:
    return "document" if row.kind == "text" else row.kind


async def _posts(
    connection: AsyncConnection, viewer: Viewer, ids: Sequence[str], wanted: Collection[str]
) -> list[Shown]:
    rows = await run(connection, _REPLIES, {"ids": list(ids), "viewer_id": viewer.id or None})
    return [_written("post", row, wanted) for row in rows]


async def _threads(
    connection: AsyncConnection, viewer: Viewer, ids: Sequence[str], wanted: Collection[str]
) -> list[Shown]:
    rows = await run(connection, _FIRST, {"ids": list(ids), "viewer_id": viewer.id or None})
    return [_written("thread", row, wanted) for row in rows]


def _written(kind: Kind, row: Any, wanted: Collection[str]) -> Shown:
    post_id, thread_id, number, html, created_at, removed_at, files, title, author_id, name, is_former, *place = row
    is_post = kind == "post"
    path = f"/threads/{thread_id}?at={number}#post-{number}" if is_post else f"/threads/{thread_id}"
    return Shown(
        kind=kind,
        id=post_id if is_post else thread_id,
        path=path,
        title=mark(title, wanted),
        excerpt=excerpt("" if removed_at is not None else said(html, files), wanted),
        moment=created_at,
        network=Place(*place),
        author=Person(author_id, name, is_former=bool(is_former)),
        thread_id=thread_id,
        number=number if is_post else None,
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


_LISTS = {
    "post": _posts,
    "thread": _threads,
    "document": list_documents_shown,
    "card": list_cards_shown,
    "person": _people,
    "network": _networks,
}
