"""Reports and the cases that they make, as a viewer may read them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.attaching import list_files_of
from forum.errors import Invalid, NotFound
from forum.moderation.inputs import CaseList
from forum.moderation.records import Around, Case, Report
from forum.policy import (
    acts_shown_to,
    cases_shown_to,
    decides_from_outside,
    may_look_into,
    moderated_by,
    nobody_else_moderates,
    person_shown_to,
    posts_readable_by,
    threads_readable_by,
)
from forum.records import ActKind, Person, Rule
from forum.shown_people import columns_of, person_from, shown_name
from forum.tables import acts, cards, cases, documents, memberships, networks, posts, reports, threads
from forum.text import excerpt
from forum.viewer import Viewer
from ground.columns import is_id, now

AROUND = 2
"""So many posts before and after a reported one are shown with it."""
MOST_REPORTS = 50
MOST_STUCK = 50
EXCERPT_LENGTH = 200
AGAINST_SOMEBODY: Sequence[ActKind] = (
    "hide",
    "remove",
    "erase",
    "warn",
    "silence",
    "hold",
    "reject",
    "expel",
    "ban",
    "suspend",
    "withdraw",
    "remove_card",
)
"""Acts that make somebody's record: what they wrote, shared or did was taken away, or they were."""
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


_ELSEWHERE = case((posts.c.network_id != cases.c.network_id, posts.c.network_id)).label("elsewhere_id")


def _is_told(viewer: Viewer) -> ColumnElement[bool]:
    """A thread may have moved since: of a post that is elsewhere no more is told than the viewer may read there."""
    return or_(posts.c.network_id == cases.c.network_id, posts_readable_by(viewer))


def _about_post(viewer: Viewer) -> Sequence[ColumnElement[Any]]:
    is_here = _is_told(viewer)
    told = (posts.c.thread_id, posts.c.number, threads.c.title, posts.c.html, posts.c.removed_at)
    return [posts.c.id.label("post_id"), *(case((is_here, each)).label(each.name) for each in told), posts.c.erased_at]


def _cases(viewer: Viewer) -> Select[Any]:
    is_told = or_(acts.c.network_id == cases.c.network_id, acts_shown_to(viewer))
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
            case((is_told, cases.c.act_id)).label("act_id"),
            cases.c.version,
            *_about_post(viewer),
            *columns_of(_people),
            *columns_of(_takers),
            *columns_of(_deciders),
            cases.c.document_id,
            documents.c.title.label("document"),
            documents.c.withdrawn_at,
            cases.c.card_id,
            cards.c.title.label("card"),
            cards.c.removed_at.label("card_removed_at"),
            _ELSEWHERE,
            case((and_(_is_told(viewer), posts.c.edited_at > cases.c.opened_at), posts.c.edited_at)).label("edited_at"),
        )
        .select_from(cases)
        .outerjoin(acts, acts.c.id == cases.c.act_id)
        .join(_people, _people.c.id == cases.c.account_id)
        .outerjoin(posts, posts.c.id == cases.c.post_id)
        .outerjoin(threads, threads.c.id == posts.c.thread_id)
        .outerjoin(documents, documents.c.id == cases.c.document_id)
        .outerjoin(cards, cards.c.id == cases.c.card_id)
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
        title=row.title or row.document or row.card or "",
        excerpt=excerpt(row.html or "", EXCERPT_LENGTH),
        is_gone=row.removed_at is not None or not _is_there(row),
        is_erased=row.erased_at is not None,
        document_id=row.document_id,
        card_id=row.card_id,
        elsewhere_id=row.elsewhere_id,
        edited_at=row.edited_at,
    )


def _is_there(row: Any) -> bool:
    """The document or the card that it is about; of anything else nothing is said."""
    if row.card_id is not None:
        return row.card is not None and row.card_removed_at is None
    return row.document_id is None or (row.document is not None and row.withdrawn_at is None)


async def list_cases(connection: AsyncConnection, viewer: Viewer, network_id: str, asked: CaseList) -> Part:
    """Cases of a network that this viewer may decide: waiting ones oldest first, decided ones newest first."""
    shown = [cases.c.network_id == network_id, cases_shown_to(viewer)]
    after = parse_after(asked.after)
    if asked.show == "waiting":
        query = _cases(viewer).where(*shown, cases.c.outcome == "").order_by(cases.c.id)
        query = query.where(cases.c.id > after) if after else query
    else:
        query = _cases(viewer).where(*shown, cases.c.outcome != "").order_by(cases.c.id.desc())
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
    row = (await connection.execute(_cases(viewer).where(cases.c.id == case_id, cases_shown_to(viewer)))).first()
    if row is None:
        raise NotFound
    found = (await _with_rules(connection, [_case(row)]))[0]
    return found if _may_look_into(viewer, found) else replace(found, title="", excerpt="", edited_at=None)


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

    Who decides from outside sees it alone, once they look into it. Where its thread is in another network by now, who
    reads that one sees what everybody sees there.
    """
    if found.post_id is None or found.number is None or not _may_look_into(viewer, found):
        return ()
    is_it = posts.c.id == found.post_id
    is_judged = and_(is_it, or_(posts.c.network_id == found.network_id, moderated_by(viewer)))
    is_alone = decides_from_outside(viewer, found.network_id) and found.elsewhere_id is None
    query = (
        select(
            posts.c.number,
            *columns_of(_people),
            case((or_(posts.c.removed_at.is_(None), is_judged), posts.c.html), else_=""),
            posts.c.created_at,
            is_it,
            posts.c.removed_at.is_not(None),
            posts.c.id,
            is_judged,
        )
        .join(threads, threads.c.id == posts.c.thread_id)
        .join(networks, networks.c.id == posts.c.network_id)
        .join(_people, _people.c.id == posts.c.author_id)
        .where(
            posts.c.thread_id == found.thread_id,
            posts.c.number.between(found.number - AROUND, found.number + AROUND),
            is_it if is_alone else threads_readable_by(viewer),
        )
        .order_by(posts.c.number)
    )
    rows = (await connection.execute(query)).all()
    files = await list_files_of(connection, [row[8] for row in rows if row[9] or not row[7]])
    people = (Person(row[1], row[2], is_former=bool(row[3])) for row in rows)
    return tuple(
        Around(row[0], person, row[4], row[5], bool(row[6]), bool(row[7]), files.get(row[8], ()))
        for row, person in zip(rows, people, strict=True)
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
    """What somebody else did about a person in this network, newest first; for its moderators, and not about
    themselves. What becomes of a thread that they began is nothing against them."""
    if not viewer.has_role(network_id, "moderator") or viewer.id == account_id:
        return ()
    query = (
        select(acts.c.id, acts.c.kind, acts.c.rule, acts.c.reason, acts.c.at, acts.c.undone_at.is_not(None))
        .where(acts.c.account_id == account_id, acts.c.network_id == network_id)
        .where(acts.c.kind.in_(AGAINST_SOMEBODY), acts.c.by_id.is_distinct_from(acts.c.account_id))
        .order_by(acts.c.id.desc())
        .limit(20)
    )
    return tuple(EarlierAct(*row) for row in await connection.execute(query))


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
