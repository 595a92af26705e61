"""Threads and posts as a viewer may read them. The right to read is asked in each statement.

What a removed post said is not selected at all: it stays in the table and leaves by no door.
"""

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    Alias,
    ColumnElement,
    FromClause,
    String,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.attaching import file_columns, file_from
from forum.database import Database
from forum.errors import NotFound
from forum.hot_reads import JsonArray, JsonRows
from forum.policy import readable_by_account, threads_heard, threads_readable_by_account
from forum.records import Person, Post, ReplyTo, Thread
from forum.shown_people import shown_name, told_apart_by
from forum.tables import memberships, networks, post_files, posts, threads
from forum.viewer import Viewer
from ground.columns import Identifier, Moment
from ground.hot import HotStatement, given, one_of, run

_NOTHING: ColumnElement[str] = literal_column("''", String)
MOST_ANSWERS = 8
"""Of the answers to one post so many are named below it."""

thread_authors = accounts.alias("thread_authors")
last_authors = accounts.alias("last_authors")
post_authors = accounts.alias("post_authors")
answered = posts.alias("answered")
answered_authors = accounts.alias("answered_authors")
_answers = posts.alias("answers")
_places = memberships.alias("author_memberships")


def _is_former(person: Alias | FromClause) -> ColumnElement[bool]:
    return person.c.closed_at.is_not(None)


THREAD_COLUMNS: list[ColumnElement[Any]] = [
    threads.c.id,
    threads.c.network_id,
    threads.c.number,
    threads.c.title,
    threads.c.author_id,
    shown_name(thread_authors),
    _is_former(thread_authors),
    threads.c.created_at,
    threads.c.post_count,
    threads.c.first_position,
    threads.c.last_position,
    threads.c.last_post_at,
    threads.c.last_author_id,
    shown_name(last_authors),
    _is_former(last_authors),
    threads.c.pinned_at,
    threads.c.locked_at,
    threads.c.version,
    threads.c.slow_minutes,
    ~threads_heard(),
]
THREAD_WIDTH = len(THREAD_COLUMNS)
SLOW_MINUTES = 18
"""Where among them the pace of the thread stands."""


def thread_from(row: Sequence[Any]) -> Thread:
    """The thread in the first values of a row of THREAD_COLUMNS."""
    return Thread(
        id=row[0],
        network_id=row[1],
        number=row[2],
        title=row[3],
        author=Person(row[4], row[5], is_former=bool(row[6])),
        created_at=row[7],
        post_count=row[8],
        first_position=row[9],
        last_position=row[10],
        last_post_at=row[11],
        last_author=Person(row[12], row[13], is_former=bool(row[14])),
        pinned_at=row[15],
        locked_at=row[16],
        version=row[17],
        slow_minutes=row[SLOW_MINUTES],
        is_kept=bool(row[19]),
    )


def _left_at() -> ColumnElement[Any]:
    """When the author of a row of `posts` ceased to be a member of its network; null while they are one.

    Where a closed account left no name, nobody is told when its owner went.
    """
    last = (
        select(func.max(_places.c.left_at))
        .where(_places.c.account_id == posts.c.author_id, _places.c.network_id == posts.c.network_id)
        .having(func.count(case((_places.c.status == "active", _places.c.id))) == literal_column("0"))
        .correlate(posts)
        .scalar_subquery()
    )
    is_named = or_(post_authors.c.closed_at.is_(None), post_authors.c.former_name_shown)
    return type_coerce(case((is_named, last)), Moment)


def _unless_removed(column: ColumnElement[str]) -> ColumnElement[str]:
    return case((posts.c.removed_at.is_(None), column), else_=_NOTHING)


def _answer_numbers() -> ColumnElement[str]:
    """The numbers of the first few posts that answer this one, as a JSON array."""
    first = (
        select(_answers.c.number)
        .where(_answers.c.reply_to_id == posts.c.id, _answers.c.removed_at.is_(None))
        .order_by(_answers.c.number)
        .limit(MOST_ANSWERS)
        .correlate(posts)
        .subquery("first_answers")
    )
    return select(JsonRows(first.c.number)).correlate(posts).scalar_subquery()


def _files() -> ColumnElement[str]:
    """The files of a post as a JSON array of arrays. Where its row says that it has none, nothing is asked."""
    in_order = (
        select(*file_columns())
        .where(post_files.c.post_id == posts.c.id, post_files.c.until_version.is_(None))
        .order_by(post_files.c.place)
        .correlate(posts)
        .subquery("files_in_order")
    )
    found = select(JsonRows(JsonArray(*in_order.c))).correlate(posts).scalar_subquery()
    carries = and_(posts.c.file_count > literal_column("0"), posts.c.removed_at.is_(None))
    return type_coerce(case((carries, found)), String)


