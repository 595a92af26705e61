"""The one hot read of a thread page: who asks, whether they may read, the thread, and what they have read of it."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, literal_column, null, select

from auth.tables import accounts
from forum.database import Database
from forum.policy import documents_readable_by_account, threads_readable_by, threads_readable_by_account
from forum.records import Access, Thread, WatchLevel
from forum.tables import (
    documents,
    held_posts,
    memberships,
    networks,
    posts,
    read_states,
    site,
    thread_writers,
    threads,
    watches,
)
from forum.threads.queries import (
    SLOW_MINUTES,
    THREAD_COLUMNS,
    THREAD_WIDTH,
    joined_threads,
    last_authors,
    thread_authors,
    thread_from,
)
from forum.threads.ranges import Ranges, first_missing, merge, up_to
from forum.viewer import ACCOUNT_COLUMN_COUNT, Viewer, by_session, by_token, viewer_from
from ground.columns import now
from ground.hot import HotStatement, given
from realtime.tables import epoch, streams

_heads = streams.alias("network_streams")
_mine = memberships.alias("mine")
_earlier = posts.alias("earlier_posts")
_SEEN_AT = 10


@dataclass(frozen=True, slots=True)
class Glance:
    """A network as a thread page shows it. `head` is where its stream stood."""

    id: str
    slug: str
    name: str
    accent: str
    access: Access
    stream: str
    member_count: int
    version: int
    archived_at: datetime | None
    deletes_at: datetime | None
    head: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What a member has read of a thread. `read_at`: when they last read in it, where that is kept."""

    ranges: Ranges
    read_at: datetime | None
    level: WatchLevel
    held_count: int
    """How many posts wait in the network, for those who moderate it; else 0."""
    is_turned_down: bool
    """A moderator turned down what they wrote for this thread, not long ago."""

    @property
    def first_unread(self) -> int:
        """The number of the first unread post; one past the last where all is read."""
        return first_missing(self.ranges)


@dataclass(frozen=True, slots=True)
class Sight:
    """A thread as one viewer finds it."""

    viewer: Viewer
    thread: Thread
    network: Glance
    reading: Reading | None
    """None for those of whom no reading is kept: who is no member of the network."""
    document_id: str | None
    """The document of this network that the thread was begun about, where the viewer may know of it."""
    document_title: str | None

    @property
    def as_of(self) -> dict[str, list[str | int]]:
        """Where the streams stood that tell of changes to this thread and to its reading."""
        positions: dict[str, list[str | int]] = {self.network.stream: [self.viewer.epoch, self.network.head]}
        if self.viewer.account is not None:
            positions[f"account:{self.viewer.id}"] = [self.viewer.epoch, self.viewer.account_head]
        return positions


def baseline_number(baseline: ColumnElement[int]) -> ColumnElement[int]:
    """How many posts of a row of `threads` have a position up to the baseline: its first so many are read.

    By index, and without looking at any post where the whole thread is on one side.
    """
    last_before = (
        select(_earlier.c.number)
        .where(_earlier.c.thread_id == threads.c.id, _earlier.c.position <= baseline)
        .order_by(_earlier.c.position.desc())
        .limit(1)
        .correlate_except(_earlier)
        .scalar_subquery()
    )
    nothing: ColumnElement[int] = literal_column("0")
    return case(
        (threads.c.last_position <= baseline, threads.c.post_count),
        (threads.c.first_position > baseline, nothing),
        else_=last_before,
    )


_NETWORK_COLUMNS: list[ColumnElement[Any]] = [
    networks.c.id,
    networks.c.slug,
    networks.c.name,
    networks.c.accent,
    networks.c.access,
    networks.c.stream,
    networks.c.member_count,
    networks.c.version,
    networks.c.archived_at,
    networks.c.deletes_at,
    _heads.c.head,
]
_by_writing = (
    select(literal_column("'watch'"))
    .where(thread_writers.c.thread_id == threads.c.id, thread_writers.c.account_id == accounts.c.id)
    .correlate(threads, accounts)
    .scalar_subquery()
)
# Of the last post the worker notes it a moment later; nothing says so, and nobody is to see it change by itself.
_by_last_post = case(
    (
        threads.c.last_author_id == accounts.c.id,
        select(literal_column("'watch'"))
        .where(
            posts.c.thread_id == threads.c.id, posts.c.number == threads.c.post_count, posts.c.is_imported.is_(False)
        )
        .correlate(threads)
        .scalar_subquery(),
    )
)


def _about(account_id: ColumnElement[Any]) -> ColumnElement[str | None]:
    """What the thread was begun about, by the index of the few documents that have a thread: its id, a space and its
    title in one column, for a column of its own costs every reader of a thread as much again."""
    begun = (
        documents.c.thread_id == threads.c.id,
        documents.c.network_id == threads.c.network_id,
        documents_readable_by_account(account_id),
    )
    told = cast(documents.c.id, String) + " " + documents.c.title
    return select(told).where(*begun).limit(1).correlate_except(documents).scalar_subquery()


