"""A person's list, line by line, each with what its reader may see of it at this moment and nothing else."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, literal, not_, null, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.notification_kinds import UNSIGNED_KINDS
from forum.notifications.naming_queries import name_places
from forum.notifications.records import Line
from forum.offers import still_offered
from forum.policy import (
    cards_readable_by_account,
    documents_readable_by_account,
    lines_shown,
    threads_readable_by_account,
    titles_mailed,
    words_mailed,
)
from forum.shown_people import shown_name
from forum.tables import (
    acts,
    audit_rows,
    audit_words,
    cards,
    documents,
    memberships,
    networks,
    notifications,
    posts,
    threads,
)
from forum.telling import LINES_WAITING, ONE_LINE, is_one_of
from forum.viewer import MOST_ADDRESSED, Viewer

_actors = accounts.alias("actors")
# Lines that were written by an earlier version say who it was.
_signs = and_(_actors.c.id == notifications.c.actor_id, not_(is_one_of(UNSIGNED_KINDS)))
_act = and_(
    notifications.c.kind == "act.concerns_me",
    acts.c.id == notifications.c.object_id,
    acts.c.account_id == notifications.c.account_id,
)
_reversed = acts.alias("reversed_acts")
_why = func.coalesce(func.nullif(audit_words.c.word, ""), _reversed.c.appeal_answer)
_first = and_(posts.c.thread_id == notifications.c.thread_id, posts.c.number == notifications.c.number)
# Where a thread has gone to another network it is that network's now.
_of_network = func.coalesce(threads.c.network_id, notifications.c.network_id)
_has_place = (
    select(memberships.c.id)
    .where(
        memberships.c.network_id == networks.c.id,
        memberships.c.account_id == notifications.c.account_id,
        memberships.c.current,
        or_(memberships.c.status == "active", memberships.c.status == "invited"),
        still_offered(),
    )
    .correlate(networks, notifications)
    .exists()
)
_is_named = or_(networks.c.access == "open", networks.c.access == "closed", _has_place)
"""Networks whose name and address the reader may know; of the others a line says "a network"."""


def _if_named(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((_is_named, column))


_reads_document = and_(documents.c.id.is_not(None), documents_readable_by_account(notifications.c.account_id))
_reads_card = and_(cards.c.id.is_not(None), cards_readable_by_account(notifications.c.account_id))
_said = audit_words.alias("said_words")
_why_taken = (
    select(_said.c.word)
    .join(audit_rows, audit_rows.c.id == _said.c.row_id)
    .where(
        audit_rows.c.object_id == cast(notifications.c.object_id, String(36)),
        audit_rows.c.act == "document.lock_broken",
        audit_rows.c.subject_id == notifications.c.account_id,
        _said.c.name == "reason",
    )
    .order_by(audit_rows.c.id.desc())
    .limit(1)
    .correlate(notifications)
    .scalar_subquery()
)
"""Why somebody's work on a document was ended, the last time."""

