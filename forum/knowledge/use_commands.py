""" "We use this too": said once by each member for themselves, and once for each network by an administrator of it."""

from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects import postgresql, sqlite

from forum.audit import Deed, record
from forum.cards import Card, CardUse
from forum.entering import hold_place
from forum.errors import Conflict, Forbidden, Invalid, NotFound
from forum.events import CardUsed
from forum.idempotency import Claim, RequestKey, claim
from forum.knowledge.commands import decide, tell_owner
from forum.knowledge.inputs import NewUse
from forum.knowledge.queries import get_card
from forum.knowledge.use_queries import find_use
from forum.network_reads import get_network_by_id, lock_administered
from forum.policy import HELD_CARDS, bars, may_end_use, may_use_card, may_use_for
from forum.streams import card_stream, moderators_stream, network_stream
from forum.tables import card_uses, memberships
from forum.viewer import Viewer
from ground.columns import new_id, now
from realtime.transaction import Transaction

SAID_ALREADY = "This was said already."
NO_SUCH_NETWORK = "Choose yourself, or a network that you administer."
KEPT_OUT = "An administrator of that network has removed you for good, so you add nothing to it."
_INSERTS: dict[str, Any] = {
    "postgresql": postgresql.insert(card_uses).on_conflict_do_nothing().returning(card_uses.c.id),
    "sqlite": sqlite.insert(card_uses).on_conflict_do_nothing().returning(card_uses.c.id),
}


async def say_use(tx: Transaction, viewer: Viewer, card_id: str, said: NewUse, key: RequestKey | None) -> Claim:
    """Say that one uses it, or that a network does which the viewer administers.

    Raises NotFound, Forbidden, Invalid for another network, and Conflict where it was said already.
    """
    card = await get_card(tx.connection, viewer, card_id)
    if said.network:
        return await _say_for_network(tx, viewer, card, said, key)
    decide(may_use_card(viewer, card))
    claimed = await claim(tx, viewer.id, key, new_id())
    if not claimed.is_replay:
        await hold_place(tx, viewer, card.network_id, HELD_CARDS)
        card = await get_card(tx.connection, viewer, card_id)
        await _insert(tx, viewer, claimed.object_id, card, said.words, None)
        await tell_owner(tx, viewer, card, "card.used")
        tx.emit(card_stream(card), CardUsed(card.id))
    return claimed


async def _say_for_network(tx: Transaction, viewer: Viewer, card: Card, said: NewUse, key: RequestKey | None) -> Claim:
    place = next((each for each in viewer.active_places() if each.slug == said.network), None)
    if place is None:
        raise Invalid({"network": NO_SUCH_NETWORK})
    home = (await get_network_by_id(tx.connection, viewer, card.network_id)).network
    decide(may_use_for(viewer, card, home, place))
    await _ask_whether_welcome(tx, viewer, card.network_id)
    claimed = await claim(tx, viewer.id, key, new_id())
    if claimed.is_replay:
        return claimed
    network = await lock_administered(tx.connection, viewer, said.network)
    await _insert(tx, viewer, claimed.object_id, card, said.words, network.id)
    deed = Deed(
        act="card.use_said",
        kind="card",
        object_id=card.id,
        network_id=network.id,
        actor_id=viewer.id,
        names={"title": card.words.title},
    )
    await record(tx, deed)
    # A network that not everybody reads is told alone, and nobody else hears anything.
    if network.access == "open":
        await tell_owner(tx, viewer, card, "card.used")
    tx.emit(card_stream(card) if network.access == "open" else network_stream(network.id), CardUsed(card.id))
    return claimed


async def _ask_whether_welcome(tx: Transaction, viewer: Viewer, network_id: str) -> None:
    """Whoever is kept out of the card's network adds nothing to it by way of another. Raises Forbidden."""
    if await tx.connection.scalar(select(exists().where(memberships.c.network_id == network_id, bars(viewer)))):
        raise Forbidden(KEPT_OUT)


async def _insert(tx: Transaction, viewer: Viewer, use_id: str, card: Card, words: str, network_id: str | None) -> None:
    row = {"id": use_id, "card_id": card.id, "account_id": viewer.id, "network_id": network_id, "words": words}
    made = (await tx.execute(_INSERTS[tx.connection.dialect.name], {**row, "created_at": now()})).first()
    if made is None:
        raise Conflict(SAID_ALREADY)


async def end_use(tx: Transaction, viewer: Viewer, card_id: str, use_id: str) -> None:
    """Take it back. Raises NotFound for what the viewer may not know of, and Forbidden."""
    card = await get_card(tx.connection, viewer, card_id)
    use = await find_use(tx.connection, viewer, card, use_id)
    decide(may_end_use(viewer, card, use))
    if (await tx.execute(delete(card_uses).where(card_uses.c.id == use.id))).rowcount != 1:
        raise NotFound
    await _note_end(tx, viewer, card, use)
    stream = moderators_stream if use.network_access == "open" else network_stream
    tx.emit(stream(use.network_id) if use.is_hidden and use.network_id else card_stream(card), CardUsed(card.id))


async def _note_end(tx: Transaction, viewer: Viewer, card: Card, use: CardUse) -> None:
    """What is said for a network stands in its own log; what a moderator takes away that all saw, in the card's.

    So neither log tells of what its readers may not know.
    """
    is_moderated = use.by.id != viewer.id and viewer.has_role(card.network_id, "moderator")
    is_seen = not use.is_hidden
    for network_id in filter(None, (use.network_id, card.network_id if is_moderated and is_seen else None)):
        deed = Deed(
            act="card.use_ended",
            kind="card",
            object_id=card.id,
            network_id=network_id,
            actor_id=viewer.id,
            subject_id=use.by.id,
            names={} if card.is_narrowed else {"title": card.words.title},
        )
        await record(tx, deed)
