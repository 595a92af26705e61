"""Who uses a card too, as its reader may know it: what is said for a network is for whoever reads that one as well.

Numbers count what the same reader sees, so that none tells of what is hidden from them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.accounts import FORMER_MEMBER
from auth.tables import accounts
from forum.cards import Card, CardUse
from forum.errors import NotFound
from forum.policy import kept_in_library, may_use_card, may_use_for, uses_shown_to
from forum.records import Access, Network, Person
from forum.shown_people import columns_of, person_from
from forum.tables import card_uses, networks
from forum.viewer import Viewer

MOST_USES = 200


def _uses(viewer: Viewer, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    return (
        select(*columns)
        .select_from(card_uses)
        .outerjoin(networks, networks.c.id == card_uses.c.network_id)
        .join(accounts, accounts.c.id == card_uses.c.account_id)
        .where(uses_shown_to(viewer))
    )


_COLUMNS: list[ColumnElement[Any]] = [
    card_uses.c.id,
    *columns_of(accounts),
    card_uses.c.words,
    card_uses.c.created_at,
    networks.c.id,
    networks.c.slug,
    networks.c.name,
    networks.c.access,
    kept_in_library(card_uses),
]


async def list_uses(
    connection: AsyncConnection,
    viewer: Viewer,
    card: Card,
    *,
    after: tuple[datetime, str] | None = None,
    at_most: int = MOST_USES,
) -> list[CardUse]:
    """Who uses a card that this viewer reads, the newest first."""
    statement = _uses(viewer, _COLUMNS).where(card_uses.c.card_id == card.id)
    if after is not None:
        place = tuple_(literal(after[0], card_uses.c.created_at.type), literal(after[1], card_uses.c.id.type))
        statement = statement.where(tuple_(card_uses.c.created_at, card_uses.c.id) < place)
    ordered = statement.order_by(card_uses.c.created_at.desc(), card_uses.c.id.desc()).limit(at_most)
    return [_use_from(row) for row in await connection.execute(ordered)]


async def find_use(connection: AsyncConnection, viewer: Viewer, card: Card, use_id: str) -> CardUse:
    """One of them, however many came after it. Raises NotFound for what this viewer may not know of."""
    statement = _uses(viewer, _COLUMNS).where(card_uses.c.card_id == card.id, card_uses.c.id == use_id)
    row = (await connection.execute(statement)).first()
    if row is None:
        raise NotFound
    return _use_from(row)


def _use_from(row: Any) -> CardUse:
    network_id, slug, name, access, is_kept = row[6:]
    is_hidden = access not in (None, "open") or bool(is_kept)
    by = person_from(row[1:4]) or Person("", FORMER_MEMBER)
    return CardUse(row[0], by, row[4], row[5], network_id, slug, name, access, is_hidden)


async def count_uses(connection: AsyncConnection, viewer: Viewer, card_ids: Collection[str]) -> dict[str, int]:
    """Of each of these cards, which the viewer reads, how many use it as far as the viewer may know."""
    counted = _uses(viewer, [card_uses.c.card_id, func.count()]).where(card_uses.c.card_id.in_(card_ids))
    return {row[0]: row[1] for row in await connection.execute(counted.group_by(card_uses.c.card_id))}


@dataclass(frozen=True, slots=True)
class Speaker:
    """For whom the viewer may say that they use it: for themselves, or for a network; and who will see it."""

    network: str
    """The last part of its address; empty for oneself."""
    name: str
    access: Access | None
    audience: str


def speakers(viewer: Viewer, card: Card, network: Network, uses: Sequence[CardUse]) -> list[Speaker]:
    """For whom the viewer may still say it of this card, which is in this network."""
    found: list[Speaker] = []
    said = {use.network_id or use.by.id for use in uses}
    if may_use_card(viewer, card) and viewer.id not in said:
        found.append(Speaker("", "Me", None, f"With your name, for {_readers(network)}."))
    for place in viewer.active_places():
        if place.network_id not in said and may_use_for(viewer, card, network, place):
            found.append(Speaker(place.slug, place.name, place.access, audience_of(network, place.access)))
    return found


def audience_of(network: Network, access: Access) -> str:
    """To whom it is shown that a network of this access uses a card of that one, in a sentence."""
    if access == "open":
        return "With its name and yours, for everybody who reads it: both networks are open."
    return "With its name and yours, for its own members alone. Nobody else learns that it uses this."


def _readers(network: Network) -> str:
    return "everybody who reads it: this network is open" if network.access == "open" else "the members of this network"
