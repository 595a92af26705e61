"""How every page and answer finds a network: the right to see it is asked in the statement that reads it.

A slice that shows something inside a network begins with `get_network`. Hidden and unknown are one
answer there: no row, `NotFound`.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, false, func, literal, null, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.acts.waiting import waiting_appeals, waiting_cases
from forum.errors import Forbidden, NotFound
from forum.hot_reads import JsonArray, JsonRows
from forum.offers import offered_by_whom, still_offered
from forum.policy import (
    fronted_to,
    led_on_to,
    may_administer,
    may_see_whom_to_ask,
    member_of,
    members_listed_to,
    readable_by,
)
from forum.records import Access, Network, Person, Status, Watcher
from forum.tables import broken_glass, former_addresses, memberships, networks, posts
from forum.viewer import Viewer
from ground.clock import this_moment
from realtime.tables import streams

FACES = 6
ADMINISTRATORS_ONLY = "Only an administrator of this network may do this."

NETWORK_COLUMNS: tuple[ColumnElement[Any], ...] = (
    networks.c.id,
    networks.c.slug,
    networks.c.name,
    networks.c.purpose,
    networks.c.access,
    networks.c.accent,
    networks.c.stream,
    networks.c.moderators_stream,
    networks.c.member_count,
    networks.c.waiting_count,
    networks.c.thread_count,
    networks.c.post_count,
    networks.c.version,
    networks.c.created_at,
    networks.c.members_only_until,
    networks.c.archived_at,
    networks.c.deletes_at,
    networks.c.hold_first,
    networks.c.held_count,
)
"""What a query selects in order to make a record by `Network(*row[:NETWORK_WIDTH])`."""
NETWORK_WIDTH = len(NETWORK_COLUMNS)


@dataclass(frozen=True, slots=True)
class Found:
    """A network that the viewer may at least know by its front page."""

    network: Network
    is_readable: bool
    """Whether its content is open to the viewer; otherwise only the front page is."""
    was_moved: bool
    """It was asked for by an address that it had before: pages lead on to `network.slug`."""
    head: int
    """The number of the last event of its stream, read in the same statement."""
    faces: tuple[Person, ...]
    """The longest-standing few of its members, where the viewer may see who they are."""
    watchers: tuple[Watcher, ...] = ()
    """Who reads it through broken glass now; to be shown to its administrators."""
    reports_waiting: int = 0
    """How many reports wait that the viewer may decide."""
    banned_at: datetime | None = None
    """When its administrators removed the viewer for good, where it is open and they did."""

    def positions(self, viewer: Viewer) -> dict[str, list[str | int]]:
        """`as_of` of an answer about this network (contract, P7): the streams of it that the viewer may hear."""
        if not self.is_readable:
            return {}
        heard: dict[str, list[str | int]] = {self.network.stream: [viewer.epoch, self.head]}
        if viewer.has_role(self.network.id, "moderator"):
            name = self.network.moderators_stream
            heard |= {stream: position for stream, position in viewer.positions().items() if stream == name}
        return heard


@cache
def faces_column() -> Any:
    """The longest-standing few members of a row of `networks`, as JSON: ids with names."""
    shown = (
        select(accounts.c.id, accounts.c.name)
        .select_from(memberships.join(accounts, accounts.c.id == memberships.c.account_id))
        .where(memberships.c.network_id == networks.c.id, memberships.c.current, memberships.c.status == "active")
        .order_by(memberships.c.since)
        .limit(FACES)
        .correlate(networks)
        .subquery("shown")
    )
    return select(JsonRows(JsonArray(shown.c.id, shown.c.name))).scalar_subquery()


def last_here() -> ColumnElement[datetime | None]:
    """When the member in a row of `memberships` was last in the network: the later of a visit and of what they wrote.

    Visits alone would not do: who came before they were noted would seem never to have been there.
    """
    visited = memberships.c.visited_at
    wrote = (
        select(func.max(posts.c.created_at))
        .where(posts.c.author_id == memberships.c.account_id, posts.c.network_id == memberships.c.network_id)
        .where(or_(visited.is_(None), posts.c.created_at > visited))
        .correlate(memberships)
        .scalar_subquery()
    )
    return func.coalesce(wrote, visited)


@cache
def watchers_column() -> Any:
    """Who reads a row of `networks` through broken glass now, as JSON for `watchers_from`."""
    readers = accounts.alias("readers")
    through = (
        select(JsonRows(JsonArray(readers.c.name, broken_glass.c.reason, broken_glass.c.ends_at)))
        .select_from(broken_glass.join(readers, readers.c.id == broken_glass.c.account_id))
        .where(
            broken_glass.c.network_id == networks.c.id,
            broken_glass.c.ended_at.is_(None),
            broken_glass.c.ends_at > this_moment(),
        )
    )
    return through.correlate(networks).scalar_subquery()


def banned_column(account_id: ColumnElement[str]) -> Any:
    """When this person was removed for good from a row of `networks` that is open; None where they were not."""
    banned = select(memberships.c.ended_at).where(
        memberships.c.network_id == networks.c.id,
        memberships.c.account_id == account_id,
        memberships.c.current,
        memberships.c.status == "banned",
        networks.c.access == "open",
    )
    return banned.correlate(networks, accounts).scalar_subquery()


def watchers_from(text: str | None) -> tuple[Watcher, ...]:
    """The same as records."""
    rows = json.loads(text) if text else []
    return tuple(Watcher(name, reason, datetime.fromisoformat(until)) for name, reason, until in rows)


def sum_waiting(network_id: Any, viewer: Viewer) -> ColumnElement[int]:
    """How many reports and appeals of this network, an id or a column, wait for this viewer."""
    counted = [asked(network_id, viewer).correlate(networks) for asked in (waiting_cases, waiting_appeals)]
    return counted[0].scalar_subquery() + counted[1].scalar_subquery()


def _finding(viewer: Viewer, condition: ColumnElement[bool], was_moved: ColumnElement[bool]) -> Select[Any]:
    columns = (
        readable_by(viewer),
        was_moved,
        streams.c.head,
        members_listed_to(viewer),
        faces_column(),
        watchers_column(),
    )
    moderated = [place.network_id for place in viewer.active_places() if place.role != "member"]
    waiting: Any = literal(0)
    if moderated:
        waiting = case((networks.c.id.in_(moderated), sum_waiting(networks.c.id, viewer)), else_=0)
    banned_at = banned_column(literal(viewer.id, networks.c.id.type)) if viewer.id else null()
    return (
        select(*NETWORK_COLUMNS, *columns, waiting, banned_at)
        .select_from(networks.join(streams, streams.c.name == networks.c.stream))
        .where(condition)
    )


async def find_network(connection: AsyncConnection, viewer: Viewer, slug: str) -> Found | None:
    """The network at this address, by its present one or a former one, where the viewer may see its front page."""
    # Two statements, each by index: one with "or" would look at every network.
    found = await _find(connection, _finding(viewer, and_(networks.c.slug == slug, fronted_to(viewer)), false()))
    if found is not None:
        return found
    formerly = networks.c.id.in_(select(former_addresses.c.network_id).where(former_addresses.c.slug == slug))
    moved = and_(formerly, led_on_to(viewer))
    # Mostly there is none: a small statement is made in a tenth of the time that the whole one takes.
    if await connection.scalar(select(networks.c.id).where(moved)) is None:
        return None
    return await _find(connection, _finding(viewer, moved, true()))


async def get_network(connection: AsyncConnection, viewer: Viewer, slug: str) -> Found:
    """The network at this address, where the viewer may read what it holds. Raises NotFound."""
    return _readable(await find_network(connection, viewer, slug))


def is_name_typed(typed: str, network: Network) -> bool:
    """Whether somebody typed the network's name, in small or large letters: what can't be undone asks for that."""
    return " ".join(typed.split()).casefold() == " ".join(network.name.split()).casefold()


async def count_reports(connection: AsyncConnection, viewer: Viewer, network_id: str) -> int:
    """How many reports and appeals of this network wait that the viewer may decide."""
    return await connection.scalar(select(sum_waiting(network_id, viewer))) or 0


async def get_network_by_id(connection: AsyncConnection, viewer: Viewer, network_id: str) -> Found:
    """The network with this id, where the viewer may read what it holds. Raises NotFound."""
    condition = and_(networks.c.id == network_id, readable_by(viewer))
    return _readable(await _find(connection, _finding(viewer, condition, false())))


async def get_administered(connection: AsyncConnection, viewer: Viewer, slug: str) -> Network:
    """The network at this address, for an administrator of it at this moment. Raises NotFound or Forbidden."""
    network = (await get_network(connection, viewer, slug)).network
    decision = may_administer(viewer, network)
    still = select(networks.c.id).where(networks.c.id == network.id, member_of(viewer.id, "administrator"))
    if not decision or (await connection.execute(still)).first() is None:
        raise Forbidden(decision.reason or ADMINISTRATORS_ONLY)
    return network


async def _find(connection: AsyncConnection, statement: Select[Any]) -> Found | None:
    row = (await connection.execute(statement)).first()
    if row is None:
        return None
    is_readable, was_moved, head, shows_members, faces, watchers, waiting, banned_at = row[NETWORK_WIDTH:]
    people = json.loads(faces or "[]") if shows_members else []
    return Found(
        network=Network(*row[:NETWORK_WIDTH]),
        is_readable=bool(is_readable),
        was_moved=bool(was_moved),
        head=head,
        faces=tuple(Person(identifier, name) for identifier, name in people),
        watchers=watchers_from(watchers),
        reports_waiting=waiting,
        banned_at=banned_at,
    )


def _readable(found: Found | None) -> Found:
    if found is None or not found.is_readable:
        raise NotFound
    return found


async def lock_administered(connection: AsyncConnection, viewer: Viewer, slug: str) -> Network:
    """The network at this address as it stands now, held until the transaction ends, for an administrator of it.

    Raises NotFound where the viewer may not know of it, Forbidden where they don't administer it.
    """
    found = await find_network(connection, viewer, slug)
    if found is None:
        raise NotFound
    decision = may_administer(viewer, found.network)
    if not decision:
        raise Forbidden(decision.reason)
    held = select(networks.c.id).where(networks.c.id == found.network.id, member_of(viewer.id, "administrator"))
    if (await connection.execute(held.with_for_update(key_share=True))).first() is None:
        raise Forbidden(ADMINISTRATORS_ONLY)
    again = await find_network(connection, viewer, slug)
    if again is None:
        raise NotFound
    return again.network


async def lock_inside(connection: AsyncConnection, viewer: Viewer, slug: str) -> Network:
    """The same for what lies under the network's front page: not found by whoever may not read what it holds."""
    await get_network(connection, viewer, slug)
    return await lock_administered(connection, viewer, slug)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the viewer stands to a network that they asked to join, were invited to, or belonged to."""

    status: Status
    at: datetime
    """When it came to be so."""
    words: str
    """What the viewer wrote when asking to join."""
    reason: str
    """What an administrator wrote on refusing or removing them."""
    other: str
    """The name of who invited, admitted, refused or removed them; empty where nobody did."""


@dataclass(frozen=True, slots=True)
class Front:
    """What outsiders may see of a network beside its name and purpose, and how they stand to it."""

    administrators: tuple[Person, ...]
    organisations: tuple[str, ...]
    standing: Standing | None


async def read_front(connection: AsyncConnection, viewer: Viewer, network: Network) -> Front:
    """Whom to ask, from which organisations people come, and how the viewer stands to the network."""
    administrators: tuple[Person, ...] = ()
    organisations: tuple[str, ...] = ()
    if may_see_whom_to_ask(viewer, network):
        rows = await connection.execute(_ADMINISTRATORS, {"network_id": network.id})
        administrators = tuple(Person(*row) for row in rows)
        organisations = tuple(await connection.scalars(_ORGANISATIONS, {"network_id": network.id}))
    return Front(administrators, organisations, await find_standing(connection, viewer, network.id))


async def find_standing(connection: AsyncConnection, viewer: Viewer, network_id: str) -> Standing | None:
    """How the viewer stands to the network, or None where they never had to do with it."""
    if not viewer.id:
        return None
    row = (await connection.execute(_STANDING, {"network_id": network_id, "account_id": viewer.id})).first()
    if row is None:
        return None
    return Standing(row.status, row.ended_at or row.since or row.created_at, row.words, row.reason, row.other or "")


_ACTIVE = and_(
    memberships.c.network_id == bindparam("network_id"), memberships.c.current, memberships.c.status == "active"
)
_ADMINISTRATORS = (
    select(accounts.c.id, accounts.c.name, accounts.c.job_title, accounts.c.organisation)
    .join(memberships, memberships.c.account_id == accounts.c.id)
    .where(_ACTIVE, memberships.c.role == "administrator")
    .order_by(memberships.c.since)
    .limit(FACES)
)
_ORGANISATIONS = (
    select(accounts.c.organisation)
    .join(memberships, memberships.c.account_id == accounts.c.id)
    .where(_ACTIVE, accounts.c.organisation != "")
    .group_by(accounts.c.organisation)
    .order_by(func.count().desc(), accounts.c.organisation)
    .limit(12)
)
_others = accounts.alias("others")
_decider = case(
    (memberships.c.status == "invited", offered_by_whom()),
    else_=func.coalesce(memberships.c.ended_by, memberships.c.decided_by),
)
_STANDING = (
    select(
        memberships.c.status,
        memberships.c.created_at,
        memberships.c.since,
        memberships.c.ended_at,
        memberships.c.words,
        memberships.c.reason,
        _others.c.name.label("other"),
    )
    .select_from(memberships.outerjoin(_others, _others.c.id == _decider))
    .where(
        memberships.c.network_id == bindparam("network_id"),
        memberships.c.account_id == bindparam("account_id"),
        memberships.c.current,
        still_offered(),
    )
)


def audience_words(access: Access, name: str, member_count: int) -> str:
    """Who will read what is written in this network, in a sentence."""
    if access == "open":
        return "Anybody can read this: the network is open."
    if member_count <= 1:
        return f"Only you will see this for now: {name} has no other members yet."
    return f"{member_count:,} members of {name} will see this, nobody else."
