"""Reports of one post, document, card or person are one case; acts settle it, and moderators hear how many wait."""

from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from forum.acts.deciding import overseers, staff_of
from forum.events import ReportsChanged
from forum.policy import about_staff
from forum.streams import account_stream, moderators_stream
from forum.tables import cases, reports
from forum.tables import posts as all_posts
from forum.telling import settle, tell
from ground.columns import Identifier, new_id, now
from realtime.transaction import Transaction

Outcome = Literal["agreed", "disagreed", "ignored"]

_OPEN_DOCUMENT = (cases.c.document_id == bindparam("of_document", type_=Identifier)) & (cases.c.outcome == "")
_ABOUT = (cases.c.id, cases.c.network_id, cases.c.account_id, cases.c.taken_by, cases.c.taken_until)
_LOCK_OPEN_DOCUMENT = select(*_ABOUT).where(_OPEN_DOCUMENT).with_for_update(key_share=True)
_OPEN_CARD = (cases.c.card_id == bindparam("of_card", type_=Identifier)) & (cases.c.outcome == "")
_LOCK_OPEN_CARD = select(*_ABOUT).where(_OPEN_CARD).with_for_update(key_share=True)
_OPEN = (cases.c.post_id == bindparam("of_post", type_=Identifier)) & (cases.c.outcome == "")
_OPEN_HERE = _OPEN & (cases.c.network_id == bindparam("in_network", type_=Identifier))
_LOCK_OPEN = select(*_ABOUT).where(_OPEN).with_for_update(key_share=True)
_LOCK_OPEN_HERE = select(*_ABOUT).where(_OPEN_HERE).with_for_update(key_share=True)
_REPORTERS = select(reports.c.id, reports.c.reporter_id).where(
    reports.c.case_id == bindparam("of_case", type_=Identifier), reports.c.reporter_id.is_not(None)
)
_BECAUSE_OF = (
    select(reports.c.id, reports.c.reporter_id, cases.c.network_id)
    .join(cases, cases.c.id == reports.c.case_id)
    .where(cases.c.act_id == bindparam("of_act", type_=Identifier), reports.c.reporter_id.is_not(None))
)
_SUBJECT = select(cases.c.account_id, about_staff().label("is_staff")).where(
    cases.c.id == bindparam("of_case", type_=Identifier)
)


def open_about(
    network_id: str, account_id: str, post_id: str | None, document_id: str | None = None, card_id: str | None = None
) -> list[ColumnElement[bool]]:
    """The case that waits about this post, document or card, or about this person, in the network."""
    if post_id is not None:
        return [cases.c.outcome == "", cases.c.network_id == network_id, cases.c.post_id == post_id]
    if document_id is not None:
        return [cases.c.outcome == "", cases.c.document_id == document_id]
    if card_id is not None:
        return [cases.c.outcome == "", cases.c.card_id == card_id]
    person = [cases.c.network_id == network_id, cases.c.account_id == account_id]
    neither = (cases.c.post_id.is_(None), cases.c.document_id.is_(None), cases.c.card_id.is_(None))
    return [cases.c.outcome == "", *neither, *person]


async def hold_case(
    tx: Transaction,
    network_id: str,
    account_id: str,
    post_id: str | None,
    document_id: str | None = None,
    card_id: str | None = None,
) -> str:
    """The open case about it, locked; a new one where there is none. Its id."""
    row = {
        "id": new_id(),
        "network_id": network_id,
        "post_id": post_id,
        "document_id": document_id,
        "card_id": card_id,
        "account_id": account_id,
        "opened_at": now(),
    }
    dialect = postgresql if tx.connection.dialect.name == "postgresql" else sqlite
    await tx.execute(dialect.insert(cases).on_conflict_do_nothing(), row)
    about = open_about(network_id, account_id, post_id, document_id, card_id)
    open_one = select(cases.c.id).where(*about).with_for_update(key_share=True)
    return str((await tx.execute(open_one)).scalar_one())


async def count_report(tx: Transaction, case_id: str) -> None:
    """One report more in a case that is held."""
    counted = update(cases).where(cases.c.id == case_id)
    await tx.execute(counted.values(report_count=cases.c.report_count + 1, version=cases.c.version + 1))


async def close_case(
    tx: Transaction, case_id: str, network_id: str, outcome: Outcome, by_id: str | None, act_id: str | None
) -> None:
    """Decide a case that is open and locked; those who reported are told."""
    closed = update(cases).where(cases.c.id == case_id)
    values = {"outcome": outcome, "decided_by": by_id, "decided_at": now(), "act_id": act_id}
    await tx.execute(closed.values(**values, taken_by=None, taken_until=None, version=cases.c.version + 1))
    await settle(tx, "report.made", case_id)
    await settle(tx, "report.stuck", case_id)
    for row in (await tx.execute(_REPORTERS, {"of_case": case_id})).all():
        await tell(tx, [row.reporter_id], "report.answered", row.id, network_id=network_id)
    await tell_moderators(tx, case_id, network_id)


async def close_cases_about(
    tx: Transaction, post_id: str, network_id: str, by_id: str | None, act_id: str | None
) -> None:
    """An act on a post settles what was reported of it in this network, which in others nobody is to learn of."""
    asked = {"of_post": post_id, "in_network": network_id}
    for row in (await tx.execute(_LOCK_OPEN_HERE, asked)).all():
        await _settle_by_act(tx, row, by_id, act_id)


