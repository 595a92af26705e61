"""Who could see a thread at a moment: from memberships, from what the log says of them, and of the access."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import and_, case, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.audit import SITE
from forum.audit_log.log_queries import chain_of
from forum.records import Access, Network, Role
from forum.tables import audit_rows, audit_words, broken_glass, memberships, threads
from forum.viewer import Viewer
from ground.columns import is_id, now

MOST_CHOICES = 10


@dataclass(frozen=True, slots=True)
class Choice:
    """A thread that may be asked about."""

    id: str
    number: int
    title: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The thread that is asked about, as far as the answer depends on it."""

    id: str
    number: int
    title: str
    """The one it has; of a thread that was moved away the one it had then."""
    created_at: datetime
    first_position: int
    is_here: bool
    moves: tuple[tuple[datetime, bool], ...]
    """When it came into this network (True) or left it, in order, as the log tells."""

    def was_here(self, at: datetime) -> bool:
        """Whether it lay in this network at that moment."""
        following = [arrived for moment, arrived in self.moves if moment > at]
        return not following[0] if following else self.is_here


@dataclass(frozen=True, slots=True)
class Witness:
    """Somebody who could see the thread at that moment, in which role, since when and until when."""

    id: str
    name: str
    organisation: str
    role: Role | Literal["broken glass"]
    since: datetime
    until: datetime | None
    """When it ended since; None where it lasts."""


@dataclass(frozen=True, slots=True)
class Audience:
    """The answer: the people, and whether everybody could."""

    people: tuple[Witness, ...]
    access: Access | None
    """Who could find the network then; None where that is not known, as the log began later."""
    everybody: bool
    """The network was open, and the thread was not kept for its members."""
    log_since: datetime | None
    """When the log of the network began."""
    elsewhere: bool = False
    """The thread lay in another network then, whose administrators can tell."""
    suspended: int = 0
    """How many had the right but could not come in, as their account was suspended: they are left out."""


async def find_thread(connection: AsyncConnection, viewer: Viewer, network: Network, words: str) -> Asked | None:
    """The thread of this network that was meant: by its number in the network, its id, or an address with its id.

    One that was moved away is found too, for the time when it lay here.
    """
    chain_of(viewer, network)
    words = words.strip()
    number = int(words) if words.isascii() and words.isdigit() and len(words) < 10 else None
    parts = [part for part in words.replace("?", "/").replace("#", "/").split("/") if is_id(part)]
    if number is None and not parts:
        return None
    this = threads.c.number == number if number is not None else threads.c.id == parts[-1]
    found = select(threads.c.id, threads.c.number).where(threads.c.network_id == network.id, this)
    row = (await connection.execute(found)).first()
    thread_id = row.id if row is not None else await _moved_away(connection, network.id, number, parts)
    return None if thread_id is None else await _asked(connection, network.id, thread_id)


_CAME = ("thread.moved_here", "thread.move_undone")
_MOVES = ("thread.move", *_CAME)


async def _moved_away(
    connection: AsyncConnection, network_id: str, number: int | None, parts: Sequence[str]
) -> str | None:
    """The id of a thread that left this network, as its log tells."""
    left = select(audit_rows.c.object_id, audit_rows.c.before).where(
        audit_rows.c.chain == network_id, audit_rows.c.act == "thread.move"
    )
    for row in await connection.execute(left.order_by(audit_rows.c.number.desc())):
        had = json.loads(row.before or "{}").get("number")
        if row.object_id == parts[-1] if number is None else had == number:
            return str(row.object_id)
    return None


async def _asked(connection: AsyncConnection, network_id: str, thread_id: str) -> Asked | None:
    row = (await connection.execute(select(threads).where(threads.c.id == thread_id))).first()
    if row is None:
        return None
    moved = (
        select(audit_rows.c.at, audit_rows.c.act, audit_rows.c.before, audit_words.c.word)
        .outerjoin(audit_words, and_(audit_words.c.row_id == audit_rows.c.id, audit_words.c.name == "title"))
        .where(audit_rows.c.chain == network_id, audit_rows.c.object_id == thread_id, audit_rows.c.act.in_(_MOVES))
        .order_by(audit_rows.c.number)
    )
    steps = (await connection.execute(moved)).all()
    is_here = row.network_id == network_id
    number, title = row.number, row.title
    if not is_here:
        # What it is called elsewhere, and where it lies there, is not for this network.
        number, title = json.loads(steps[-1].before or "{}").get("number", 0), steps[-1].word or "a thread"
    return Asked(
        id=row.id,
        number=number,
        title=title,
        created_at=row.created_at,
        first_position=row.first_position,
        is_here=is_here,
        moves=tuple((step.at, step.act in _CAME) for step in steps),
    )