POST_COLUMNS: list[ColumnElement[Any]] = [
    posts.c.id,
    posts.c.thread_id,
    posts.c.network_id,
    posts.c.number,
    posts.c.position,
    posts.c.author_id,
    shown_name(post_authors),
    case((_is_former(post_authors), _NOTHING), else_=post_authors.c.job_title),
    case((_is_former(post_authors), _NOTHING), else_=post_authors.c.organisation),
    _is_former(post_authors),
    _unless_removed(posts.c.html),
    answered.c.id,
    answered.c.number,
    answered.c.author_id,
    shown_name(answered_authors),
    _is_former(answered_authors),
    case((answered.c.removed_at.is_(None), answered.c.excerpt), else_=_NOTHING),
    answered.c.removed_at.is_not(None),
    _answer_numbers(),
    posts.c.created_at,
    posts.c.edited_at,
    posts.c.removed_at,
    posts.c.removed_by == posts.c.author_id,
    posts.c.removal_reason,
    posts.c.is_imported,
    posts.c.version,
    _left_at(),
    posts.c.hidden_rule,
    posts.c.erased_at.is_not(None),
    _files(),
    told_apart_by(answered_authors),
]
_BODY = _unless_removed(posts.c.body)


def _reply_to(row: Sequence[Any], author_of: str) -> ReplyTo:
    return ReplyTo(row[0], row[1], Person(row[2], row[3], is_former=bool(row[4])), row[5], bool(row[6]), author_of)


def post_from(row: Sequence[Any]) -> Post:
    """The post in a row of POST_COLUMNS and its body (or an empty text)."""
    return Post(
        id=row[0],
        thread_id=row[1],
        network_id=row[2],
        number=row[3],
        position=row[4],
        author=Person(row[5], row[6], row[7], row[8], bool(row[9]), row[26]),
        html=row[10],
        reply_to=_reply_to(row[11:18], row[30]) if row[11] is not None else None,
        answers=tuple(json.loads(row[18] or "[]")),
        created_at=row[19],
        edited_at=row[20],
        removed_at=row[21],
        removed_by_author=bool(row[22]),
        removal_reason=row[23],
        is_imported=bool(row[24]),
        version=row[25],
        hidden_rule=row[27],
        is_erased=bool(row[28]),
        files=tuple(file_from(each) for each in json.loads(row[29])) if row[29] else (),
        body=row[31],
    )


def joined_threads() -> Any:
    """Threads with their network and the people that THREAD_COLUMNS names."""
    return _with_people(threads.join(networks, networks.c.id == threads.c.network_id))


def _with_people(joined: Any) -> Any:
    return joined.join(thread_authors, thread_authors.c.id == threads.c.author_id).join(
        last_authors, last_authors.c.id == threads.c.last_author_id
    )


def _joined_posts() -> Any:
    return (
        posts.join(threads, threads.c.id == posts.c.thread_id)
        .join(networks, networks.c.id == posts.c.network_id)
        .join(post_authors, post_authors.c.id == posts.c.author_id)
        .outerjoin(answered, answered.c.id == posts.c.reply_to_id)
        .outerjoin(answered_authors, answered_authors.c.id == answered.c.author_id)
    )


_MINE = threads_readable_by_account(bindparam("viewer_id", type_=Identifier))

_THREAD = select(*THREAD_COLUMNS).select_from(joined_threads()).where(threads.c.id == bindparam("thread_id"), _MINE)
_POST = select(*POST_COLUMNS, _BODY).select_from(_joined_posts())
_POST_BY_ID = _POST.where(posts.c.id == bindparam("post_id"), _MINE)
_POST_BY_NUMBER = _POST.where(posts.c.thread_id == bindparam("thread_id"), posts.c.number == bindparam("number"), _MINE)


async def get_thread(connection: AsyncConnection, viewer: Viewer, thread_id: str) -> Thread:
    """The thread. Raises NotFound where there is none that this viewer may read."""
    row = (await connection.execute(_THREAD, {"thread_id": thread_id, "viewer_id": viewer.id or None})).first()
    if row is None:
        raise NotFound
    return thread_from(row)


async def get_post(connection: AsyncConnection, viewer: Viewer, post_id: str) -> Post:
    """The post with its words as written. Raises NotFound where there is none that this viewer may read."""
    row = (await connection.execute(_POST_BY_ID, {"post_id": post_id, "viewer_id": viewer.id or None})).first()
    if row is None:
        raise NotFound
    return post_from(row)


async def find_post_by_number(connection: AsyncConnection, viewer: Viewer, thread_id: str, number: int) -> Post | None:
    """The post with this number of a thread, with its words as written; None where this viewer may not read it."""
    asked = {"thread_id": thread_id, "number": number, "viewer_id": viewer.id or None}
    row = (await connection.execute(_POST_BY_NUMBER, asked)).first()
    return post_from(row) if row else None


def _page_of_posts(body: ColumnElement[str]) -> HotStatement:
    return HotStatement(
        select(*POST_COLUMNS, body)
        .select_from(_joined_posts())
        .where(
            posts.c.thread_id == given("thread_id"),
            posts.c.number.between(given("first"), given("last")),
            threads_readable_by_account(given("viewer_id")),
        )
        .order_by(posts.c.number)
    )


_PAGE = _page_of_posts(_NOTHING)
_PAGE_WITH_BODIES = _page_of_posts(_BODY)


