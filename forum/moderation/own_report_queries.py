"""One's own reports, and what came of them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.errors import NotFound
from forum.moderation.inputs import ReportList
from forum.moderation.queries import parse_after
from forum.moderation.records import OwnReport
from forum.policy import cards_readable_by, documents_readable_by, posts_readable_by, readable_by
from forum.shown_people import shown_name
from forum.tables import acts, cards, cases, documents, networks, posts, reports, threads
from forum.viewer import Viewer

_people = accounts.alias("people")


@dataclass(frozen=True, slots=True)
class OwnPart:
    """A part of somebody's own reports, and the place after it (None at the end)."""

    items: tuple[OwnReport, ...]
    next: str | None


_ABOUT_A_PERSON = (cases.c.post_id.is_(None), cases.c.document_id.is_(None), cases.c.card_id.is_(None))


def _own(viewer: Viewer) -> Select[Any]:
    is_person = and_(*_ABOUT_A_PERSON)
    reads_document = and_(documents.c.withdrawn_at.is_(None), documents_readable_by(viewer))
    reads_post = posts_readable_by(viewer)
    reads_card = and_(cards.c.removed_at.is_(None), cards_readable_by(viewer))
    may_read = and_(readable_by(viewer), or_(is_person, reads_post, reads_document, reads_card))
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
            case((may_read, func.coalesce(threads.c.title, documents.c.title, cards.c.title, "")), else_=""),
            case((may_read, shown_name(_people)), else_=""),
            case((readable_by(viewer), networks.c.name), else_=""),
            acts.c.undone_at,
            case((may_read, documents.c.id)),
            reports.c.version_number,
            case((may_read, cards.c.id)),
        )
        .select_from(reports)
        .join(cases, cases.c.id == reports.c.case_id)
        .join(networks, networks.c.id == cases.c.network_id)
        .join(_people, _people.c.id == cases.c.account_id)
        .outerjoin(acts, acts.c.id == cases.c.act_id)
        .outerjoin(posts, posts.c.id == cases.c.post_id)
        .outerjoin(threads, threads.c.id == posts.c.thread_id)
        .outerjoin(documents, documents.c.id == cases.c.document_id)
        .outerjoin(cards, cards.c.id == cases.c.card_id)
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
    card_id: str | None = None,
) -> OwnReport | None:
    """The viewer's newest report in this network of this post, document or card, or without one of this person."""
    about = [cases.c.account_id == account_id, *_ABOUT_A_PERSON]
    things = ((cases.c.post_id, post_id), (cases.c.document_id, document_id), (cases.c.card_id, card_id))
    about = next(([column == thing] for column, thing in things if thing is not None), about)
    query = (
        _own(viewer)
        .where(reports.c.reporter_id == viewer.id, cases.c.network_id == network_id, *about)
        .order_by(reports.c.id.desc())
        .limit(1)
    )
    row = (await connection.execute(query)).first() if viewer.id else None
    return OwnReport(*row) if row is not None else None


async def get_receipt(connection: AsyncConnection, viewer: Viewer, receipt_hash: str) -> OwnReport:
    """The report of somebody without an account, for whoever has the address of its receipt. Raises NotFound."""
    return await _get_own(connection, viewer, reports.c.receipt_hash == receipt_hash)
