"""Members as moderators see them who may silence them, or have their posts wait."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.errors import NotFound
from forum.policy import moderated_by, readable_by_account
from forum.records import Person, Role
from forum.tables import acts, held_posts, memberships, networks, threads
from forum.viewer import Viewer
from ground.columns import now


@dataclass(frozen=True, slots=True)
class QuietMember:
    """A member, and what moderators have asked of them."""

    network_id: str
    person: Person
    role: Role
    silenced_until: datetime | None
    hold_left: int
    """How many more of their posts wait; -1: all."""


async def get_member(connection: AsyncConnection, viewer: Viewer, network_id: str, account_id: str) -> QuietMember:
    """The member. Raises NotFound where there is none, and for those who don't moderate the network."""
    asked = (
        select(
            accounts.c.id,
            accounts.c.name,
            accounts.c.job_title,
            accounts.c.organisation,
            memberships.c.role,
            memberships.c.silenced_until,
            memberships.c.hold_left,
        )
        .join(memberships, memberships.c.account_id == accounts.c.id)
        .join(networks, networks.c.id == memberships.c.network_id)
        .where(networks.c.id == network_id, accounts.c.id == account_id, moderated_by(viewer))
        .where(memberships.c.current, memberships.c.status == "active")
    )
    row = (await connection.execute(asked)).first()
    if row is None:
        raise NotFound
    until = row.silenced_until if row.silenced_until and row.silenced_until > now() else None
    person = Person(row.id, row.name, row.job_title, row.organisation)
    return QuietMember(network_id, person, row.role, until, row.hold_left)


async def find_member(
    connection: AsyncConnection, viewer: Viewer, network_id: str, account_id: str
) -> QuietMember | None:
    """The same; None where they are no member, and for who doesn't moderate the network."""
    try:
        return await get_member(connection, viewer, network_id, account_id)
    except NotFound:
        return None


@dataclass(frozen=True, slots=True)
class QuietAct:
    """A silence or a hold, as its letter tells of it; empty names where the person may not read there any more."""

    id: str
    address: str
    name: str
    network_name: str
    is_open: bool
    kind: str
    reason: str
    until: datetime | None


async def find_quiet_act(connection: AsyncConnection, act_id: str) -> QuietAct | None:
    """The act, while it holds and its person is a member who can be written to."""
    asked = (
        select(accounts.c.email, accounts.c.name, networks.c.name.label("network"), networks.c.access, acts)
        .join(acts, acts.c.account_id == accounts.c.id)
        .join(networks, networks.c.id == acts.c.network_id)
        .join(memberships, (memberships.c.network_id == networks.c.id) & (memberships.c.account_id == accounts.c.id))
        .where(acts.c.id == act_id, acts.c.undone_at.is_(None), memberships.c.current, memberships.c.status == "active")
        .where(accounts.c.closed_at.is_(None), accounts.c.suspended_at.is_(None), accounts.c.email.is_not(None))
    )
    row = (await connection.execute(asked)).first()
    if row is None or (row.until is not None and row.until <= now()):
        return None
    is_open = row.access == "open"
    return QuietAct(row.id, row.email, row.name, row.network, is_open, row.kind, row.reason, row.until)


@dataclass(frozen=True, slots=True)
class Rejection:
    """A post that a moderator turned down, as its letter tells of it."""

    id: str
    address: str
    name: str
    network_name: str
    is_open: bool
    title: str
    reason: str


async def find_rejection(connection: AsyncConnection, held_id: str, act_id: str) -> Rejection | None:
    """The post and why, while who wrote it can be written to. Whoever may not know of the network is not told its
    name, and who reads it no more is told no title of it."""
    is_reader = readable_by_account(accounts.c.id)
    is_here = threads.c.network_id == held_posts.c.network_id
    knows = or_(is_reader, networks.c.access.in_(("open", "closed")))
    asked = (
        select(
            held_posts.c.id,
            accounts.c.email,
            accounts.c.name,
            case((knows, networks.c.name), else_="a network").label("network"),
            networks.c.access == "open",
            # What a thread that has moved is called is told with the leave of the network where it is: not by this.
            case((held_posts.c.thread_id.is_(None), held_posts.c.title), (is_here, threads.c.title), else_=""),
            acts.c.reason,
        )
        .select_from(
            held_posts.join(accounts, accounts.c.id == held_posts.c.author_id)
            .join(networks, networks.c.id == held_posts.c.network_id)
            .join(acts, acts.c.id == act_id)
            .outerjoin(threads, threads.c.id == held_posts.c.thread_id)
        )
        .where(held_posts.c.id == held_id, held_posts.c.outcome == "rejected")
        .where(accounts.c.closed_at.is_(None), accounts.c.suspended_at.is_(None), accounts.c.email.is_not(None))
    )
    row = (await connection.execute(asked)).first()
    return None if row is None else Rejection(*row)
