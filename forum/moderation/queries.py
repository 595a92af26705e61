"""Reports and the cases that they make, as a viewer may read them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.errors import Invalid, NotFound
from forum.moderation.inputs import CaseList, ReportList
from forum.moderation.records import Around, Case, OwnReport, Report
from forum.policy import (
    cases_shown_to,
    decides_from_outside,
    documents_readable_by,
    may_look_into,
    nobody_else_moderates,
    person_shown_to,
    readable_by,
    threads_readable_by,
)
from forum.records import Person, Rule
from forum.shown_people import columns_of, person_from, shown_name
from forum.tables import acts, cases, documents, memberships, networks, posts, reports, threads
from forum.text import excerpt
from forum.viewer import Viewer
from ground.columns import is_id, now

AROUND = 2
"""So many posts before and after a reported one are shown with it."""
MOST_REPORTS = 50
MOST_STUCK = 50
EXCERPT_LENGTH = 200
BAD_CURSOR = "This place in the list is not one that we gave you. Begin again without it."

_people = accounts.alias("people")
_takers = accounts.alias("takers")
_deciders = accounts.alias("deciders")


# -- Cases -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a list of cases, and the place after it (None at the end)."""

    items: tuple[Case, ...]
    next: str | None


def _cases() -> Select[Any]:
    return (
        select(
            cases.c.id,
            cases.c.network_id,
            cases.c.opened_at,
            cases.c.report_count,
            cases.c.taken_until,
            cases.c.outcome,
            cases.c.decided_at,
            cases.c.answer,
            cases.c.act_id,
            cases.c.version,
            posts.c.id.label("post_id"),
            posts.c.thread_id,
            posts.c.number,
            threads.c.title,
            posts.c.html,
            posts.c.removed_at,
            posts.c.erased_at,
            *columns_of(_people),
            *columns_of(_takers),
            *columns_of(_deciders),
            cases.c.document_id,
            documents.c.title.label("document"),
            documents.c.withdrawn_at,
        )
        .select_from(cases)
        .join(_people, _people.c.id == cases.c.account_id)
        .outerjoin(posts, posts.c.id == cases.c.post_id)
        .outerjoin(threads, threads.c.id == posts.c.thread_id)
        .outerjoin(documents, documents.c.id == cases.c.document_id)
        .outerjoin(_takers, _takers.c.id == cases.c.taken_by)
        .outerjoin(_deciders, _deciders.c.id == cases.c.decided_by)
    )


def _case(row: Any) -> Case:
    return Case(
        id=row.id,
        network_id=row.network_id,
        person=Person(row[17], row[18], is_former=bool(row[19])),
        opened_at=row.opened_at,
        report_count=row.report_count,
        taken_by=person_from(row[20:23]),
        taken_until=row.taken_until,
        outcome=row.outcome,
        decided_by=person_from(row[23:26]),
        decided_at=row.decided_at,
        answer=row.answer,
        act_id=row.act_id,
        version=row.version,
        post_id=row.post_id,
        thread_id=row.thread_id,
        number=row.number,
        title=row.title or row.document or "",
        excerpt=excerpt(row.html or "", EXCERPT_LENGTH),
        is_gone=row.removed_at is not None or (row.document_id is not None and not _is_there(row)),
        is_erased=row.erased_at is not None,
        document_id=row.document_id,
    )


def _is_there(row: Any) -> bool:
    return row.document is not None and row.withdrawn_at is None


async def list_cases(connection: AsyncConnection, viewer: Viewer, network_id: str, asked: CaseList) -> Part:
    """Cases of a network that this viewer may decide: waiting ones oldest first, decided ones newest first."""
    shown = [cases.c.network_id == network_id, cases_shown_to(viewer)]
    after = parse_after(asked.after)
    if asked.show == "waiting":
        query = _cases().where(*shown, cases.c.outcome == "").order_by(cases.c.id)
        query = query.where(cases.c.id > after) if after else query
    else:
        query = _cases().where(*shown, cases.c.outcome != "").order_by(cases.c.id.desc())
        query = query.where(cases.c.id < after) if after else query
    rows = (await connection.execute(query.limit(asked.limit + 1))).all()
    found = await _with_rules(connection, [_case(row) for row in rows[: asked.limit]])
    return Part(tuple(found), rows[asked.limit - 1].id if len(rows) > asked.limit else None)


def parse_after(text: str) -> str:
    """The id after which a list goes on; empty for its beginning. Raises Invalid."""
    if text and not is_id(text):
        raise Invalid({"after": BAD_CURSOR})
    return text


async def get_case(connection: AsyncConnection, viewer: Viewer, case_id: str) -> Case:
    """A case. Raises NotFound where there is none that this viewer may decide."""
    row = (await connection.execute(_cases().where(cases.c.id == case_id, cases_shown_to(viewer)))).first()
    if row is None:
        raise NotFound
    found = (await _with_rules(connection, [_case(row)]))[0]
    return found if _may_look_into(viewer, found) else replace(found, title="", excerpt="")


