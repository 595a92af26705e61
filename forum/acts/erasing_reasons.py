"""What was said about words that are erased goes with them: why moderators acted, who appealed, what was answered.

A moderator who says what is wrong with a post may say who is named there. The acts stay, and the audit row of each
with the hash of its reason; only why the post was erased stays in words.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, or_, select, tuple_, update

from forum.acts.holding import Held
from forum.acts.quotations import HIDDEN_WITH, REPEATS
from forum.audit import empty_reasons
from forum.tables import acts, audit_rows, audit_words, cases, membership_states, memberships, posts, reports
from forum.text import ERASED, Said, repeats, shares_words
from realtime.transaction import Transaction

_WORDS = (acts.c.reason, acts.c.appeal, acts.c.appeal_answer)
_SAID = select(acts.c.id, acts.c.network_id, acts.c.account_id, acts.c.undo_row_id, *_WORDS)


# -- Memberships come first ------------------------------------------------------------------------
# Whoever acts on a person holds their membership before the post, document or card that is the reason. Why somebody was
# removed stands in the membership, too, so whoever is about to erase that holds these rows before anything else.


async def hold_memberships_about_post(tx: Transaction, post_id: str) -> None:
    """Hold the memberships that may say why something was done because of this post; before its network and itself."""
    thread_id = select(posts.c.thread_id).where(posts.c.id == post_id).scalar_subquery()
    about_thread = and_(acts.c.thread_id == thread_id, acts.c.post_id.is_(None))
    author_id = select(posts.c.author_id).where(posts.c.id == post_id).scalar_subquery()
    about_author = and_(acts.c.account_id == author_id, acts.c.post_id.is_(None))
    on_it = or_(acts.c.post_id == post_id, about_thread, about_author)
    await _hold_memberships(tx, cases.c.post_id == post_id, on_it)


async def hold_memberships_about_document(tx: Transaction, document_id: str) -> None:
    """The same before a document is held."""
    await _hold_memberships(tx, cases.c.document_id == document_id, acts.c.document_id == document_id)


async def hold_memberships_about_card(tx: Transaction, card_id: str) -> None:
    """The same before a card is held."""
    await _hold_memberships(tx, cases.c.card_id == card_id, acts.c.card_id == card_id)


async def _hold_memberships(tx: Transaction, reported: ColumnElement[bool], on_it: ColumnElement[bool]) -> None:
    decided = acts.c.id.in_(select(cases.c.act_id).where(reported, cases.c.act_id.is_not(None)))
    whose = select(acts.c.network_id, acts.c.account_id).where(or_(on_it, decided), acts.c.account_id.is_not(None))
    theirs = tuple_(memberships.c.network_id, memberships.c.account_id).in_(whose)
    held = select(memberships.c.id).where(theirs, memberships.c.reason != "")
    ordered = held.order_by(memberships.c.network_id, memberships.c.account_id, memberships.c.id)
    (await tx.execute(ordered.with_for_update(key_share=True))).all()


# -- What goes -------------------------------------------------------------------------------------


async def erase_reasons(tx: Transaction, post: Held, said: Sequence[str]) -> None:
    """Erase why this post was reported and dealt with, and what was answered; before what waits is closed for good.

    What was done about its thread keeps its reason, unless that has a word in common with what was `said`; what was
    done about its author otherwise keeps it, unless it repeats these words or a number of a patient among them.
    """
    await tx.execute(update(posts).where(posts.c.id == post.id).values(removal_reason=""))
    on_it = acts.c.post_id == post.id
    await _erase(tx, post.id, cases.c.post_id == post.id, on_it)
    about_thread = _SAID.where(acts.c.thread_id == post.thread_id, acts.c.post_id.is_(None))
    for row in (await tx.execute(about_thread)).all():
        if shares_words(f"{row.reason} {row.appeal} {row.appeal_answer}", said):
            await _erase_from_act(tx, row)
    await _erase_about_author(tx, post.author_id, said)
    await _erase_appeals_with(tx, (await tx.execute(select(acts.c.id).where(on_it))).scalars().all())


async def _erase_about_author(tx: Transaction, author_id: str, said: Sequence[str]) -> None:
    """What was said to the author, or about them, in whatever network, where it repeats what was `said`."""
    numbers = Said(said)

    def _is_of_it(text: str) -> bool:
        return repeats(text, said) or numbers.has_number_in(text)

    about = _SAID.where(acts.c.account_id == author_id, acts.c.post_id.is_(None))
    for row in (await tx.execute(about)).all():
        if any(map(_is_of_it, (row.reason, row.appeal, row.appeal_answer))):
            await _erase_from_act(tx, row)
    logged = (audit_rows.c.subject_id == author_id, audit_rows.c.act != "post.erase")
    why = select(audit_words.c.word).join(audit_rows, audit_rows.c.id == audit_words.c.row_id).where(*logged)
    given = (await tx.execute(why.where(audit_words.c.name == "reason", audit_words.c.word != ""))).scalars()
    if words := set(filter(_is_of_it, given)):
        await empty_reasons(tx, *logged, words=words)


async def erase_reasons_of_document(tx: Transaction, document_id: str) -> None:
    """The same of a document that was withdrawn as data about somebody, and is deleted for good."""
    await _erase(tx, document_id, cases.c.document_id == document_id, acts.c.document_id == document_id)


async def erase_reasons_of_card(tx: Transaction, card_id: str) -> None:
    """The same of a card that was removed as such, or made of what was."""
    await _erase(tx, card_id, cases.c.card_id == card_id, acts.c.card_id == card_id)


async def _erase(tx: Transaction, object_id: str, reported: ColumnElement[bool], on_it: ColumnElement[bool]) -> None:
    """What was said in cases about it, in acts on it, and in acts on people that were decided in these cases."""
    found = (await tx.execute(select(cases.c.id, cases.c.act_id).where(reported))).all()
    case_ids = [row.id for row in found]
    await tx.execute(update(reports).where(reports.c.case_id.in_(case_ids)).values(words=""))
    await tx.execute(update(cases).where(reported, cases.c.answer != "").values(answer=ERASED))
    await empty_reasons(tx, audit_rows.c.object_id.in_([object_id, *case_ids]), audit_rows.c.act != "post.erase")
    decided = acts.c.id.in_([row.act_id for row in found if row.act_id])
    for row in (await tx.execute(_SAID.where(or_(on_it, decided), acts.c.kind != "erase"))).all():
        await _erase_from_act(tx, row)


async def _erase_from_act(tx: Transaction, act: Row[Any]) -> None:
    """The words of an act, and the same where they say what became of a person, of their membership, or of a thread."""
    words = {act.reason, act.appeal_answer} - {"", ERASED}
    await _erase_columns(tx, acts.c.id == act.id, _WORDS)
    await empty_reasons(tx, audit_rows.c.subject_id == act.account_id, words=words)
    if act.undo_row_id is not None:
        await empty_reasons(tx, audit_rows.c.id == act.undo_row_id)
    for table in (memberships, membership_states):
        theirs = (table.c.network_id == act.network_id, table.c.account_id == act.account_id)
        await tx.execute(update(table).where(*theirs, table.c.reason.in_(words)).values(reason=ERASED))


async def _erase_columns(tx: Transaction, which: ColumnElement[bool], columns: Collection[ColumnElement[str]]) -> None:
    values: dict[Any, Any] = {column: case((column == "", ""), else_=ERASED) for column in columns}
    await tx.execute(update(acts).where(which).values({**values, acts.c.version: acts.c.version + 1}))


async def _erase_appeals_with(tx: Transaction, act_ids: Sequence[str]) -> None:
    """What was said for and against hiding posts that quoted it or repeated its words; why, names nobody."""
    because_of = [acts.c.before[name].as_string().in_(act_ids) for name in (HIDDEN_WITH, REPEATS)]
    with_it = or_(*because_of) & (acts.c.appeal != "")
    appealed = (await tx.execute(select(acts.c.post_id).where(with_it))).scalars().all()
    answered = ("post.appeal_upheld", "post.appeal_overturned", "post.appeal_granted")
    await empty_reasons(tx, audit_rows.c.object_id.in_(appealed), audit_rows.c.act.in_(answered))
    await _erase_columns(tx, with_it, (acts.c.appeal, acts.c.appeal_answer))