async def list_choices(connection: AsyncConnection, viewer: Viewer, network: Network) -> tuple[Choice, ...]:
    """The threads in which somebody wrote last."""
    chain_of(viewer, network)
    asked = select(threads.c.id, threads.c.number, threads.c.title).where(threads.c.network_id == network.id)
    rows = await connection.execute(asked.order_by(threads.c.last_post_at.desc()).limit(MOST_CHOICES))
    return tuple(Choice(*row) for row in rows)


async def read_audience(
    connection: AsyncConnection, viewer: Viewer, network: Network, thread: Asked, at: datetime
) -> Audience:
    """Who could see the thread at this moment, for an administrator of its network. Raises Forbidden."""
    chain_of(viewer, network)
    if not thread.was_here(at):
        return Audience((), None, False, None, elsewhere=True)
    steps = await _steps(connection, network.id)
    # Of one that is elsewhere now nobody knows its position here any more: rather too many are told than too few.
    is_placed = thread.is_here and not thread.moves
    members = await _members(connection, network, at, steps, thread.first_position if is_placed else None)
    through_glass = await _through_glass(connection, network.id, at)
    access, kept_until = _access_at(network, at, steps)
    is_public = not is_placed or thread.first_position > kept_until
    everybody = access == "open" and is_public
    if access == "open" and not is_public:
        opened_at = _opened_at(steps, at)
        members = [each for each in members if each.role != "member" or each.since <= opened_at]
    # What everybody could read, they could read signed out, too.
    shut_out = set() if everybody else await _suspended(connection, network.id, at)
    could = [each for each in (*members, *through_glass) if each.id not in shut_out]
    people = sorted(could, key=lambda each: (_RANK[each.role], each.name.casefold(), each.id))
    left_out = len(members) + len(through_glass) - len(could)
    return Audience(tuple(people), access, everybody, steps[0].at if steps else None, suspended=left_out)


_SUSPENDING = ("account.suspended", "account.reinstated")


async def _suspended(connection: AsyncConnection, network_id: str, at: datetime) -> set[str]:
    """Whose account was suspended at that moment, of all who ever belonged here or read through broken glass: as the
    site's log tells, and as the account does whose suspension still lasts."""
    belonged = select(memberships.c.account_id).where(memberships.c.network_id == network_id)
    of_here = belonged.union(select(broken_glass.c.account_id).where(broken_glass.c.network_id == network_id))
    told = select(audit_rows.c.object_id, audit_rows.c.act).where(
        audit_rows.c.chain == SITE,
        audit_rows.c.act.in_(_SUSPENDING),
        audit_rows.c.at <= at,
        audit_rows.c.subject_id.in_(of_here),
    )
    last = {row.object_id: row.act for row in await connection.execute(told.order_by(audit_rows.c.number))}
    lasting = select(accounts.c.id).where(accounts.c.suspended_at <= at, accounts.c.id.in_(of_here))
    return {one for one, act in last.items() if act == "account.suspended"} | set(await connection.scalars(lasting))


_RANK: Mapping[str, int] = {"administrator": 0, "moderator": 1, "member": 2, "broken glass": 3}


async def _steps(connection: AsyncConnection, network_id: str) -> Sequence[Any]:
    """What the log says of memberships and access, in order; the first row of all, too, tells since when it knows."""
    told = or_(
        audit_rows.c.object_kind == "member",
        audit_rows.c.act.in_(("network.created", "network.access_changed")),
        audit_rows.c.number == 1,
    )
    columns = (audit_rows.c.at, audit_rows.c.act, audit_rows.c.object_id, audit_rows.c.object_kind)
    asked = select(*columns, audit_rows.c.before, audit_rows.c.after).where(audit_rows.c.chain == network_id, told)
    return (await connection.execute(asked.order_by(audit_rows.c.number))).all()


