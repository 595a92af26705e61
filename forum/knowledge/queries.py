"""Cards as one viewer may read them: one, a list, their earlier wordings; and as a stream tells of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.accounts import FORMER_MEMBER
from auth.tables import accounts
from forum.cards import WORDS, Card, CardWords, Wording
from forum.errors import NotFound
from forum.knowledge.inputs import Show
from forum.policy import cards_heard, cards_readable_by, documents_read_in, kept_in_library, may_see_wording
from forum.records import Person
from forum.shown_people import columns_of, person_from
from forum.tables import card_uses, card_wordings, cards, memberships, networks
from forum.viewer import Viewer
from ground.columns import now

MOST_HEIRS = 500
_owners, _authors, _removers = (accounts.alias(name) for name in ("card_owners", "card_authors", "card_removers"))
_WORDS = [cards.c[name] for name in WORDS]
_COLUMNS: list[ColumnElement[Any]] = [
    cards.c.id,
    cards.c.network_id,
    networks.c.name,
    *_WORDS,
    cards.c.number,
    cards.c.shown_from,
    *columns_of(_authors),
    *columns_of(_owners),
    cards.c.source_kind,
    cards.c.source_id,
    cards.c.review_on,
    cards.c.confirmed_at,
    cards.c.is_narrowed,
    kept_in_library(cards),
    cards.c.created_at,
    cards.c.changed_at,
    cards.c.removed_at,
    *columns_of(_removers),
    cards.c.removal_reason,
    cards.c.version,
]
_CARDS = (
    select(*_COLUMNS)
    .select_from(cards)
    .join(networks, networks.c.id == cards.c.network_id)
    .join(_authors, _authors.c.id == cards.c.author_id)
    .outerjoin(_owners, _owners.c.id == cards.c.owner_id)
    .outerjoin(_removers, _removers.c.id == cards.c.removed_by)
)
_NOBODY = Person("", FORMER_MEMBER)


def _card_from(row: Sequence[Any]) -> Card:
    words, rest = row[3 : 3 + len(WORDS)], row[3 + len(WORDS) :]
    return Card(
        id=row[0],
        network_id=row[1],
        network_name=row[2],
        words=CardWords(*words),
        number=rest[0],
        shown_from=rest[1],
        author=person_from(rest[2:5]) or _NOBODY,
        owner=person_from(rest[5:8]),
        source_kind=rest[8],
        source_id=rest[9],
        review_on=rest[10],
        confirmed_at=rest[11],
        is_narrowed=bool(rest[12]),
        is_kept=bool(rest[13]),
        created_at=rest[14],
        changed_at=rest[15],
        removed_at=rest[16],
        removed_by=person_from(rest[17:20]),
        removal_reason=rest[20],
        version=rest[21],
    )


async def get_card(connection: AsyncConnection, viewer: Viewer, card_id: str) -> Card:
    """The card. Raises NotFound where there is none that this viewer may read."""
    row = (await connection.execute(_CARDS.where(cards.c.id == card_id, cards_readable_by(viewer)))).first()
    if row is None:
        raise NotFound
    return _card_from(row)


# -- Lists -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cards on a network's page, and after which moment and card."""

    network_id: str
    show: Show = "all"
    after: tuple[datetime, str] | None = None


def _chosen(viewer: Viewer, wanted: Wanted) -> Select[Any]:
    here = cards.c.network_id == wanted.network_id
    statement = _CARDS.where(cards_readable_by(viewer), cards.c.removed_at.is_(None))
    if wanted.show == "used":
        return statement.where(or_(and_(here, cards.c.id.in_(_used_by(viewer))), cards.c.id.in_(_used_for(wanted))))
    if wanted.show == "review":
        statement = statement.where(or_(cards.c.review_on < now().date(), cards.c.is_narrowed))
    return statement.where(here)


def _used_by(viewer: Viewer) -> Select[Any]:
    own = and_(card_uses.c.account_id == (viewer.id or None), card_uses.c.network_id.is_(None))
    of_mine = card_uses.c.network_id.in_([place.network_id for place in viewer.active_places()])
    return select(card_uses.c.card_id).where(or_(own, of_mine))


def _used_for(wanted: Wanted) -> Select[Any]:
    """Of other networks, for this one, which the viewer reads."""
    return select(card_uses.c.card_id).where(card_uses.c.network_id == wanted.network_id)