async def close_cases_about_erased(tx: Transaction, post_id: str, by_id: str | None, act_id: str) -> None:
    """That the words are erased settles what was reported of them wherever that was: nothing is left to look at. But
    who erased their own is judged all the same."""
    for row in (await tx.execute(_LOCK_OPEN, {"of_post": post_id})).all():
        await _settle_by_act(tx, row, by_id, act_id, is_final=True)


async def close_cases_about_document(
    tx: Transaction, document_id: str, by_id: str | None, act_id: str | None, *, is_final: bool = False
) -> None:
    """That a document is taken away settles what was reported of it. `is_final`: it is deleted for good."""
    for row in (await tx.execute(_LOCK_OPEN_DOCUMENT, {"of_document": document_id})).all():
        await _settle_by_act(tx, row, by_id, act_id, is_final=is_final)


async def close_cases_about_card(tx: Transaction, card_id: str, by_id: str | None, act_id: str | None) -> None:
    """The same of a card that is removed."""
    for row in (await tx.execute(_LOCK_OPEN_CARD, {"of_card": card_id})).all():
        await _settle_by_act(tx, row, by_id, act_id)


async def _settle_by_act(
    tx: Transaction, row: Row[Any], by_id: str | None, act_id: str | None, *, is_final: bool = False
) -> None:
    """Decide a case by an act, where it is for who acted to decide: never one about themselves, and none that somebody
    else looks into. What waits on shows how things stand by now."""
    is_held = row.taken_by not in (None, by_id) and row.taken_until is not None and row.taken_until > now()
    is_theirs = row.account_id != by_id
    if is_theirs and not is_final and by_id is not None:
        is_theirs = by_id in await who_decides(tx, row.id, row.network_id)
    if is_theirs and (is_final or not is_held):
        await close_case(tx, row.id, row.network_id, "agreed", by_id, act_id)
    else:
        await _stands_otherwise(tx, row.id, row.network_id)


async def _stands_otherwise(tx: Transaction, case_id: str, network_id: str) -> None:
    await tx.execute(update(cases).where(cases.c.id == case_id).values(version=cases.c.version + 1))
    await tell_moderators(tx, case_id, network_id)


async def tell_of_change(tx: Transaction, post_id: str, network_id: str) -> None:
    """A post reads otherwise, or can be read again: who decides what was reported of it in its network sees that."""
    for row in (await tx.execute(_LOCK_OPEN_HERE, {"of_post": post_id, "in_network": network_id})).all():
        await _stands_otherwise(tx, row.id, row.network_id)


async def is_waiting(tx: Transaction, case_id: str) -> bool:
    """Whether a case that is held is still to be decided."""
    waits = select(cases.c.id).where(cases.c.id == case_id, cases.c.outcome == "")
    return (await tx.execute(waits)).first() is not None


async def tell_reporters(tx: Transaction, act_id: str, by_id: str | None) -> None:
    """What was done because of a report is taken back: those who reported are told so, and not who decided."""
    told = [tuple(row) for row in (await tx.execute(_BECAUSE_OF, {"of_act": act_id})).all()]
    for report_id, reporter_id, network_id in told:
        if reporter_id != by_id:
            await tell(tx, [reporter_id], "report.undone", report_id, network_id=network_id)


async def who_decides(tx: Transaction, case_id: str, network_id: str) -> Sequence[str]:
    """Who is told of a case: `policy.cases_shown_to` seen from the other side; the site's where nobody is left."""
    subject = (await tx.execute(_SUBJECT, {"of_case": case_id})).one()
    staff = await staff_of(tx, network_id)
    others = [account_id for account_id in staff if account_id != subject.account_id]
    above = [account_id for account_id in others if staff[account_id] == "administrator"]
    return (above if subject.is_staff else []) or others or sorted(await overseers(tx) - {subject.account_id})


async def tell_of_report(tx: Transaction, case_id: str, network_id: str, besides: str = "") -> None:
    """Tell whoever decides it that something was reported, but for who did so themselves."""
    staff = await staff_of(tx, network_id)
    told = set(await who_decides(tx, case_id, network_id)) - {besides}
    await tell(tx, told & staff.keys(), "report.made", case_id, network_id=network_id)
    await tell(tx, told - staff.keys(), "report.stuck", case_id, network_id=network_id)
    await tell_moderators(tx, case_id, network_id)


async def tell_moderators(tx: Transaction, case_id: str, network_id: str) -> None:
    """Say that the queue is another one. Of a case about somebody who would hear it, each who decides is told alone."""
    if not (await tx.execute(_SUBJECT, {"of_case": case_id})).one().is_staff:
        tx.emit(moderators_stream(network_id), ReportsChanged(network_id))
        return
    for account_id in await who_decides(tx, case_id, network_id):
        tx.emit(account_stream(account_id), ReportsChanged(network_id))


async def tell_of_move(tx: Transaction, thread_id: str) -> None:
    """A thread is in another network now: what was reported of its posts, or done with them, stays with the moderators
    of the network in which it was, and they hear that it stands otherwise."""
    inside = select(all_posts.c.id).where(all_posts.c.thread_id == thread_id)
    touched = update(cases).where(cases.c.post_id.in_(inside)).values(version=cases.c.version + 1)
    for row in (await tx.execute(touched.returning(cases.c.id, cases.c.network_id, cases.c.outcome))).all():
        if row.outcome == "":
            await tell_moderators(tx, row.id, row.network_id)
