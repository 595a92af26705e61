"""A network's threads as one viewer reads them: twenty at a time by keyset, with what is unread of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Integer, and_, bindparam, case, select, tuple_

from forum.database import Database
from forum.policy import threads_readable_by_account
from forum.records import Thread
from forum.shown_people import told_apart_by
from forum.tables import memberships, networks, read_states, threads
from forum.threads.cursors import Keyset
from forum.threads.page_queries import baseline_number
from forum.threads.queries import (
    THREAD_COLUMNS,
    THREAD_WIDTH,
    joined_threads,
    last_authors,
    thread_authors,
    thread_from,
)
from forum.viewer import Viewer
from ground.columns import Identifier, Moment
from ground.hot import HotStatement, given

Chosen = Literal["all", "unread", "mine"]

_mine = memberships.alias("mine")
_viewer_id = bindparam("viewer_id", type_=Identifier, required=False)


@dataclass(frozen=True, slots=True)
class ListedThread:
    """A thread in a list, and how many of its posts the viewer has not read (0 for those of whom it is not kept)."""

    thread: Thread
    unread: int
    author_of: str = ""
    last_of: str = ""
    """By what who began it, and who wrote last, are told apart from others of their name."""


_joined = (
    joined_threads()
    .outerjoin(
        _mine,
        and_(
            _mine.c.network_id == threads.c.network_id,
            _mine.c.account_id == _viewer_id,
            _mine.c.current,
            _mine.c.status == "active",
        ),
    )
    .outerjoin(
        read_states, and_(read_states.c.account_id == _mine.c.account_id, read_states.c.thread_id == threads.c.id)
    )
)
_READ: ColumnElement[int] = case(
    (_mine.c.id.is_(None), threads.c.post_count),
    (read_states.c.read_count.is_not(None), read_states.c.read_count),
    else_=baseline_number(_mine.c.baseline),
)
_IN_NETWORK = and_(networks.c.id == given("network_id"), threads_readable_by_account(_viewer_id))
_SHOWN = (*THREAD_COLUMNS, threads.c.post_count - _READ, told_apart_by(thread_authors), told_apart_by(last_authors))
_LISTED = select(*_SHOWN).select_from(_joined).where(_IN_NETWORK)
_NEWEST_FIRST = (threads.c.last_post_at.desc(), threads.c.id.desc())
_IS_UNREAD = and_(
    threads.c.last_position > _mine.c.baseline,
    case((read_states.c.read_count.is_not(None), read_states.c.read_count), else_=0) < threads.c.post_count,
)
_FILTERS: dict[Chosen, ColumnElement[bool]] = {
    "all": threads.c.pinned_at.is_(None),
    "unread": _IS_UNREAD,
    "mine": threads.c.author_id == _viewer_id,
}
_AFTER = tuple_(threads.c.last_post_at, threads.c.id) < tuple_(
    bindparam("after_moment", type_=Moment, required=False), bindparam("after_id", type_=Identifier, required=False)
)


_AT_MOST = bindparam("at_most", type_=Integer, required=False)


def _page(condition: ColumnElement[bool] | None, *, after: bool) -> HotStatement:
    statement = _LISTED.order_by(*_NEWEST_FIRST).limit(_AT_MOST)
    if condition is not None:
        statement = statement.where(condition)
    return HotStatement(statement.where(_AFTER) if after else statement)


_PAGES = {
    (name, after): _page(condition, after=after) for name, condition in _FILTERS.items() for after in (False, True)
}
_EVERY = {after: _page(None, after=after) for after in (False, True)}
_PINNED = HotStatement(
    _LISTED.where(threads.c.pinned_at.is_not(None)).order_by(threads.c.pinned_at.desc()).limit(_AT_MOST)
)


async def list_threads(
    database: Database,
    viewer: Viewer,
    network_id: str,
    *,
    chosen: Chosen | None,
    after: Keyset | None,
    at_most: int,
) -> list[ListedThread]:
    """Threads by their newest post, those that are pinned left out of "all"; every thread where `chosen` is None."""
    if chosen in ("unread", "mine") and viewer.role_in(network_id) is None:
        return []
    statement = _EVERY[after is not None] if chosen is None else _PAGES[chosen, after is not None]
    asked: dict[str, Any] = {"network_id": network_id, "viewer_id": viewer.id or None, "at_most": at_most}
    if after is not None:
        asked |= {"after_moment": after.last_post_at, "after_id": after.thread_id}
    return _listed(await database.fetch(statement, asked))


async def list_pinned_threads(
    database: Database, viewer: Viewer, network_id: str, *, at_most: int
) -> list[ListedThread]:
    """The pinned threads, the one pinned last first."""
    asked = {"network_id": network_id, "viewer_id": viewer.id or None, "at_most": at_most}
    return _listed(await database.fetch(_PINNED, asked))


def _listed(rows: Sequence[Any]) -> list[ListedThread]:
    return [ListedThread(thread_from(row), max(0, row[THREAD_WIDTH]), row[-2], row[-1]) for row in rows]
