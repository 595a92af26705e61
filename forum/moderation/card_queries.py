"""A card as somebody is about to report it."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.errors import NotFound
from forum.policy import CardStanding, cards_readable_by
from forum.records import Person
from forum.shown_people import columns_of
from forum.tables import cards, networks
from forum.viewer import Viewer

_people = accounts.alias("people")


@dataclass(frozen=True, slots=True)
class ReportedCard:
    """A card, and whom a report of it is about."""

    id: str
    network_id: str
    title: str
    person: Person
    """Who looks after it, or else who wrote what it says now."""
    standing: CardStanding


async def get_reported_card(connection: AsyncConnection, viewer: Viewer, card_id: str) -> ReportedCard:
    """The card. Raises NotFound."""
    own = (cards.c.id, cards.c.network_id, cards.c.title, cards.c.owner_id, cards.c.author_id, cards.c.removed_at)
    query = (
        select(*own, *columns_of(_people))
        .join(networks, networks.c.id == cards.c.network_id)
        .join(_people, _people.c.id == func.coalesce(cards.c.owner_id, cards.c.author_id))
        .where(cards.c.id == card_id, cards_readable_by(viewer))
    )
    row = (await connection.execute(query)).first()
    if row is None:
        raise NotFound
    standing = CardStanding(row.network_id, row.owner_id, row.author_id, row.removed_at is not None)
    return ReportedCard(row[0], row[1], row[2], Person(row[6], row[7], is_former=bool(row[8])), standing)
