"""Names beside the ids in the file that somebody may take of what is held about them: of networks, threads, documents
and cards of which they may know at this moment. Where they may not, nothing stands there; people are never named."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.policy import cards_readable_by, documents_readable_by, fronted_to, readable_by, threads_readable_by
from forum.tables import cards, documents, networks, posts, threads
from forum.viewer import Viewer
from ground.columns import is_id

NOUNS = ("network", "thread", "post", "document", "card")
"""What has a name. A post has that of its thread, and its number there."""
Row = dict[str, Any]
Names = Mapping[tuple[str, str], Row]


def _networks(viewer: Viewer) -> Select[Any]:
    return select(networks.c.id, networks.c.name.label("network_name")).where(fronted_to(viewer))


def _threads(viewer: Viewer) -> Select[Any]:
    found = select(threads.c.id, threads.c.title.label("thread_title"))
    found = found.join(networks, networks.c.id == threads.c.network_id)
    return found.where(readable_by(viewer), threads_readable_by(viewer))


def _posts(viewer: Viewer) -> Select[Any]:
    found = select(posts.c.id, threads.c.title.label("thread_title"), posts.c.number.label("post_number"))
    found = found.join(threads, threads.c.id == posts.c.thread_id)
    found = found.join(networks, networks.c.id == posts.c.network_id)
    return found.where(readable_by(viewer), threads_readable_by(viewer))


def _documents(viewer: Viewer) -> Select[Any]:
    found = select(documents.c.id, documents.c.title.label("document_title"))
    found = found.join(networks, networks.c.id == documents.c.network_id)
    return found.where(documents.c.withdrawn_at.is_(None), documents_readable_by(viewer))


def _cards(viewer: Viewer) -> Select[Any]:
    found = select(cards.c.id, cards.c.title.label("card_title"))
    found = found.join(networks, networks.c.id == cards.c.network_id)
    return found.where(cards.c.removed_at.is_(None), cards_readable_by(viewer))


_READ: Mapping[str, Any] = {
    "network": (networks, _networks, ("network_name",)),
    "thread": (threads, _threads, ("thread_title",)),
    "post": (posts, _posts, ("thread_title", "post_number")),
    "document": (documents, _documents, ("document_title",)),
    "card": (cards, _cards, ("card_title",)),
}


async def name_rows(connection: AsyncConnection, viewer: Viewer, rows: Sequence[Row], noun: str = "") -> list[Row]:
    """These rows of a list, with names behind their ids; `noun`: what their own `id` names."""
    wanted: dict[str, set[str]] = {}
    for row in rows:
        for _, about, value in _ids(row, noun):
            if value is not None:
                wanted.setdefault(about, set()).add(value)
    found: dict[tuple[str, str], Row] = {}
    for about, ids in wanted.items():
        table, read, _ = _READ[about]
        for each in (await connection.execute(read(viewer).where(table.c.id.in_(ids)))).mappings():
            found[about, each["id"]] = {name: value for name, value in each.items() if name != "id"}
    return [_named(row, noun, found) for row in rows]


def _ids(row: Row, noun: str) -> Iterator[tuple[str, str, str | None]]:
    """The fields of a row that are ids of what has a name, what each is the id of, and that id."""
    for field in row:
        about = _about(row, field, noun)
        if about in NOUNS:
            value = row[field]
            # What concerns the whole site stands in the log as `site`.
            yield field, about, value if value is not None and is_id(str(value)) else None


def _about(row: Row, field: str, noun: str) -> str:
    if field == "id":
        return noun
    if field == "object_id":
        return str(row.get("object_kind", ""))
    return field.removesuffix("_id") if field.endswith("_id") else ""


def _named(row: Row, noun: str, found: Names) -> Row:
    named = dict[str, Any]()
    about = {field: (kind, value) for field, kind, value in _ids(row, noun)}
    for field, value in row.items():
        kind, known = about.get(field, ("", value))
        named[field] = known
        if kind:
            nothing = dict.fromkeys(_READ[kind][2])
            named |= {
                name: named.get(name) or said for name, said in (found.get((kind, str(known))) or nothing).items()
            }
    return named