async def list_posts(
    database: Database, viewer: Viewer, thread_id: str, first: int, last: int, *, bodies: bool = False
) -> list[Post]:
    """The posts numbered `first` to `last`, in order; with the words as written where `bodies` asks for them."""
    read = _PAGE_WITH_BODIES if bodies else _PAGE
    asked = {"thread_id": thread_id, "first": first, "last": last, "viewer_id": viewer.id or None}
    return [post_from(row) for row in await database.fetch(read, asked)]


_READS_NETWORK = select(networks.c.id).where(
    networks.c.id == bindparam("network_id", type_=Identifier),
    readable_by_account(bindparam("viewer_id", type_=Identifier)),
)
_ANSWERED = (
    select(
        answered.c.id,
        answered.c.number,
        answered.c.author_id,
        shown_name(answered_authors),
        _is_former(answered_authors),
        case((answered.c.removed_at.is_(None), answered.c.excerpt), else_=_NOTHING),
        answered.c.removed_at.is_not(None),
        told_apart_by(answered_authors),
    )
    .join(threads, threads.c.id == answered.c.thread_id)
    .join(networks, networks.c.id == answered.c.network_id)
    .join(answered_authors, answered_authors.c.id == answered.c.author_id)
    .where(answered.c.id == bindparam("post_id"), answered.c.thread_id == bindparam("thread_id"), _MINE)
)


def written_at() -> ColumnElement[Any]:
    """When a row of `posts` got the words that it has."""
    return func.coalesce(posts.c.edited_at, posts.c.created_at)


async def may_read_network(connection: AsyncConnection, viewer: Viewer, network_id: str) -> bool:
    """Whether there is such a network and this viewer may read what it holds."""
    asked = {"network_id": network_id, "viewer_id": viewer.id or None}
    return await connection.scalar(_READS_NETWORK, asked) is not None


async def find_answered(connection: AsyncConnection, viewer: Viewer, post_id: str, thread_id: str) -> ReplyTo | None:
    """The post of this thread that is to be answered; None where there is none that the viewer may read."""
    asked = {"post_id": post_id, "thread_id": thread_id, "viewer_id": viewer.id or None}
    row = (await connection.execute(_ANSWERED, asked)).first()
    return _reply_to(row, row[7]) if row else None


_FIRST_SINCE = (
    select(posts.c.number)
    .join(threads, threads.c.id == posts.c.thread_id)
    .join(networks, networks.c.id == posts.c.network_id)
    .where(posts.c.thread_id == bindparam("thread_id"), posts.c.created_at >= bindparam("moment"), _MINE)
    .order_by(posts.c.created_at, posts.c.number)
    .limit(1)
)


async def find_number_since(connection: AsyncConnection, viewer: Viewer, thread_id: str, moment: Any) -> int | None:
    """The number of the first post written at this moment or later; None where there is none."""
    asked = {"thread_id": thread_id, "moment": moment, "viewer_id": viewer.id or None}
    return await connection.scalar(_FIRST_SINCE, asked)


# -- For everybody who hears the network's stream, or its moderators': the gateway has asked who that is ----


_WITH_THREAD = select(*POST_COLUMNS, _BODY, *THREAD_COLUMNS).select_from(_with_people(_joined_posts()))
_POSTS_BY_ID = one_of(_WITH_THREAD.where(threads_heard()), posts.c.id, "post_ids")
_KEPT_POSTS_BY_ID = one_of(_WITH_THREAD.where(~threads_heard()), posts.c.id, "post_ids")
_THREADS = select(*THREAD_COLUMNS).select_from(joined_threads())
_THREADS_BY_ID = one_of(_THREADS.where(threads_heard()), threads.c.id, "thread_ids")
_KEPT_THREADS_BY_ID = one_of(_THREADS.where(~threads_heard()), threads.c.id, "thread_ids")
_FIRST_POSTS = one_of(_POST.where(posts.c.number == 1, threads_heard()), posts.c.thread_id, "thread_ids")


async def list_heard_posts(
    connection: AsyncConnection, post_ids: Collection[str], *, kept: bool = False
) -> list[tuple[Post, Thread]]:
    """The posts with these ids, each with its words as written, and its thread.

    Or those `kept` by the members of an opened network.
    """
    statement = _KEPT_POSTS_BY_ID if kept else _POSTS_BY_ID
    rows = await run(connection, statement, {"post_ids": list(post_ids)})
    return [(post_from(row), thread_from(row[-THREAD_WIDTH:])) for row in rows]


async def list_heard_threads(
    connection: AsyncConnection, thread_ids: Collection[str], *, kept: bool = False
) -> list[Thread]:
    """The threads with these ids; or those `kept` by the members of an opened network."""
    statement = _KEPT_THREADS_BY_ID if kept else _THREADS_BY_ID
    return [thread_from(row) for row in await run(connection, statement, {"thread_ids": list(thread_ids)})]


async def list_heard_first_posts(connection: AsyncConnection, thread_ids: Collection[str]) -> list[Post]:
    """The post with which each of these threads begins."""
    return [post_from(row) for row in await run(connection, _FIRST_POSTS, {"thread_ids": list(thread_ids)})]