# Whether any of the reader's own posts was turned down here. Of each they hear on their own stream, whose head makes
# their page another one.
_turned_down = (
    select(literal_column("1"))
    .where(
        held_posts.c.author_id == accounts.c.id,
        held_posts.c.thread_id == threads.c.id,
        held_posts.c.outcome == "rejected",
        held_posts.c.body != "",
    )
    .limit(1)
    .correlate(accounts, threads)
    .scalar_subquery()
)
_READING_COLUMNS: list[ColumnElement[Any]] = [
    _mine.c.id,
    case((_mine.c.id.is_not(None), baseline_number(_mine.c.baseline))),
    cast(read_states.c.ranges, String),
    read_states.c.updated_at,
    # Who wrote here hears of what follows, unless they say otherwise.
    func.coalesce(watches.c.level, _by_writing, _by_last_post),
    # Zero for the others: what they are answered is compared by these values.
    case((_mine.c.role != "member", networks.c.held_count), else_=0),
    _turned_down,
    _mine.c.silenced_until,
]
_NETWORK = slice(THREAD_WIDTH, THREAD_WIDTH + len(_NETWORK_COLUMNS))
_ABOUT = _NETWORK.stop
_READING = slice(_ABOUT + 1, _ABOUT + 1 + len(_READING_COLUMNS))


def _seen_with(who: Select[Any]) -> HotStatement:
    is_active = and_(_mine.c.network_id == networks.c.id, _mine.c.account_id == accounts.c.id, _mine.c.current)
    is_read = and_(read_states.c.account_id == accounts.c.id, read_states.c.thread_id == threads.c.id)
    return HotStatement(
        who.add_columns(*THREAD_COLUMNS, *_NETWORK_COLUMNS, _about(accounts.c.id), *_READING_COLUMNS)
        .join(threads, threads.c.id == given("thread_id"))
        .join(networks, networks.c.id == threads.c.network_id)
        .join(thread_authors, thread_authors.c.id == threads.c.author_id)
        .join(last_authors, last_authors.c.id == threads.c.last_author_id)
        .join(_heads, _heads.c.name == networks.c.stream)
        .outerjoin(_mine, and_(is_active, _mine.c.status == "active"))
        .outerjoin(read_states, is_read)
        .outerjoin(watches, and_(watches.c.account_id == accounts.c.id, watches.c.thread_id == threads.c.id))
        .where(threads_readable_by_account(accounts.c.id))
    )


_SIGHTS = {"session": _seen_with(by_session()), "token": _seen_with(by_token())}
_API_SIGHTS = {
    "session": _seen_with(by_session(threads.c.network_id)),
    "token": _seen_with(by_token(threads.c.network_id)),
}
_NOBODY = Viewer(None, None, "", "", "", 0, 0)
_GUEST_SIGHT = HotStatement(
    select(
        select(epoch.c.epoch).scalar_subquery(),
        select(site.c.people_version).scalar_subquery(),
        *THREAD_COLUMNS,
        *_NETWORK_COLUMNS,
        _about(null()),
    )
    .select_from(joined_threads().join(_heads, _heads.c.name == networks.c.stream))
    .where(threads.c.id == given("thread_id"), threads_readable_by(_NOBODY))
)


@dataclass(frozen=True, slots=True)
class SightRow:
    """The row of a hot read, before anything is made of it: where nothing changed, its fingerprint is enough."""

    credential: Literal["session", "token"] | None
    values: list[Any]

    @property
    def network_id(self) -> str:
        """The network that the thread lies in."""
        return str(self.values[(2 if self.credential is None else ACCOUNT_COLUMN_COUNT) + 1])

    def fingerprint(self) -> str:
        """A short text that is another one as soon as anything here is, but for when the credential was last used."""
        if self.credential is None:
            return fingerprint(self.values)
        return fingerprint(self.values[:_SEEN_AT] + self.values[_SEEN_AT + 1 :])

    def passes(self) -> bool:
        """Whether the page changes as time goes by: the thread is slow, or the reader may not write until a moment."""
        if self.credential is None:
            return False
        rest = self.values[ACCOUNT_COLUMN_COUNT:]
        return bool(rest[SLOW_MINUTES]) or rest[_READING.stop - 1] is not None

    def viewer(self) -> Viewer:
        """Who asks."""
        if self.credential is None:
            return Viewer(None, None, "", "", self.values[0], 0, self.values[1])
        return viewer_from(self.values, self.credential)

    def sight(self, viewer: Viewer) -> Sight:
        """The thread as this viewer finds it."""
        rest = self.values[2 if self.credential is None else ACCOUNT_COLUMN_COUNT :]
        reading = None
        if self.credential is not None:
            standing, covered, ranges, read_at, level, held_count, turned_down, _ = rest[_READING]
            if standing is not None:
                read = merge(json.loads(ranges or "[]"), up_to(covered))
                reading = Reading(read, read_at, level or "normal", held_count, bool(turned_down))
        document_id, _, document_title = (rest[_ABOUT] or "").partition(" ")
        return Sight(viewer, thread_from(rest), Glance(*rest[_NETWORK]), reading, document_id or None, document_title)


async def find_sight(
    database: Database,
    credential: Literal["session", "token"],
    token_hash: str,
    thread_id: str,
    *,
    for_api: bool = False,
) -> SightRow | None:
    """The thread as the person with this credential finds it; `for_api` with their place in its network alone.

    None where the credential is not valid, or where they may not read the thread or there is none.
    """
    asked = {"token_hash": token_hash, "moment": now(), "thread_id": thread_id}
    rows = await database.fetch((_API_SIGHTS if for_api else _SIGHTS)[credential], asked)
    return SightRow(credential, rows[0]) if rows else None


async def find_guest_sight(database: Database, thread_id: str) -> SightRow | None:
    """The thread as somebody signed out finds it; None where only members may read it, or there is none."""
    rows = await database.fetch(_GUEST_SIGHT, {"thread_id": thread_id})
    return SightRow(None, rows[0]) if rows else None


def fingerprint(values: list[Any]) -> str:
    """A short text that is the same for the same values, and another for others."""
    return hashlib.blake2b(repr(values).encode(), digest_size=12).hexdigest()
