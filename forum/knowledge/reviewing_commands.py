"""Cards whose day has gone by: who looks after them is asked once whether they are still right."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, select, update

from forum.acts.deciding import staff_of
from forum.events import CardChanged
from forum.policy import cards_heard, writable
from forum.state import State
from forum.streams import moderators_stream, network_stream
from forum.tables import cards, networks
from forum.telling import tell
from ground.columns import now
from realtime.transaction import Transaction

_PART = 50


async def ask_for_reviews(state: State) -> None:
    """Ask of each card that is due, in a short transaction of its own; where nobody looks after it, its moderators."""
    today = now().date()
    due = select(cards.c.id).join(networks, networks.c.id == cards.c.network_id).where(_is_due(today)).limit(_PART)
    while True:
        async with state.database.read() as connection:
            found = list(await connection.scalars(due.order_by(cards.c.review_on, cards.c.id)))
        for card_id in found:
            async with state.transaction() as tx:
                await _ask(tx, card_id, today)
        if len(found) < _PART:
            return


def _is_due(today: date) -> ColumnElement[bool]:
    """Not of a network in which nobody could answer."""
    return and_(cards.c.review_on < today, cards.c.asked_at.is_(None), cards.c.removed_at.is_(None), writable())


async def _ask(tx: Transaction, card_id: str, today: date) -> None:
    heard = cards_heard().label("is_heard")
    columns = (cards.c.network_id, cards.c.owner_id, cards.c.version, cards.c.is_narrowed, heard)
    joined = select(*columns).join(networks, networks.c.id == cards.c.network_id)
    held = joined.where(cards.c.id == card_id, _is_due(today)).with_for_update(key_share=True, of=cards)
    row: Any = (await tx.execute(held)).first()
    if row is None:
        return  # somebody changed it meanwhile, or another worker was here
    values = {"asked_at": now(), "version": row.version + 1}
    await tx.execute(update(cards).where(cards.c.id == card_id).values(**values))
    # A narrowed one is for its moderators, whoever looks after it.
    whom = [row.owner_id] if row.owner_id and not row.is_narrowed else await staff_of(tx, row.network_id)
    await tell(tx, whom, "card.due", card_id, network_id=row.network_id)
    stream = network_stream if row.is_heard else moderators_stream
    tx.emit(stream(row.network_id), CardChanged(card_id, row.version + 1))
