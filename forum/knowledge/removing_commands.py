"""Take a card away, bring it back within thirty days, and delete it for good after them; and let everybody read one
whose source was hidden as data about somebody."""

from datetime import timedelta

from sqlalchemy import delete, select, update

from forum.acts.erasing_reasons import erase_reasons_of_card, hold_memberships_about_card
from forum.acts.removing_cards import hold_any_card, take_card_away
from forum.acts.removing_cards import restore_card as bring_back
from forum.audit import Deed, record
from forum.errors import Invalid
from forum.events import CardChanged, CardGone, CardMade
from forum.knowledge.commands import decide, hold_card, note
from forum.knowledge.queries import get_card
from forum.policy import looks_after_card, may_look_at_card, may_remove_card, may_restore_card
from forum.state import State
from forum.streams import card_stream, moderators_stream
from forum.tables import card_uses, card_wordings, cards
from forum.telling import take_back
from forum.unindexing import forget_card
from forum.viewer import Viewer
from ground.columns import now
from realtime.transaction import Transaction

KEPT_FOR = timedelta(days=30)
"""How long what was removed can be brought back."""
_PART = 50


async def remove_card(tx: Transaction, viewer: Viewer, card_id: str, reason: str) -> None:
    """Take it away. Raises NotFound, Forbidden, and Invalid where a moderator says no reason."""
    card = await hold_card(tx, viewer, card_id, to_add=False)
    decide(may_remove_card(viewer, card))
    is_own = looks_after_card(viewer, card)
    if not reason and not is_own:
        raise Invalid({"reason": "Say why: who looks after it is told your words, and the log keeps them."})
    await take_card_away(tx, await hold_any_card(tx, None, card.id), viewer.id, reason)


async def restore_card(tx: Transaction, viewer: Viewer, card_id: str) -> None:
    """Bring it back as it was. Raises NotFound and Forbidden."""
    card = await hold_card(tx, viewer, card_id, to_add=False)
    decide(may_restore_card(viewer, card))
    await bring_back(tx, await hold_any_card(tx, None, card.id), viewer.id)
    await take_back(tx, "card.removed", card.id)


async def let_read(tx: Transaction, viewer: Viewer, card_id: str) -> None:
    """A moderator has looked at it: everybody may read what it says now, but not what it said before."""
    card = await hold_card(tx, viewer, card_id, to_add=False)
    decide(may_look_at_card(viewer, card))
    values = {"is_narrowed": False, "shown_from": card.number, "version": card.version + 1}
    await tx.execute(update(cards).where(cards.c.id == card.id).values(**values))
    again = await get_card(tx.connection, viewer, card.id)
    await note(tx, viewer, "card.let_read", again, subject_id=card.owner.id if card.owner else None)
    await take_back(tx, "card.withheld", card.id)
    if again.is_kept or card.removed_at is not None:
        tx.emit(moderators_stream(card.network_id), CardChanged(card.id, card.version + 1))
        return
    tx.emit(moderators_stream(card.network_id), CardGone(card.id, card.version + 1))
    tx.emit(card_stream(again), CardMade(card.id, card.version + 1))


# -- For the worker --------------------------------------------------------------------------------


async def purge_removed(state: State) -> None:
    """Delete for good what was removed thirty days ago, each in a short transaction of its own."""
    while True:
        due = select(cards.c.id).where(cards.c.removed_at < now() - KEPT_FOR).order_by(cards.c.removed_at).limit(_PART)
        async with state.database.read() as connection:
            found = list(await connection.scalars(due))
        for card_id in found:
            async with state.transaction() as tx:
                await _purge(tx, card_id)
        if len(found) < _PART:
            return


async def _purge(tx: Transaction, card_id: str) -> None:
    """Nothing of it is left but its row in the log."""
    due = cards.c.id == card_id, cards.c.removed_at < now() - KEPT_FOR
    held = select(cards.c.network_id, cards.c.title, cards.c.is_narrowed).where(*due).with_for_update()
    await hold_memberships_about_card(tx, card_id)
    row = (await tx.execute(held)).first()
    if row is None:
        return  # it was brought back meanwhile, or another worker was here
    for table in (card_uses, card_wordings):
        await tx.execute(delete(table).where(table.c.card_id == card_id))
    if row.is_narrowed:
        await erase_reasons_of_card(tx, card_id)
    await forget_card(tx, card_id)
    await take_back(tx, "card.removed", card_id)
    await tx.execute(delete(cards).where(cards.c.id == card_id))
    names = {} if row.is_narrowed else {"title": row.title}
    await record(tx, Deed("card.purged", "card", card_id, row.network_id, names=names))
    tx.emit(moderators_stream(row.network_id), CardGone(card_id))
