"""Reads of a person's own account, and what stands in the way of closing it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, null, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.policy import fronted_to, readable_by, threads_readable_by
from forum.records import Role, Status
from forum.tables import memberships, networks, post_versions, posts, read_states, threads, watches
from forum.viewer import Viewer

PART = 500


@dataclass(frozen=True, slots=True)
class LastAdministration:
    """A network that has no other administrator than this person."""

    slug: str
    name: str
    member_count: int


MOST_ARCHIVES = 50


@dataclass(frozen=True, slots=True)
class OwnInArchive:
    """How much of what this person wrote is in an archive that was brought into this network."""

    slug: str
    name: str
    post_count: int


@dataclass(frozen=True, slots=True)
class OwnMembership:
    """One time that this person asked to join or belonged; the network is named only while they may know of it."""

    network_id: str
    slug: str | None
    name: str | None
    role: Role
    status: Status
    words: str
    created_at: datetime
    since: datetime | None
    admitted_by: str | None
    ended_at: datetime | None
    reason: str


async def list_last_administrations(connection: AsyncConnection, viewer: Viewer) -> list[LastAdministration]:
    """Networks whose only administrator this person is and that have other members: first somebody must follow."""
    return [item for item in await _only_administrator(connection, viewer) if item.member_count > 1]


async def list_lone_networks(connection: AsyncConnection, viewer: Viewer) -> list[LastAdministration]:
    """Networks in which this person is alone: they will have nobody."""
    return [item for item in await _only_administrator(connection, viewer) if item.member_count == 1]


async def _only_administrator(connection: AsyncConnection, viewer: Viewer) -> list[LastAdministration]:
    is_active = and_(memberships.c.current, memberships.c.status == "active")
    other = memberships.alias("other")
    another = select(other.c.id).where(
        other.c.network_id == networks.c.id,
        other.c.account_id != viewer.id,
        other.c.current,
        other.c.status == "active",
        other.c.role == "administrator",
    )
    query = (
        select(networks.c.slug, networks.c.name, networks.c.member_count)
        .join(memberships, memberships.c.network_id == networks.c.id)
        .where(memberships.c.account_id == viewer.id, is_active, memberships.c.role == "administrator")
        .where(~another.exists())
        .order_by(networks.c.name, networks.c.id)
        .limit(1_000)
    )
    return [LastAdministration(*row) for row in await connection.execute(query)]


async def list_own_memberships(connection: AsyncConnection, viewer: Viewer) -> list[OwnMembership]:
    """Every membership there ever was of this person, the newest first; at most 5,000."""
    known = fronted_to(viewer)
    query = (
        select(
            networks.c.id,
            case((known, networks.c.slug), else_=null()),
            case((known, networks.c.name), else_=null()),
            memberships.c.role,
            memberships.c.status,
            memberships.c.words,
            memberships.c.created_at,
            memberships.c.since,
            case((and_(known, memberships.c.since.is_not(None)), accounts.c.name), else_=null()),
            memberships.c.ended_at,
            memberships.c.reason,
        )
        .join(networks, networks.c.id == memberships.c.network_id)
        .outerjoin(accounts, accounts.c.id == memberships.c.decided_by)
        .where(memberships.c.account_id == viewer.id)
        .order_by(memberships.c.id.desc())
        .limit(5_000)
    )
    return [OwnMembership(*row) for row in await connection.execute(query)]


def _own_posts(viewer: Viewer) -> Select[Any]:
    readable = readable_by(viewer)
    return (
        select(
            posts.c.id,
            posts.c.thread_id,
            posts.c.network_id,
            posts.c.number,
            case((and_(readable, threads_readable_by(viewer)), threads.c.title), else_=null()).label("thread_title"),
            case((readable, networks.c.name), else_=null()).label("network_name"),
            posts.c.body,
            posts.c.reply_to_id,
            posts.c.created_at,
            posts.c.edited_at,
            posts.c.removed_at,
            posts.c.removal_reason,
            posts.c.version,
        )
        .join(threads, threads.c.id == posts.c.thread_id)
        .join(networks, networks.c.id == posts.c.network_id)
        .where(posts.c.author_id == viewer.id)
    )


async def each_own_post(connection: AsyncConnection, viewer: Viewer) -> AsyncIterator[dict[str, Any]]:
    """Everything that this person wrote, the oldest first, read part by part. The words are theirs even where they
    may no longer read the network; titles and names beside them are not."""
    query, last = _own_posts(viewer).order_by(posts.c.id).limit(PART), ""
    while True:
        following = query.where(posts.c.id > last) if last else query
        rows = (await connection.execute(following)).mappings().all()
        for row in rows:
            yield dict(row)
        if len(rows) < PART:
            return
        last = rows[-1]["id"]


async def each_own_version(connection: AsyncConnection, viewer: Viewer) -> AsyncIterator[dict[str, Any]]:
    """What this person's posts said before each edit, in the same way."""
    query = (
        select(post_versions.c.post_id, post_versions.c.version, post_versions.c.body, post_versions.c.written_at)
        .join(posts, posts.c.id == post_versions.c.post_id)
        .where(posts.c.author_id == viewer.id)
        .order_by(post_versions.c.post_id, post_versions.c.version)
    )
    place = 0
    while True:
        rows = (await connection.execute(query.limit(PART).offset(place))).mappings().all()
        for row in rows:
            yield dict(row)
        if len(rows) < PART:
            return
        place += PART


