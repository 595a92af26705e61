"""A card is removed, and brought back: for who looks after it and for moderators alike.

Where somebody else looks after it that is an act of moderation, of which they are told, and against which they appeal.
What is removed as patient or personal data is the moderators' alone. Brought back it is as it was before, also for all
to read: whoever undoes the removal says that there is no such thing in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select, update

from forum.acts.appeals import close_appeals
from forum.acts.cases import close_cases_about_card, tell_reporters
from forum.acts.recording import Act, keep_act, tell_of_act
from forum.acts.titles import HIDES_TITLE
from forum.audit import Deed, empty_words_about, record
from forum.errors import Conflict, NotFound
from forum.events import CardGone, CardMade
from forum.policy import CardStanding, cards_heard, cards_readable_by
from forum.records import Rule
from forum.streams import moderators_stream, network_stream
from forum.tables import acts, cards, networks
from forum.telling import settle, tell
from forum.unindexing import forget_card
from forum.viewer import Viewer
from ground.columns import Identifier, now
from realtime.transaction import Transaction

DELETED = "This card was deleted for good: it had been removed for 30 days."
IS_BACK = "This card was restored already."
NARROWED = "narrowed"
"""What an act notes of a card: whether it was the moderators' alone before."""
_CARD = (
    select(
        cards.c.id,
        cards.c.network_id,
        cards.c.title,
        cards.c.version,
        cards.c.owner_id,
        cards.c.author_id,
        cards.c.removed_at,
        cards.c.is_narrowed,
        ~cards_heard(),
    )
    .join(networks, networks.c.id == cards.c.network_id)
    .where(cards.c.id == bindparam("held_id", type_=Identifier))
    .with_for_update(key_share=True, of=cards)
)
_END = (
    update(acts)
    .where(
        acts.c.card_id == bindparam("of_card", type_=Identifier),
        acts.c.kind == "remove_card",
        acts.c.undone_at.is_(None),
    )
    .values(
        undone_at=bindparam("moment", type_=acts.c.at.type),
        undone_by=bindparam("by", type_=Identifier),
        version=acts.c.version + 1,
    )
    .returning(acts.c.id, acts.c.account_id, acts.c.before)
)


@dataclass(frozen=True, slots=True)
class HeldCard:
    """A card that no other transaction changes meanwhile."""

    id: str
    network_id: str
    title: str
    version: int
    owner_id: str | None
    author_id: str
    removed_at: datetime | None
    is_narrowed: bool
    is_apart: bool
    """Its events go to the moderators' stream."""

    @property
    def concerns(self) -> str:
        """Who is told what becomes of it: who looks after it, or else who wrote what it says now."""
        return self.owner_id or self.author_id

    @property
    def stream(self) -> str:
        """Where its events go."""
        return (moderators_stream if self.is_apart else network_stream)(self.network_id)

    @property
    def standing(self) -> CardStanding:
        """What rights over it depend on."""
        return CardStanding(self.network_id, self.owner_id, self.author_id, self.removed_at is not None)


async def hold_any_card(tx: Transaction, viewer: Viewer | None, card_id: str) -> HeldCard:
    """The card, held; as this viewer may know of it, or whatever it is. Raises NotFound."""
    statement = _CARD if viewer is None else _CARD.where(cards_readable_by(viewer))
    row: Any = (await tx.execute(statement, {"held_id": card_id})).first()
    if row is None:
        raise NotFound
    return HeldCard(*row)


