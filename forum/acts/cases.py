"""Reports of one post, one document or one person are one case; acts settle it, and moderators hear how many wait."""

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import ColumnElement, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from forum.acts.deciding import overseers, staff_of
from forum.events import ReportsChanged
from forum.policy import about_staff
from forum.streams import account_stream, moderators_stream
from forum.tables import acts, cases, reports
from forum.tables import posts as all_posts
from forum.telling import settle, tell
from ground.columns import Identifier, new_id, now
from realtime.transaction import Transaction

Outcome = Literal["agreed", "disagreed", "ignored"]

_OPEN_DOCUMENT = (cases.c.document_id == bindparam("of_document", type_=Identifier)) & (cases.c.outcome == "")
_LOCK_OPEN_DOCUMENT = select(cases.c.id, cases.c.network_id).where(_OPEN_DOCUMENT).with_for_update(key_share=True)
_OPEN = (cases.c.post_id == bindparam("of_post", type_=Identifier)) & (cases.c.outcome == "")
_LOCK_OPEN = select(cases.c.id, cases.c.network_id).where(_OPEN).with_for_update(key_share=True)
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
    network_id: str, account_id: str, post_id: str | None, document_id: str | None = None
) -> list[ColumnElement[bool]]:
    """The case that waits about this post or document, or about this person in the network."""
    if post_id is not None:
        return [cases.c.outcome == "", cases.c.post_id == post_id]
    if document_id is not None:
        return [cases.c.outcome == "", cases.c.document_id == document_id]
    person = [cases.c.network_id == network_id, cases.c.account_id == account_id]
    return [cases.c.outcome == "", cases.c.post_id.is_(None), cases.c.document_id.is_(None), *person]


async def hold_case(
    tx: Transaction, network_id: str, account_id: str, post_id: str | None, document_id: str | None = None
) -> str:
    """The open case about it, locked; a new one where there is none. Its id."""
    row = {
        "id": new_id(),
        "network_id": network_id,
        "post_id": post_id,
        "document_id": document_id,
        "account_id": account_id,
        "opened_at": now(),
    }
    dialect = postgresql if tx.connection.dialect.name == "postgresql" else sqlite
    await tx.execute(dialect.insert(cases).on_conflict_do_nothing(), row)
    about = open_about(network_id, account_id, post_id, document_id)
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
    tx: Transaction, post_id: str, outcome: Outcome, by_id: str | None, act_id: str | None
) -> None:
    """An act on a post settles what was reported of it."""
    for row in (await tx.execute(_LOCK_OPEN, {"of_post": post_id})).all():
        await close_case(tx, row.id, row.network_id, outcome, by_id, act_id)


async def close_cases_about_document(
    tx: Transaction, document_id: str, outcome: Outcome, by_id: str | None, act_id: str | None
) -> None:
    """That a document is taken away settles what was reported of it."""
    for row in (await tx.execute(_LOCK_OPEN_DOCUMENT, {"of_document": document_id})).all():
        await close_case(tx, row.id, row.network_id, outcome, by_id, act_id)


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


async def move_with_thread(tx: Transaction, thread_id: str, before_id: str, network_id: str) -> None:
    """What is reported of a thread's posts, and was done with them, is for the network that the thread lies in now."""
    inside = select(all_posts.c.id).where(all_posts.c.thread_id == thread_id)
    done = update(acts).where(acts.c.post_id.in_(inside), acts.c.network_id == before_id)
    await tx.execute(done.values(network_id=network_id))
    moved = update(cases).where(cases.c.post_id.in_(inside)).values(network_id=network_id, version=cases.c.version + 1)
    if (await tx.execute(moved)).rowcount:
        for each in (before_id, network_id):
            tx.emit(moderators_stream(each), ReportsChanged(each))
