"""Cards that were made of something, said where it stands: to whoever may read the card, and never as a part of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.cards import Source
from forum.policy import cards_readable_by
from forum.tables import cards, networks
from forum.viewer import Viewer

MOST_MADE = 5


@dataclass(frozen=True, slots=True)
class MadeCard:
    """A card, as a link to it needs it."""

    id: str
    title: str


async def list_made_cards(
    connection: AsyncConnection, viewer: Viewer, kind: Source, source_id: str
) -> Sequence[MadeCard]:
    """The cards made of this that the viewer may read, oldest first; what was removed counts no more."""
    query = (
        select(cards.c.id, cards.c.title)
        .join(networks, networks.c.id == cards.c.network_id)
        .where(cards.c.source_id == source_id, cards.c.source_kind == kind, cards.c.removed_at.is_(None))
        .where(cards_readable_by(viewer))
        .order_by(cards.c.id)
        .limit(MOST_MADE)
    )
    return [MadeCard(row.id, row.title) for row in await connection.execute(query)]