async def take_card_away(
    tx: Transaction, held: HeldCard, by_id: str, reason: str, rule: Rule | None = None
) -> str | None:
    """Remove it; the id of the act, where it is one. What was reported of it is settled by it."""
    hides = rule in HIDES_TITLE
    values = {"removed_at": now(), "removed_by": by_id, "removal_reason": reason, "version": held.version + 1}
    narrowed = held.is_narrowed or hides
    await tx.execute(update(cards).where(cards.c.id == held.id).values(**values, is_narrowed=narrowed))
    await settle(tx, "card.due", held.id)
    act_id = await _keep_act(tx, held, by_id, reason, rule) if held.concerns != by_id else None
    if hides:
        await empty_words_about(tx, held.id, ("title",), lambda _: True)
    deed = Deed(
        act="card.removed",
        kind="card",
        object_id=held.id,
        network_id=held.network_id,
        actor_id=by_id,
        subject_id=held.concerns,
        after={"rule": rule, "act": act_id} if act_id else None,
        reason=reason,
        names={} if narrowed else {"title": held.title},
    )
    await record(tx, deed)
    await close_cases_about_card(tx, held.id, by_id, act_id)
    await forget_card(tx, held.id)
    tx.emit(held.stream, CardGone(held.id, held.version + 1))
    return act_id


async def _keep_act(tx: Transaction, held: HeldCard, by_id: str, reason: str, rule: Rule | None) -> str:
    """Keep that a moderator did it, and tell whom it concerns; the act's id."""
    act = Act("remove_card", held.network_id, by_id, reason, rule, card_id=held.id, account_id=held.concerns)
    act = replace(act, before={NARROWED: held.is_narrowed})
    act_id = await keep_act(tx, act)
    await tell_of_act(tx, act_id, held.concerns, held.network_id)
    return act_id


async def restore_card(tx: Transaction, held: HeldCard, by_id: str) -> None:
    """Bring it back as it was; a moderator's act that took it away counts no more."""
    ended = (await tx.execute(_END, {"of_card": held.id, "moment": now(), "by": by_id})).all()
    await _bring_back(tx, held, stays_narrowed=all(_was_narrowed(act.before) for act in ended))
    is_answered = await close_appeals(tx, by_id, [act.id for act in ended])
    for act in ended:
        await tell_reporters(tx, act.id, by_id)
        if act.account_id != by_id and not is_answered:
            await tell(tx, [act.account_id], "act.undone", act.id, network_id=held.network_id)
    names = {} if held.is_narrowed else {"title": held.title}
    deed = Deed("card.restored", "card", held.id, held.network_id, by_id, held.owner_id, names=names)
    await record(tx, deed)


async def bring_card_back(tx: Transaction, card_id: str, before: Mapping[str, Any]) -> None:
    """The same for who writes down themselves that an act is undone, and how it was `before`. Raises Conflict where
    it can't be."""
    try:
        held = await hold_any_card(tx, None, card_id)
    except NotFound:
        raise Conflict(DELETED) from None
    if held.removed_at is None:
        raise Conflict(IS_BACK)
    await _bring_back(tx, held, stays_narrowed=_was_narrowed(before))


async def keep_narrowed(tx: Transaction, which: ColumnElement[bool]) -> None:
    """Cards that were removed, and that are the moderators' for another reason by now: undoing does not change that."""
    of_cards = acts.c.card_id.in_(select(cards.c.id).where(which))
    waiting = (acts.c.kind == "remove_card", acts.c.undone_at.is_(None), of_cards)
    await tx.execute(update(acts).where(*waiting).values(before={NARROWED: True}))


def _was_narrowed(before: Mapping[str, Any] | None) -> bool:
    """What was removed before this was written down stays the moderators' until one of them has looked."""
    return bool((before or {}).get(NARROWED, True))


async def _bring_back(tx: Transaction, held: HeldCard, *, stays_narrowed: bool) -> None:
    narrowed = held.is_narrowed and stays_narrowed
    values = {"removed_at": None, "removed_by": None, "removal_reason": "", "is_narrowed": narrowed}
    await tx.execute(update(cards).where(cards.c.id == held.id).values(**values, version=held.version + 1))
    again = await hold_any_card(tx, None, held.id)
    if again.stream != held.stream:
        tx.emit(held.stream, CardGone(held.id, held.version + 1))
    tx.emit(again.stream, CardMade(held.id, held.version + 1))