_COLUMNS = (
    notifications.c.id,
    notifications.c.kind,
    notifications.c.object_id,
    _if_named(networks.c.id),
    notifications.c.number,
    notifications.c.created_at,
    notifications.c.read_at,
    notifications.c.counts,
    _if_named(networks.c.slug),
    _if_named(networks.c.name),
    _if_named(networks.c.accent),
    _if_named(networks.c.access),
    threads.c.id,
    threads.c.title,
    posts.c.excerpt,
    _actors.c.id,
    case((_actors.c.id.is_not(None), shown_name(_actors))),
    notifications.c.account_id,
    posts.c.body,
    case((or_(_reads_document, _reads_card), titles_mailed()), else_=words_mailed()),
    acts.c.kind,
    case((notifications.c.kind != "document.taken", _why), (_reads_document, _why_taken), else_=null()),
    case((_reads_document, documents.c.title), (_reads_card, cards.c.title)),
)
_JOINED = (
    notifications.outerjoin(threads, threads.c.id == notifications.c.thread_id)
    .outerjoin(posts, _first)
    .outerjoin(networks, networks.c.id == _of_network)
    .outerjoin(_actors, _signs)
    .outerjoin(acts, _act)
    .outerjoin(_reversed, and_(notifications.c.kind == "act.reversed", _reversed.c.id == notifications.c.object_id))
    .outerjoin(audit_words, and_(audit_words.c.row_id == _reversed.c.undo_row_id, audit_words.c.name == "reason"))
)
_NAMING = _JOINED.outerjoin(
    documents, and_(documents.c.id == notifications.c.object_id, documents.c.network_id == networks.c.id)
).outerjoin(cards, and_(cards.c.id == notifications.c.object_id, cards.c.network_id == networks.c.id))
"""With what a line about a document or a card is about."""
_IS_THERE = or_(
    notifications.c.thread_id.is_(None),
    and_(posts.c.removed_at.is_(None), threads_readable_by_account(notifications.c.account_id)),
)


def shown_lines() -> Select[Any]:
    """Lines that their own reader may know of, with what they may see of each."""
    return select(*_COLUMNS).select_from(_NAMING).where(lines_shown(), _IS_THERE)


async def list_lines(
    connection: AsyncConnection,
    viewer: Viewer,
    limit: int,
    after: tuple[datetime, str] | None = None,
    *,
    unread_only: bool = False,
) -> list[Line]:
    """The viewer's lines, newest first, from after this place on."""
    statement = shown_lines().where(notifications.c.account_id == viewer.id)
    if after is not None:
        moment, line_id = (
            literal(value, column.type)
            for value, column in zip(after, (notifications.c.created_at, notifications.c.id), strict=True)
        )
        earlier = tuple_(notifications.c.created_at, notifications.c.id) < tuple_(moment, line_id)
        statement = statement.where(earlier)
    if unread_only:
        statement = statement.where(notifications.c.read_at.is_(None))
    statement = statement.order_by(notifications.c.created_at.desc(), notifications.c.id.desc()).limit(limit)
    return await name_places(connection, [Line(*row) for row in await connection.execute(statement)])


async def find_line(connection: AsyncConnection, viewer: Viewer, line_id: str) -> Line | None:
    """This line of the viewer's; None where it is nobody's, another's, or about what they may not know any more."""
    mine = shown_lines().where(notifications.c.account_id == viewer.id, notifications.c.id == line_id)
    row = (await connection.execute(mine)).first()
    return (await name_places(connection, [Line(*row)]))[0] if row is not None else None


async def count_unread(connection: AsyncConnection, viewer: Viewer) -> int:
    """How many unread lines the viewer has; what was written in one thread counts as one."""
    unread = (
        select(func.count(func.distinct(ONE_LINE)))
        .select_from(_JOINED)
        .where(lines_shown(), _IS_THERE, notifications.c.account_id == viewer.id, notifications.c.read_at.is_(None))
    )
    return await connection.scalar(unread) or 0


async def list_heard_lines(connection: AsyncConnection, line_ids: Collection[str]) -> list[Line]:
    """These lines for the streams of those whose they are."""
    found = await connection.execute(shown_lines().where(notifications.c.id.in_(line_ids)))
    return await name_places(connection, [Line(*row) for row in found])


async def count_waiting(connection: AsyncConnection, account_ids: Collection[str]) -> Mapping[str, int]:
    """For each of these people how many lines the bell counts."""
    counted = (
        select(notifications.c.account_id, func.count(func.distinct(ONE_LINE)))
        .where(notifications.c.account_id.in_(account_ids), LINES_WAITING)
        .group_by(notifications.c.account_id)
    )
    found = {row[0]: row[1] for row in await connection.execute(counted)}
    return {account_id: min(MOST_ADDRESSED, found.get(account_id, 0)) for account_id in account_ids}
