"""Make a card, change it, say that it is still right."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, bindparam, exists, insert, select, update

from forum.audit import Deed, Settings, empty_words_about, record, text_hash
from forum.cards import WORDS, Card, Source
from forum.entering import hold_place
from forum.errors import Conflict, Forbidden, Invalid
from forum.events import CardChanged, CardMade
from forum.idempotency import Claim, RequestKey, claim
from forum.knowledge.inputs import HELD_FOR, NO_SOURCE, CardChange, CardConfirmation, NewCard
from forum.knowledge.queries import get_card
from forum.knowledge.source_queries import find_origin
from forum.notification_kinds import NotificationKind
from forum.policy import (
    HELD_CARDS,
    Decision,
    documents_read_in,
    may_change_card,
    may_confirm_card,
    may_hide_wordings,
    may_make_card,
)
from forum.streams import card_stream
from forum.tables import card_wordings, cards, documents, memberships, posts, threads
from forum.telling import settle, tell
from forum.viewer import Viewer
from ground.columns import Identifier, new_id, now
from realtime.transaction import Transaction

CHANGED_MEANWHILE = (
    "This card was changed meanwhile. Nothing of yours is lost: look at what it says now, and save again."
)
NO_SUCH_MEMBER = "Choose a member of this network who may read it."
_CARD = select(cards.c.id).where(cards.c.id == bindparam("held_id", type_=Identifier)).with_for_update(key_share=True)


_SOURCES: Mapping[Source, Table] = {"post": posts, "thread": threads, "document": documents}


def decide(decision: Decision) -> None:
    """Raises Forbidden with the reason, where there is one."""
    if not decision:
        raise Forbidden(decision.reason)


async def hold_card(tx: Transaction, viewer: Viewer, card_id: str, *, to_add: bool = True) -> Card:
    """The card as it stands until the transaction ends, for a member who is about to change something of it.

    Raises NotFound, and Forbidden for who is no member.
    """
    card = await get_card(tx.connection, viewer, card_id)
    await hold_place(tx, viewer, card.network_id, HELD_CARDS, to_add=to_add)
    await tx.execute(_CARD, {"held_id": card_id})
    return await get_card(tx.connection, viewer, card_id)


async def note(
    tx: Transaction,
    viewer: Viewer,
    act: str,
    card: Card,
    *,
    after: Settings | None = None,
    reason: str = "",
    subject_id: str | None = None,
) -> None:
    """Write down in the network's log what was done to a card, with its title."""
    deed = Deed(
        act=act,
        kind="card",
        object_id=card.id,
        network_id=card.network_id,
        actor_id=viewer.id,
        subject_id=subject_id,
        after=after,
        reason=reason,
        # What only moderators may read is not for the log.
        names={} if card.is_narrowed else {"title": card.words.title},
    )
    await record(tx, deed)


async def make_card(tx: Transaction, viewer: Viewer, network_id: str, new: NewCard, key: RequestKey | None) -> Claim:
    """A new card. The caller has found the network as the viewer. Raises Forbidden, and Invalid for its source."""
    decide(may_make_card(viewer, network_id))
    claimed = await claim(tx, viewer.id, key, new_id())
    if claimed.is_replay:
        return claimed
    await hold_place(tx, viewer, network_id, HELD_CARDS)
    await _hold_source(tx, viewer, network_id, new)
    moment = now()
    words = {name: getattr(new, name) for name in WORDS}
    row: dict[str, Any] = {
        **words,
        "id": claimed.object_id,
        "network_id": network_id,
        "author_id": viewer.id,
        "owner_id": viewer.id,
        "source_kind": new.source_kind,
        "source_id": new.source_id,
        "review_on": new.review_on or moment.date() + HELD_FOR,
        "created_at": moment,
        "changed_at": moment,
    }
    await tx.execute(insert(cards), row)
    await _write_wording(tx, viewer, claimed.object_id, 1, words)
    card = await get_card(tx.connection, viewer, claimed.object_id)
    await note(tx, viewer, "card.made", card, after={"words": _hash_of(words), "review_on": str(card.review_on)})
    tx.emit(card_stream(card), CardMade(card.id))
    return claimed


async def _hold_source(tx: Transaction, viewer: Viewer, network_id: str, new: NewCard) -> None:
    """Nobody hides it meanwhile as data about somebody: the card would go with it. Raises Invalid."""
    if new.source_kind is None or new.source_id is None:
        return
    of_source = _SOURCES[new.source_kind].c.id
    await tx.execute(select(of_source).where(of_source == new.source_id).with_for_update(read=True))
    origin = await find_origin(tx.connection, viewer, new.source_kind, new.source_id)
    if origin is None or origin.network_id != network_id:
        raise Invalid({"source_id": NO_SOURCE})


