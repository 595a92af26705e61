"""Where somebody goes on from who was refused: what their address lies in, as far as they may see it."""

import re

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.policy import (
    cards_readable_by,
    documents_readable_by,
    folders_readable_by,
    fronted_to,
    threads_readable_by,
)
from forum.tables import cards, documents, folders, networks, threads
from forum.viewer import Viewer

_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_INSIDE = re.compile(rf"/(?:(documents|folders|threads|cards)/({_ID})|networks/([a-z0-9-]{{1,80}}))(?=/|$)")
_NOUNS = {
    "documents": (documents, documents_readable_by, "document"),
    "folders": (folders, folders_readable_by, "folder"),
    "threads": (threads, threads_readable_by, "thread"),
    "cards": (cards, cards_readable_by, "card"),
}


async def find_way_back(connection: AsyncConnection, viewer: Viewer, path: str) -> tuple[str, str] | None:
    """The address and the noun of what this path lies in; None where that is nothing, or not for this viewer."""
    inside = _INSIDE.match(path)
    if inside is None:
        return None
    place, object_id, slug = inside.groups()
    if place is None:
        here = select(networks.c.id).where(networks.c.slug == slug, fronted_to(viewer), networks.c.deleted_at.is_(None))
        return (inside[0], "network") if await connection.scalar(here) is not None else None
    table, readable_by, noun = _NOUNS[place]
    query = select(table.c.id).join(networks, networks.c.id == table.c.network_id)
    seen = await connection.scalar(query.where(table.c.id == object_id, readable_by(viewer)))
    return (inside[0], noun) if seen is not None else None
