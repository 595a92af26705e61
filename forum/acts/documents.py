"""A document is taken out of its network's library, and brought back: for who looks after it and for moderators alike.

Where somebody else looks after it that is an act of moderation, of which they are told, and against which they appeal.
What is withdrawn as patient or personal data is the moderators' alone until it comes back: its title and its
description may say as much as its pages.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, insert, select, update

from forum.acts.appeals import close_appeals
from forum.acts.cards import withhold_cards_of_document
from forum.acts.cases import close_cases_about_document, tell_reporters
from forum.acts.recording import Act, keep_act, tell_of_act
from forum.acts.titles import HIDES_TITLE, give_back_title_of, hide_title_of
from forum.audit import Deed, empty_words_about, record
from forum.errors import Conflict, NotFound
from forum.events import DocumentAdded, DocumentGone, DocumentRestored, DocumentWithdrawn
from forum.freeing import tell_free
from forum.policy import DocumentStanding, documents_heard, documents_readable_by
from forum.records import Rule
from forum.streams import moderators_stream, network_stream
from forum.tables import (
    acts,
    document_audiences,
    document_locks,
    document_versions,
    documents,
    folders,
    networks,
)
from forum.telling import tell
from forum.viewer import Viewer
from ground.columns import Identifier, now
from realtime.transaction import Transaction

DELETED = "This document was deleted for good: it had been withdrawn for 30 days."
IS_BACK = "This document was restored already."
_DOCUMENT = (
    select(
        documents.c.id,
        documents.c.network_id,
        documents.c.title,
        documents.c.version,
        documents.c.version_count,
        documents.c.owner_id,
        document_versions.c.author_id,
        documents.c.withdrawn_at,
        ~documents_heard(),
        documents.c.is_narrowed,
        documents.c.thread_id,
    )
    .join(networks, networks.c.id == documents.c.network_id)
    .join(
        document_versions,
        and_(
            document_versions.c.document_id == documents.c.id, document_versions.c.number == documents.c.version_count
        ),
    )
    .where(documents.c.id == bindparam("held_id", type_=Identifier))
    .with_for_update(key_share=True, of=documents)
)
_IN_NARROWED = (
    select(folders.c.is_narrowed)
    .join(documents, documents.c.folder_id == folders.c.id)
    .where(documents.c.id == bindparam("held_id", type_=Identifier))
)
_END = (
    update(acts)
    .where(
        acts.c.document_id == bindparam("of_document", type_=Identifier),
        acts.c.kind == "withdraw",
        acts.c.undone_at.is_(None),
    )
    .values(
        undone_at=bindparam("moment", type_=acts.c.at.type),
        undone_by=bindparam("by", type_=Identifier),
        version=acts.c.version + 1,
    )
    .returning(acts.c.id, acts.c.account_id)
)


@dataclass(frozen=True, slots=True)
class HeldDocument:
    """A document that no other transaction changes meanwhile."""

    id: str
    network_id: str
    title: str
    version: int
    number: int
    """Of its newest version."""
    owner_id: str | None
    author_id: str
    """Of that version."""
    withdrawn_at: datetime | None
    is_apart: bool
    """Its events go to the moderators' stream."""
    is_narrowed: bool
    thread_id: str | None
    """Where it is talked about."""

    @property
    def concerns(self) -> str:
        """Who is told what becomes of it: who looks after it, or else who shared what it says now."""
        return self.owner_id or self.author_id

    @property
    def stream(self) -> str:
        """Where its events go."""
        return (moderators_stream if self.is_apart else network_stream)(self.network_id)

    def standing(self, author_id: str) -> DocumentStanding:
        """What rights over it depend on, with the author of the version that is meant."""
        return DocumentStanding(self.network_id, self.owner_id, author_id, self.withdrawn_at is not None)


def hidden_as_data() -> ColumnElement[bool]:
    """Rows of `documents` that a moderator withdrew as patient or personal data, and that nobody brought back."""
    return exists(
        select(acts.c.id).where(
            acts.c.document_id == documents.c.id,
            acts.c.kind == "withdraw",
            acts.c.rule.in_(sorted(HIDES_TITLE)),
            acts.c.undone_at.is_(None),
        )
    ).correlate(documents)


async def hold_document(tx: Transaction, viewer: Viewer | None, document_id: str) -> HeldDocument:
    """The document, held; as this viewer may know of it, or whatever it is. Raises NotFound."""
    statement = _DOCUMENT if viewer is None else _DOCUMENT.where(documents_readable_by(viewer))
    row: Any = (await tx.execute(statement, {"held_id": document_id})).first()
    if row is None:
        raise NotFound
    return HeldDocument(*row)


async def find_author(tx: Transaction, document_id: str, number: int) -> str:
    """Who shared this version. Raises NotFound."""
    this = document_versions.c.document_id == document_id, document_versions.c.number == number
    found: str | None = await tx.connection.scalar(select(document_versions.c.author_id).where(*this))
    if found is None:
        raise NotFound
    return found