async def list_cards(
    connection: AsyncConnection, viewer: Viewer, wanted: Wanted, at_most: int
) -> tuple[list[Card], tuple[datetime, str] | None]:
    """Cards, those that were changed last first; and the place after them, where more follow."""
    statement = _chosen(viewer, wanted)
    if wanted.after is not None:
        moment, last_id = wanted.after
        place = tuple_(literal(moment, cards.c.changed_at.type), literal(last_id, cards.c.id.type))
        statement = statement.where(tuple_(cards.c.changed_at, cards.c.id) < place)
    ordered = statement.order_by(cards.c.changed_at.desc(), cards.c.id.desc()).limit(at_most + 1)
    rows = (await connection.execute(ordered)).all()
    shown = [_card_from(row) for row in rows[:at_most]]
    return shown, (shown[-1].changed_at, shown[-1].id) if len(rows) > at_most else None


async def list_made_of(connection: AsyncConnection, viewer: Viewer, network_id: str, source_id: str) -> list[Card]:
    """Cards of the network that were made of this post, thread or document already."""
    these = cards.c.network_id == network_id, cards.c.source_id == source_id, cards.c.removed_at.is_(None)
    statement = _CARDS.where(*these, cards_readable_by(viewer)).order_by(cards.c.id).limit(10)
    return [_card_from(row) for row in await connection.execute(statement)]


# -- Earlier wordings ------------------------------------------------------------------------------

_WORDING_COLUMNS = [
    card_wordings.c.number,
    *(card_wordings.c[name] for name in WORDS),
    *columns_of(_authors),
    card_wordings.c.created_at,
]


async def list_wordings(
    connection: AsyncConnection, viewer: Viewer, card: Card, *, before: int = 2**31 - 1, at_most: int = 50
) -> list[Wording]:
    """What a card that this viewer reads has said, the newest first."""
    first = 1 if may_see_wording(viewer, card, 0) else card.shown_from
    statement = (
        select(*_WORDING_COLUMNS)
        .join(cards, cards.c.id == card_wordings.c.card_id)
        .join(networks, networks.c.id == cards.c.network_id)
        .join(_authors, _authors.c.id == card_wordings.c.author_id)
        .where(cards.c.id == card.id, cards_readable_by(viewer), card_wordings.c.number.between(first, before - 1))
        .order_by(card_wordings.c.number.desc())
        .limit(at_most)
    )
    return [_wording_from(row) for row in await connection.execute(statement)]


def _wording_from(row: Sequence[Any]) -> Wording:
    end = 1 + len(WORDS)
    return Wording(row[0], CardWords(*row[1:end]), person_from(row[end : end + 3]) or _NOBODY, row[-1])


async def get_wording(connection: AsyncConnection, viewer: Viewer, card: Card, number: int) -> Wording:
    """One of them. Raises NotFound."""
    found = await list_wordings(connection, viewer, card, before=min(number, 2**31 - 2) + 1, at_most=1)
    if not found or found[0].number != number:
        raise NotFound
    return found[0]


async def list_heirs(connection: AsyncConnection, viewer: Viewer, card: Card) -> list[Person]:
    """Members who may look after the card: those who may read it."""
    if viewer.role_in(card.network_id) is None:
        return []
    statement = (
        select(accounts.c.id, accounts.c.name)
        .join(memberships, memberships.c.account_id == accounts.c.id)
        .where(memberships.c.network_id == card.network_id, documents_read_in(card.is_narrowed))
        .order_by(func.lower(accounts.c.name), accounts.c.id)
        .limit(MOST_HEIRS)
    )
    return [Person(*row) for row in await connection.execute(statement)]


# -- For everybody who hears the network's stream, or its moderators': the gateway has asked who that is ----


async def list_heard(connection: AsyncConnection, ids: Collection[str], *, by_moderators: bool) -> list[Card]:
    """The cards with these ids that the network's stream tells of, or that its moderators' does."""
    heard = ~cards_heard() if by_moderators else cards_heard()
    rows = await connection.execute(_CARDS.where(cards.c.id.in_(ids), cards.c.removed_at.is_(None), heard))
    return [_card_from(row) for row in rows]