def _may_look_into(viewer: Viewer, found: Case) -> bool:
    moment = now()
    is_mine = found.taken_by is not None and found.taken_by.id == viewer.id and found.taken_from("", moment) is not None
    return may_look_into(viewer, found.network_id, is_mine=is_mine)


async def _with_rules(connection: AsyncConnection, found: Sequence[Case]) -> list[Case]:
    counted = (
        select(reports.c.case_id, reports.c.rule, func.count())
        .where(reports.c.case_id.in_([each.id for each in found]))
        .group_by(reports.c.case_id, reports.c.rule)
        .order_by(func.count().desc(), reports.c.rule)
    )
    rules: dict[str, list[tuple[Rule, int]]] = defaultdict(list)
    for case_id, rule, count in await connection.execute(counted):
        rules[case_id].append((rule, count))
    return [replace(each, rules=tuple(rules[each.id])) for each in found]


async def list_reports(connection: AsyncConnection, viewer: Viewer, found: Case) -> tuple[Report, ...]:
    """What was said in a case, oldest first; at most MOST_REPORTS. Nothing where the viewer may not decide it, or
    does so from outside and does not look into it yet."""
    if not _may_look_into(viewer, found):
        return ()
    query = (
        select(
            reports.c.id, reports.c.rule, reports.c.words, reports.c.created_at, *columns_of(_people), reports.c.act_id
        )
        .add_columns(reports.c.version_number)
        .join(cases, cases.c.id == reports.c.case_id)
        .outerjoin(_people, _people.c.id == reports.c.reporter_id)
        .where(reports.c.case_id == found.id, cases_shown_to(viewer))
        .order_by(reports.c.id)
        .limit(MOST_REPORTS)
    )
    rows = (await connection.execute(query)).all()
    return tuple(
        Report(row[0], person_from(row[4:7]), row[1], row[2], row[3], row[7] is not None, row[8]) for row in rows
    )