async def withdraw(
    tx: Transaction, held: HeldDocument, by_id: str, reason: str, rule: Rule | None = None
) -> str | None:
    """Take it out of the library; the id of the act, where it is one. What was reported of it is settled by it.

    Who works on it does so still: otherwise whoever may withdraw it would end another's work without a word.
    """
    values = {"withdrawn_at": now(), "withdrawn_by": by_id, "withdrawal_reason": reason, "version": held.version + 1}
    await tx.execute(update(documents).where(documents.c.id == held.id).values(**values))
    act_id, hides = None, rule in HIDES_TITLE
    if held.concerns != by_id:
        act = Act("withdraw", held.network_id, by_id, reason, rule, document_id=held.id, account_id=held.concerns)
        act_id = await keep_act(tx, act)
        await tell_of_act(tx, act_id, held.concerns, held.network_id)
    deed = Deed(
        act="document.withdrawn",
        kind="document",
        object_id=held.id,
        network_id=held.network_id,
        actor_id=by_id,
        subject_id=held.concerns,
        after={"rule": rule, "act": act_id} if act_id else None,
        reason=reason,
        names={} if hides else {"title": held.title},
    )
    await record(tx, deed)
    await close_cases_about_document(tx, held.id, by_id, act_id)
    if hides:
        await _set_apart(tx, held)
        await withhold_cards_of_document(tx, held.id, by_id)
    tx.emit(moderators_stream(held.network_id) if hides else held.stream, DocumentWithdrawn(held.id, held.version + 1))
    return act_id


async def _set_apart(tx: Transaction, held: HeldDocument) -> None:
    """From now on for the moderators alone, with its title in the log and over the thread about it."""
    await empty_words_about(tx, held.id, ("title", "before", "after"), lambda _: True)
    if held.thread_id is not None:
        await hide_title_of(tx, held.thread_id)
    if held.is_narrowed:
        return
    await _set_narrowed(tx, held, is_narrowed=True)
    if not held.is_apart:
        tx.emit(network_stream(held.network_id), DocumentGone(held.id, held.version + 1))


async def _set_narrowed(tx: Transaction, held: HeldDocument, *, is_narrowed: bool) -> None:
    await tx.execute(update(documents).where(documents.c.id == held.id).values(is_narrowed=is_narrowed))
    row = {"document_id": held.id, "since": now(), "is_narrowed": is_narrowed}
    await tx.execute(insert(document_audiences), row)


async def restore(tx: Transaction, held: HeldDocument, by_id: str) -> None:
    """Bring it back as it was; a moderator's act that took it away counts no more."""
    await _bring_back(tx, held, by_id)
    ended = (await tx.execute(_END, {"of_document": held.id, "moment": now(), "by": by_id})).all()
    is_answered = await close_appeals(tx, by_id, [act.id for act in ended])
    for act in ended:
        await tell_reporters(tx, act.id, by_id)
        if act.account_id != by_id and not is_answered:
            await tell(tx, [act.account_id], "act.undone", act.id, network_id=held.network_id)
    title = {"title": held.title}
    await record(tx, Deed("document.restored", "document", held.id, held.network_id, actor_id=by_id, names=title))


async def bring_back(tx: Transaction, document_id: str) -> None:
    """The same for who writes down themselves that an act is undone. Raises Conflict where it can't be."""
    try:
        held = await hold_document(tx, None, document_id)
    except NotFound:
        raise Conflict(DELETED) from None
    if held.withdrawn_at is None:
        raise Conflict(IS_BACK)
    await _bring_back(tx, held, None)


async def _bring_back(tx: Transaction, held: HeldDocument, by_id: str | None) -> None:
    values = {"withdrawn_at": None, "withdrawn_by": None, "withdrawal_reason": "", "version": held.version + 1}
    await tx.execute(update(documents).where(documents.c.id == held.id).values(**values))
    of_it = (document_locks.c.document_id == held.id) & (document_locks.c.ends_at > now())
    if (await tx.execute(select(document_locks.c.document_id).where(of_it))).first() is None:
        await tell_free(tx, held.id, held.network_id, by_id)  # the work ended while it was away
    if held.thread_id is not None:
        await give_back_title_of(tx, held.thread_id)
    if held.is_narrowed and not await tx.connection.scalar(_IN_NARROWED, {"held_id": held.id}):
        await _set_narrowed(tx, held, is_narrowed=False)
        again = await hold_document(tx, None, held.id)
        if not again.is_apart:
            tx.emit(moderators_stream(held.network_id), DocumentGone(held.id, held.version + 1))
            tx.emit(again.stream, DocumentAdded(held.id, held.version + 1))
            return
    tx.emit(held.stream, DocumentRestored(held.id, held.version + 1))
