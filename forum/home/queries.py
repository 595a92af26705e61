"""What is new for somebody, network by network, in one read; and who waits for them.

Every page of Confer begins with the viewer's row, which knows how much is unread in each network. So the
networks without news cost nothing here, and the others a few rows each, found by index from the newest on.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.database import Database
from forum.hot_reads import JsonArray, JsonRows
from forum.network_reads import NETWORK_COLUMNS
from forum.offers import offered_by_whom
from forum.policy import listed_to, moderated_by
from forum.records import Network, Person
from forum.shown_people import shared_names, told_apart_by
from forum.tables import memberships, networks, posts, read_states, threads
from forum.viewer import Viewer
from ground.hot import HotStatement, given

THREADS_OF_A_NETWORK = 5
LOOKED_THROUGH = 100
MOST_WAITING = 20
OPEN_NETWORKS = 6


@dataclass(frozen=True, slots=True)
class NewsThread:
    """A thread with posts that the viewer has not read."""

    id: str
    title: str
    unread: int
    post_count: int
    last_author: str
    last_post_at: datetime
    last_author_id: str
    told_apart: str
    """The organisation of who wrote last, or else their role, where another of their name stands beside."""


@dataclass(frozen=True, slots=True)
class News:
    """What is new in a network."""

    position: int
    """How many posts it has: "mark all read" marks everything up to here."""
    unread: int
    threads: tuple[NewsThread, ...]
    """The newest with something unread in them."""

    @property
    def elsewhere(self) -> int:
        """Unread posts in threads that are not shown."""
        return max(0, self.unread - sum(thread.unread for thread in self.threads))


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who asks to join a network that the viewer administers."""

    network_id: str
    person: Person
    words: str
    asked_at: datetime


_last_authors = accounts.alias("last_authors")
_earlier = posts.alias("earlier_posts")


# Somebody who reads everything leaves many read threads above the baseline: only so many are looked through.
_lately = (
    select(threads)
    .where(threads.c.network_id == memberships.c.network_id, threads.c.last_position > memberships.c.baseline)
    .order_by(threads.c.last_position.desc())
    .limit(literal_column(str(LOOKED_THROUGH)))
    .correlate(memberships)
    .subquery("lately")
)


def _read_by_baseline() -> ColumnElement[int]:
    """How many posts of a thread the membership's baseline covers: its first so many."""
    last_before = (
        select(_earlier.c.number)
        .where(_earlier.c.thread_id == _lately.c.id, _earlier.c.position <= memberships.c.baseline)
        .order_by(_earlier.c.position.desc())
        .limit(literal_column("1"))
        .correlate(_lately, memberships)
        .scalar_subquery()
    )
    nothing: ColumnElement[int] = literal_column("0")
    return case((_lately.c.first_position > memberships.c.baseline, nothing), else_=last_before)


_read = case((read_states.c.read_count.is_not(None), read_states.c.read_count), else_=_read_by_baseline())
_unread_threads = (
    select(
        _lately.c.id,
        _lately.c.title,
        (_lately.c.post_count - _read).label("unread"),
        _lately.c.post_count,
        _last_authors.c.name.label("last_author"),
        _lately.c.last_post_at,
        _lately.c.last_author_id,
        told_apart_by(_last_authors).label("told_apart"),
    )
    .select_from(
        _lately.join(_last_authors, _last_authors.c.id == _lately.c.last_author_id).outerjoin(
            read_states,
            (read_states.c.account_id == memberships.c.account_id) & (read_states.c.thread_id == _lately.c.id),
        )
    )
    .where(func.coalesce(read_states.c.read_count, 0) < _lately.c.post_count)
    .order_by(_lately.c.last_position.desc())
    .limit(literal_column(str(THREADS_OF_A_NETWORK)))
    .correlate(memberships)
    .subquery("unread_threads")
)
_NEWS = HotStatement(
    select(
        memberships.c.network_id,
        networks.c.post_count,
        networks.c.post_count - memberships.c.read_count,
        select(JsonRows(JsonArray(*_unread_threads.c))).scalar_subquery(),
    )
    .join(networks, networks.c.id == memberships.c.network_id)
    .where(
        memberships.c.account_id == given("account_id"),
        memberships.c.current,
        memberships.c.status == "active",
        networks.c.post_count > memberships.c.read_count,
    )
)


async def list_news(database: Database, viewer: Viewer) -> dict[str, News]:
    """What is new by network; networks without news are left out."""
    rows = await database.fetch(_NEWS, {"account_id": viewer.id})
    return {row[0]: News(row[1], row[2], _threads(json.loads(row[3] or "[]"))) for row in rows}


_LAST_AUTHOR, _LAST_POST_AT, _LAST_AUTHOR_ID, _TOLD_APART = 4, 5, 6, 7


def _threads(rows: Sequence[list[Any]]) -> tuple[NewsThread, ...]:
    shared = shared_names((row[_LAST_AUTHOR], row[_LAST_AUTHOR_ID]) for row in rows)
    for row in rows:
        row[_LAST_POST_AT] = datetime.fromisoformat(row[_LAST_POST_AT]).astimezone(UTC)
        if row[_LAST_AUTHOR] not in shared:
            row[_TOLD_APART] = ""
    return tuple(NewsThread(*row) for row in rows)


async def list_waiting(connection: AsyncConnection, viewer: Viewer) -> tuple[Waiting, ...]:
    """Who asks to join the networks that the viewer administers, longest first."""
    administered = [place.network_id for place in viewer.active_places() if place.role == "administrator"]
    rows = await connection.execute(
        select(
            memberships.c.network_id,
            accounts.c.id,
            accounts.c.name,
            accounts.c.job_title,
            accounts.c.organisation,
            memberships.c.words,
            memberships.c.created_at,
        )
        .join(accounts, accounts.c.id == memberships.c.account_id)
        .join(networks, networks.c.id == memberships.c.network_id)
        .where(memberships.c.network_id.in_(administered), moderated_by(viewer))
        .where(memberships.c.current, memberships.c.status == "requested")
        .order_by(memberships.c.id)
        .limit(MOST_WAITING)
    )
    return tuple(Waiting(row[0], Person(*row[1:5]), row[5], row[6]) for row in rows)


async def list_inviters(connection: AsyncConnection, viewer: Viewer) -> dict[str, str]:
    """By network, who invited the viewer."""
    inviters = accounts.alias("inviters")
    rows = await connection.execute(
        select(memberships.c.network_id, inviters.c.name)
        .select_from(memberships.join(inviters, inviters.c.id == offered_by_whom()))
        .where(memberships.c.account_id == viewer.id, memberships.c.current, memberships.c.status == "invited")
    )
    return {row[0]: row[1] for row in rows}


async def list_open_networks(connection: AsyncConnection, viewer: Viewer) -> Sequence[Network]:
    """The largest networks that anybody may read."""
    statement = (
        select(*NETWORK_COLUMNS)
        .where(networks.c.access == "open", listed_to(viewer))
        .order_by(networks.c.member_count.desc(), networks.c.id)
        .limit(OPEN_NETWORKS)
    )
    return [Network(*row) for row in await connection.execute(statement)]


async def lists_any(connection: AsyncConnection, viewer: Viewer) -> bool:
    """Whether the directory has anything for this viewer."""
    return (await connection.execute(select(networks.c.id).where(listed_to(viewer)).limit(1))).first() is not None
