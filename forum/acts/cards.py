"""Cards go with what they were made of: what is hidden or erased as data about somebody may stand in them, too.

They hold words of their own, which a person wrote; whether these say as much, a moderator looks. Until then a card is
the moderators' alone, with its title in the log.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update

from forum.acts.deciding import staff_of
from forum.acts.removing_cards import keep_narrowed
from forum.audit import Deed, empty_words_about, record
from forum.events import CardChanged, CardGone
from forum.policy import cards_heard
from forum.streams import moderators_stream, network_stream
from forum.tables import cards, networks
from forum.telling import tell
from forum.unindexing import forget_card
from realtime.transaction import Transaction


async def withhold_cards_of_post(tx: Transaction, post_id: str, thread_id: str, by_id: str | None) -> None:
    """Cards that were made of this post, or of its thread, are for the moderators of their networks from now on."""
    await withhold_cards_of_posts(tx, [post_id], [thread_id], by_id)


async def withhold_cards_of_posts(
    tx: Transaction, post_ids: Collection[str], thread_ids: Collection[str], by_id: str | None
) -> None:
    """The same for several posts, and for threads that they are in."""
    of_posts = and_(cards.c.source_kind == "post", cards.c.source_id.in_(post_ids))
    of_threads = and_(cards.c.source_kind == "thread", cards.c.source_id.in_(set(thread_ids)))
    await _withhold(tx, or_(of_posts, of_threads), by_id)


async def withhold_cards_of_document(tx: Transaction, document_id: str, by_id: str | None) -> None:
    """The same for those made of this document."""
    await _withhold(tx, and_(cards.c.source_kind == "document", cards.c.source_id == document_id), by_id)


async def _withhold(tx: Transaction, which: ColumnElement[bool], by_id: str | None) -> None:
    columns = (cards.c.id, cards.c.network_id, cards.c.owner_id, cards.c.version, cards.c.removed_at, cards_heard())
    joined = select(*columns).join(networks, networks.c.id == cards.c.network_id)
    held = joined.where(which, cards.c.is_narrowed.is_(False)).order_by(cards.c.id)
    for row in (await tx.execute(held.with_for_update(key_share=True, of=cards))).all():
        await _set_apart(tx, row, by_id)
    await keep_narrowed(tx, which)


async def _set_apart(tx: Transaction, row: Any, by_id: str | None) -> None:
    values = {"is_narrowed": True, "version": row.version + 1}
    await tx.execute(update(cards).where(cards.c.id == row.id).values(**values))
    await empty_words_about(tx, row.id, ("title",), lambda _: True)
    await forget_card(tx, row.id)
    await record(tx, Deed("card.withheld", "card", row.id, row.network_id, actor_id=by_id, subject_id=row.owner_id))
    if row.removed_at is not None:
        return
    whom = {*await staff_of(tx, row.network_id), *([row.owner_id] if row.owner_id else [])}
    await tell(tx, whom, "card.withheld", row.id, network_id=row.network_id, actor_id=by_id)
    if row[-1]:
        tx.emit(network_stream(row.network_id), CardGone(row.id, row.version + 1))
    tx.emit(moderators_stream(row.network_id), CardChanged(row.id, row.version + 1))