async def list_around(connection: AsyncConnection, viewer: Viewer, found: Case) -> tuple[Around, ...]:
    """The reported post, whatever became of it, between those that stand before and after it.

    Who decides from outside sees it alone, once they look into it.
    """
    if found.post_id is None or found.number is None or not _may_look_into(viewer, found):
        return ()
    is_it = posts.c.id == found.post_id
    query = (
        select(
            posts.c.number,
            *columns_of(_people),
            case((or_(posts.c.removed_at.is_(None), is_it), posts.c.html), else_=""),
            posts.c.created_at,
            is_it,
            posts.c.removed_at.is_not(None),
        )
        .join(threads, threads.c.id == posts.c.thread_id)
        .join(networks, networks.c.id == posts.c.network_id)
        .join(_people, _people.c.id == posts.c.author_id)
        .where(
            posts.c.thread_id == found.thread_id,
            posts.c.number.between(found.number - AROUND, found.number + AROUND),
            is_it if decides_from_outside(viewer, found.network_id) else threads_readable_by(viewer),
        )
        .order_by(posts.c.number)
    )
    rows = (await connection.execute(query)).all()
    return tuple(
        Around(row[0], Person(row[1], row[2], is_former=bool(row[3])), row[4], row[5], bool(row[6]), bool(row[7]))
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class EarlierAct:
    """Something that was done about a person here before."""

    id: str
    kind: str
    rule: str
    reason: str
    at: Any
    is_undone: bool


async def list_record(
    connection: AsyncConnection, viewer: Viewer, network_id: str, account_id: str
) -> tuple[EarlierAct, ...]:
    """What was done about a person in this network, newest first; for its moderators, and not about themselves."""
    if not viewer.has_role(network_id, "moderator") or viewer.id == account_id:
        return ()
    query = (
        select(acts.c.id, acts.c.kind, acts.c.rule, acts.c.reason, acts.c.at, acts.c.undone_at.is_not(None))
        .where(acts.c.account_id == account_id, acts.c.network_id == network_id)
        .order_by(acts.c.id.desc())
        .limit(20)
    )
    return tuple(EarlierAct(*row) for row in await connection.execute(query))


# -- One's own reports -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OwnPart:
    """A part of somebody's own reports, and the place after it (None at the end)."""

    items: tuple[OwnReport, ...]
    next: str | None


def _own(viewer: Viewer) -> Select[Any]:
    is_person = and_(cases.c.post_id.is_(None), cases.c.document_id.is_(None))
    reads_document = and_(documents.c.withdrawn_at.is_(None), documents_readable_by(viewer))
    reads_post = and_(cases.c.post_id.is_not(None), threads_readable_by(viewer))
    may_read = and_(readable_by(viewer), or_(is_person, reads_post, reads_document))
    return (
        select(
            reports.c.id,
            reports.c.rule,
            reports.c.words,
            reports.c.created_at,
            cases.c.outcome,
            cases.c.answer,
            cases.c.decided_at,
            case((may_read, posts.c.id)),
            case((may_read, posts.c.thread_id)),
            case((may_read, posts.c.number)),
            case((may_read, func.coalesce(threads.c.title, documents.c.title, "")), else_=""),
            case((may_read, shown_name(_people)), else_=""),
            case((readable_by(viewer), networks.c.name), else_=""),
            acts.c.undone_at,
            case((may_read, documents.c.id)),
            reports.c.version_number,
        )
        .select_from(reports)
        .join(cases, cases.c.id == reports.c.case_id)
        .join(networks, networks.c.id == cases.c.network_id)
        .join(_people, _people.c.id == cases.c.account_id)
        .outerjoin(acts, acts.c.id == cases.c.act_id)
        .outerjoin(posts, posts.c.id == cases.c.post_id)
        .outerjoin(threads, threads.c.id == posts.c.thread_id)
        .outerjoin(documents, documents.c.id == cases.c.document_id)
    )


async def list_own_reports(connection: AsyncConnection, viewer: Viewer, asked: ReportList) -> OwnPart:
    """What this viewer has reported and what came of it, newest first."""
    query = _own(viewer).where(reports.c.reporter_id == viewer.id).order_by(reports.c.id.desc())
    after = parse_after(asked.after)
    query = query.where(reports.c.id < after) if after else query
    rows = (await connection.execute(query.limit(asked.limit + 1))).all()
    found = tuple(OwnReport(*row) for row in rows[: asked.limit])
    return OwnPart(found, found[-1].id if len(rows) > asked.limit else None)


async def get_own_report(connection: AsyncConnection, viewer: Viewer, report_id: str) -> OwnReport:
    """One's own report. Raises NotFound."""
    return await _get_own(connection, viewer, reports.c.reporter_id == viewer.id, reports.c.id == report_id)


async def _get_own(connection: AsyncConnection, viewer: Viewer, *conditions: ColumnElement[bool]) -> OwnReport:
    row = (await connection.execute(_own(viewer).where(*conditions))).first()
    if row is None:
        raise NotFound
    return OwnReport(*row)


async def find_own_report(
    connection: AsyncConnection,
    viewer: Viewer,
    network_id: str,
    account_id: str,
    *,
    post_id: str | None = None,
    document_id: str | None = None,
) -> OwnReport | None:
    """The viewer's newest report of this post or document, or without one of this person in this network."""
    neither = (cases.c.post_id.is_(None), cases.c.document_id.is_(None))
    about = [cases.c.network_id == network_id, cases.c.account_id == account_id, *neither]
    if post_id is not None or document_id is not None:
        about = [cases.c.post_id == post_id] if post_id is not None else [cases.c.document_id == document_id]
    query = _own(viewer).where(reports.c.reporter_id == viewer.id, *about).order_by(reports.c.id.desc()).limit(1)
    row = (await connection.execute(query)).first() if viewer.id else None
    return OwnReport(*row) if row is not None else None


async def get_receipt(connection: AsyncConnection, viewer: Viewer, receipt_hash: str) -> OwnReport:
    """The report of somebody without an account, for whoever has the address of its receipt. Raises NotFound."""
    return await _get_own(connection, viewer, reports.c.receipt_hash == receipt_hash)


async def find_reported_person(connection: AsyncConnection, viewer: Viewer, network_id: str, account_id: str) -> Person:
    """Somebody who belongs to the network or has belonged to it, or has written there. Raises NotFound."""
    in_network = or_(
        exists(
            select(memberships.c.id).where(
                memberships.c.network_id == network_id,
                memberships.c.account_id == accounts.c.id,
                memberships.c.since.is_not(None),
            )
        ),
        exists(select(posts.c.id).where(posts.c.network_id == network_id, posts.c.author_id == accounts.c.id)),
    )
    query = select(*columns_of(accounts)).where(accounts.c.id == account_id, person_shown_to(viewer), in_network)
    row = (await connection.execute(query)).first()
    person = person_from(row) if row is not None else None
    if person is None:
        raise NotFound
    return person


# -- For the site's administrators -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stuck:
    """A case that nobody of its network may decide: it is about the only one who moderates there."""

    case_id: str
    name: str
    person: str
    opened_at: datetime
    count: int


async def list_stuck(connection: AsyncConnection, viewer: Viewer) -> tuple[Stuck, ...]:
    """Such cases, for an administrator of the site, longest first, without what was reported."""
    if not viewer.is_site_administrator:
        return ()
    query = (
        select(cases.c.id, networks.c.name, shown_name(_people), cases.c.opened_at, cases.c.report_count)
        .select_from(cases)
        .join(networks, networks.c.id == cases.c.network_id)
        .join(_people, _people.c.id == cases.c.account_id)
        .where(cases.c.outcome == "", cases.c.account_id != viewer.id, nobody_else_moderates())
        .order_by(cases.c.id)
        .limit(MOST_STUCK)
    )
    return tuple(Stuck(*row) for row in await connection.execute(query))