async def _write_wording(tx: Transaction, viewer: Viewer, card_id: str, number: int, words: dict[str, str]) -> None:
    row = {**words, "card_id": card_id, "number": number, "author_id": viewer.id, "created_at": now()}
    await tx.execute(insert(card_wordings), row)


def _hash_of(words: dict[str, str]) -> str:
    return text_hash("\n".join(words[name] for name in WORDS))


_MAY_LOOK_AFTER = select(
    exists().where(
        memberships.c.account_id == bindparam("heir", type_=Identifier),
        memberships.c.network_id == bindparam("in_network", type_=Identifier),
        documents_read_in(bindparam("narrowed", type_=cards.c.is_narrowed.type)),
    )
)


async def change_card(
    tx: Transaction, viewer: Viewer, card_id: str, wanted: CardChange, expected: int | None = None
) -> bool:
    """Set what is wanted; whether anything changed. Raises NotFound, Forbidden, Invalid, and Conflict where the card
    is no longer at the `expected` version."""
    card = await hold_card(tx, viewer, card_id)
    decide(may_change_card(viewer, card))
    if expected is not None and expected != card.version:
        raise Conflict(CHANGED_MEANWHILE)
    words = {name: getattr(card.words, name) for name in WORDS}
    said = {name: value for name in WORDS if (value := getattr(wanted, name)) not in (None, words[name])}
    values: dict[str, Any] = said | await _beside_words(tx, card, wanted)
    if wanted.hide_earlier:
        decide(may_hide_wordings(viewer, card))
        values["shown_from"] = card.number + (1 if said else 0)
        await empty_words_about(tx, card.id, ("title",), lambda word: word != (words | said)["title"])
    if not values:
        return False
    if said:
        values |= {"number": card.number + 1, "author_id": viewer.id, "changed_at": now()}
        await _write_wording(tx, viewer, card.id, card.number + 1, words | said)
    after: dict[str, str | int | bool | None] = {
        name: str(values[name]) for name in ("review_on", "owner_id", "number", "shown_from") if name in values
    }
    if said:
        after["words"] = _hash_of(words | said)
        await tell_owner(tx, viewer, card, "card.changed")
    await note(tx, viewer, "card.changed", card, after=after, subject_id=values.get("owner_id"))
    await _set(tx, card, values)
    return True


async def tell_owner(tx: Transaction, viewer: Viewer, card: Card, kind: NotificationKind) -> None:
    """Who looks after it hears what somebody else did with it; not of one that is for moderators alone."""
    if card.owner is not None and card.owner.id != viewer.id and not card.is_narrowed:
        await tell(tx, [card.owner.id], kind, card.id, network_id=card.network_id, actor_id=viewer.id)


async def _beside_words(tx: Transaction, card: Card, wanted: CardChange) -> dict[str, Any]:
    """What else is to be set. Raises Invalid for who can't look after it."""
    values: dict[str, Any] = {}
    if wanted.review_on is not None and wanted.review_on != card.review_on:
        values |= {"review_on": wanted.review_on, "asked_at": None}
    if wanted.owner is not None and (card.owner is None or wanted.owner != card.owner.id):
        asked = {"heir": wanted.owner, "in_network": card.network_id, "narrowed": card.is_narrowed}
        if not await tx.connection.scalar(_MAY_LOOK_AFTER, asked):
            raise Invalid({"owner": NO_SUCH_MEMBER})
        values["owner_id"] = wanted.owner
    return values


async def _set(tx: Transaction, card: Card, values: dict[str, Any]) -> None:
    await tx.execute(update(cards).where(cards.c.id == card.id).values(**values, version=card.version + 1))
    if "review_on" in values:
        await settle(tx, "card.due", card.id)
    tx.emit(card_stream(card), CardChanged(card.id, card.version + 1))


async def confirm_card(tx: Transaction, viewer: Viewer, card_id: str, wanted: CardConfirmation) -> None:
    """Say that it is still right, for another year or until a day. Raises NotFound and Forbidden."""
    card = await hold_card(tx, viewer, card_id)
    decide(may_confirm_card(viewer, card))
    moment = now()
    review_on = wanted.review_on or moment.date() + HELD_FOR
    await note(tx, viewer, "card.confirmed", card, after={"review_on": str(review_on)})
    await _set(tx, card, {"review_on": review_on, "asked_at": None, "confirmed_at": moment})
