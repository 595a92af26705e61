"""What cards were made of, resolved as whoever reads, each time: nothing of it is kept with the card."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.cards import Card, Source
from forum.policy import documents_heard, documents_readable_by, threads_heard, threads_readable_by
from forum.shown_people import shown_name
from forum.tables import document_versions, documents, networks, posts, threads
from forum.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Origin:
    """A post, thread or document that this viewer may read at this moment."""

    kind: Source
    id: str
    network_id: str
    title: str
    """Of a post that of its thread."""
    path: str
    author: str
    number: int
    """Of a post in its thread."""
    is_for_all: bool
    """Whoever reads the network reads it, too, so that its title may be offered as that of a card."""


def _posts(viewer: Viewer, ids: Collection[str]) -> Select[Any]:
    columns = (posts.c.id, threads.c.network_id, threads.c.title, threads.c.id, shown_name(accounts), posts.c.number)
    return (
        select(*columns, threads_heard() & _is_titled())
        .join(threads, threads.c.id == posts.c.thread_id)
        .join(networks, networks.c.id == threads.c.network_id)
        .join(accounts, accounts.c.id == posts.c.author_id)
        .where(posts.c.id.in_(ids), posts.c.removed_at.is_(None), threads_readable_by(viewer))
    )


def _is_titled() -> ColumnElement[bool]:
    """Threads whose title nobody has hidden."""
    return threads.c.hidden_title == ""


def _threads(viewer: Viewer, ids: Collection[str]) -> Select[Any]:
    columns = (threads.c.id, threads.c.network_id, threads.c.title, threads.c.id, shown_name(accounts))
    return (
        select(*columns, threads.c.post_count, threads_heard() & _is_titled())
        .join(networks, networks.c.id == threads.c.network_id)
        .join(accounts, accounts.c.id == threads.c.author_id)
        .where(threads.c.id.in_(ids), threads_readable_by(viewer))
    )


def _documents(viewer: Viewer, ids: Collection[str]) -> Select[Any]:
    newest = (document_versions.c.document_id == documents.c.id) & (
        document_versions.c.number == documents.c.version_count
    )
    columns = (documents.c.id, documents.c.network_id, documents.c.title, documents.c.id, shown_name(accounts))
    return (
        select(*columns, documents.c.version_count, documents_heard())
        .join(networks, networks.c.id == documents.c.network_id)
        .join(document_versions, newest)
        .join(accounts, accounts.c.id == document_versions.c.author_id)
        .where(documents.c.id.in_(ids), documents.c.withdrawn_at.is_(None), documents_readable_by(viewer))
    )


_READ: Mapping[Source, Any] = {"post": _posts, "thread": _threads, "document": _documents}


async def list_origins(connection: AsyncConnection, viewer: Viewer, cards: Collection[Card]) -> dict[str, Origin]:
    """Of these cards, by their ids, what each was made of, where the viewer may read it."""
    asked: dict[Source, set[str]] = {}
    for card in cards:
        if card.source_kind is not None and card.source_id is not None:
            asked.setdefault(card.source_kind, set()).add(card.source_id)
    known: dict[tuple[Source, str], Origin] = {}
    for kind, ids in asked.items():
        known |= {(kind, origin.id): origin for origin in await _read(connection, viewer, kind, ids)}
    return {
        card.id: known[card.source_kind, card.source_id]
        for card in cards
        if card.source_kind and card.source_id and (card.source_kind, card.source_id) in known
    }


async def find_origin(connection: AsyncConnection, viewer: Viewer, kind: Source, source_id: str) -> Origin | None:
    """This post, thread or document; None where the viewer may not read it, or there is none."""
    return next(iter(await _read(connection, viewer, kind, [source_id])), None)


async def _read(connection: AsyncConnection, viewer: Viewer, kind: Source, ids: Collection[str]) -> list[Origin]:
    return [_origin(kind, row) for row in await connection.execute(_READ[kind](viewer, ids))]


def _origin(kind: Source, row: Any) -> Origin:
    identifier, network_id, title, home_id, author, number, is_for_all = row
    path = f"/documents/{home_id}" if kind == "document" else f"/threads/{home_id}"
    path += f"?at={number}#post-{number}" if kind == "post" else ""
    return Origin(kind, identifier, network_id, title, path, author, number, bool(is_for_all))