async def _members(
    connection: AsyncConnection, network: Network, at: datetime, steps: Sequence[Any], position: int | None
) -> list[Witness]:
    former = and_(accounts.c.closed_at.is_not(None), accounts.c.former_name_shown.is_(False))
    columns = (
        memberships.c.id,
        memberships.c.role,
        memberships.c.since,
        memberships.c.ended_at,
        memberships.c.reads_after,
        accounts.c.id.label("account_id"),
        case((former, "Former member"), else_=accounts.c.name).label("name"),
        accounts.c.organisation,
    )
    # A ban long after the end moves the end in the row; the log knows the first one.
    stood = or_(memberships.c.ended_at.is_(None), memberships.c.ended_at > at)
    asked = (
        select(*columns)
        .join(accounts, accounts.c.id == memberships.c.account_id)
        .where(memberships.c.network_id == network.id, memberships.c.since <= at, stood)
    )
    told: dict[str, list[Any]] = {}
    for step in steps:
        if step.object_kind == "member":
            told.setdefault(step.object_id, []).append(step)
    found = []
    for row in await connection.execute(asked):
        own = told.get(row.id, [])
        until, role = _until_and_role(row, own, at)
        is_parted = role == "member" and position is not None and position <= _reads_after(row, own, at)
        if (until is None or until > at) and not is_parted:
            found.append(Witness(row.account_id, row.name, row.organisation, role, row.since, until))
    return found


def _until_and_role(row: Any, steps: Sequence[Any], at: datetime) -> tuple[datetime | None, Role]:
    """When this membership first ended, and the role in it at that moment, as the log tells; else as the row does."""
    until, role = row.ended_at, row.role
    for step in reversed(steps):
        before = json.loads(step.before) if step.before else {}
        after = json.loads(step.after) if step.after else {}
        if before.get("status") != "active":
            continue
        if after.get("status") != "active":
            until = step.at
        if step.at > at:
            role = before.get("role", role)
    return until, role


def _reads_after(row: Any, steps: Sequence[Any], at: datetime) -> int:
    """Up to where threads were not for somebody at that moment who had come while the network was open."""
    value: int = row.reads_after
    for step in reversed(steps):
        if step.at > at and step.act in ("member.let_read", "member.parted"):
            value = json.loads(step.before or "{}").get("reads_after", value)
    return value


async def _through_glass(connection: AsyncConnection, network_id: str, at: datetime) -> list[Witness]:
    asked = (
        select(broken_glass, accounts.c.name, accounts.c.organisation)
        .join(accounts, accounts.c.id == broken_glass.c.account_id)
        .where(broken_glass.c.network_id == network_id, broken_glass.c.begun_at <= at, broken_glass.c.ends_at > at)
        .where(or_(broken_glass.c.ended_at.is_(None), broken_glass.c.ended_at > at))
    )
    return [
        Witness(row.account_id, row.name, row.organisation, "broken glass", row.begun_at, row.ended_at or row.ends_at)
        for row in await connection.execute(asked)
    ]


def _opened_at(steps: Sequence[Any], at: datetime) -> datetime:
    """When the network was last opened before this moment; this moment itself where the log does not know."""
    opened = (step.at for step in reversed(steps) if step.at <= at and step.act == "network.access_changed")
    return next(opened, at)


def _access_at(network: Network, at: datetime, steps: Sequence[Any]) -> tuple[Access | None, int]:
    """Who could find the network at that moment, and up to which post threads stayed with its members."""
    access: Access | None = network.access
    kept_until = network.members_only_until
    for step in reversed([step for step in steps if step.act == "network.access_changed" and step.at > at]):
        before = json.loads(step.before or "{}")
        access, kept_until = before.get("access", access), before.get("members_only_until", kept_until)
    knows_beginning = bool(steps) and steps[0].act == "network.created"
    if not knows_beginning and (not steps or at < steps[0].at) and at < now():
        return None, kept_until
    return access, kept_until