async def each_read_state(connection: AsyncConnection, viewer: Viewer) -> AsyncIterator[dict[str, Any]]:
    """Which posts this person has read, thread by thread."""
    query = (
        select(
            read_states.c.thread_id,
            read_states.c.network_id,
            read_states.c.ranges.label("posts_read"),
            read_states.c.updated_at,
        )
        .where(read_states.c.account_id == viewer.id)
        .order_by(read_states.c.thread_id)
        .limit(PART)
    )
    last = ""
    while True:
        rows = (await connection.execute(query.where(read_states.c.thread_id > last) if last else query)).all()
        for row in rows:
            yield dict(row._mapping)
        if len(rows) < PART:
            return
        last = rows[-1].thread_id


async def list_watches(connection: AsyncConnection, viewer: Viewer) -> list[dict[str, Any]]:
    """Which threads this person follows or has silenced; at most 10,000."""
    query = select(watches.c.thread_id, watches.c.level).where(watches.c.account_id == viewer.id).limit(10_000)
    return [dict(row._mapping) for row in await connection.execute(query)]


async def has_written(connection: AsyncConnection, account_id: str) -> bool:
    """Whether there are posts of this person: of somebody who never signed in, out of an archive."""
    return bool(await connection.scalar(select(exists().where(posts.c.author_id == account_id))))


async def count_own_posts(connection: AsyncConnection, viewer: Viewer) -> int:
    """How many posts this person wrote."""
    return await connection.scalar(select(func.count()).where(posts.c.author_id == viewer.id)) or 0


async def list_own_in_archives(connection: AsyncConnection, viewer: Viewer) -> list[OwnInArchive]:
    """Where archives hold what this person wrote before they came, as far as they may read it; the most first, at most
    `MOST_ARCHIVES`."""
    number = func.count().label("number")
    statement = (
        select(networks.c.slug, networks.c.name, number)
        .select_from(posts)
        .join(networks, networks.c.id == posts.c.network_id)
        .join(threads, threads.c.id == posts.c.thread_id)
        .where(posts.c.author_id == viewer.id, posts.c.is_imported, posts.c.removed_at.is_(None))
        .where(readable_by(viewer), threads_readable_by(viewer))
        .group_by(networks.c.id, networks.c.slug, networks.c.name)
        .order_by(number.desc(), networks.c.id)
        .limit(MOST_ARCHIVES)
    )
    return [OwnInArchive(*row) for row in await connection.execute(statement)]
