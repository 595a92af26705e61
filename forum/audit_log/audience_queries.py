"""Who could see a thread or document at a moment or on a day: from memberships, and what the log says of the access."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import and_, case, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.audit import SITE
from forum.audit_log.asked_queries import Asked, find_document
from forum.audit_log.audience_spans import (
    Span,
    Standing,
    access_at,
    opened_at,
    opening_before,
    reads_after,
    standing_at,
    until_and_role,
    was_away,
    was_suspended,
)
from forum.audit_log.elsewhere_queries import CAME, was_everybodys_elsewhere
from forum.audit_log.log_queries import chain_of
from forum.records import Access, Network, Role
from forum.tables import audit_rows, audit_words, broken_glass, memberships, threads
from forum.viewer import Viewer
from ground.columns import is_id

MOST_CHOICES = 10


@dataclass(frozen=True, slots=True)
class Choice:
    """A thread that may be asked about."""

    id: str
    number: int
    title: str


Then = Role | Literal["broken glass"]
"""In which role somebody could read it then."""


@dataclass(frozen=True, slots=True)
class Witness:
    """Somebody who could see the thread then, in which role (the highest of that day), since when and until when."""

    id: str
    name: str
    organisation: str
    role: Then
    since: datetime
    until: datetime | None
    """When it ended since; None where it lasts."""


@dataclass(frozen=True, slots=True)
class Right:
    """Somebody's right to read: as long as the witness says, in the role that it gave at a moment (None: not the thread
    that is asked about), which changed at these."""

    witness: Witness
    changes: tuple[datetime, ...] = ()
    role_at: Callable[[Standing, datetime], Role | None] | None = None

    def roles(
        self, span: Span, standings: Sequence[Standing], suspensions: Sequence[tuple[datetime, bool]]
    ) -> tuple[set[Then], set[Then]]:
        """In which roles they had it within the span; and in which they could come in, too, as they were not suspended.

        What everybody could read, they could read signed out.
        """
        had, free, witness = set[Then](), set[Then](), self.witness
        changes = [witness.since, *self.changes, *(each.at for each in standings), *(at for at, _ in suspensions)]
        for at in span.within(changes):
            standing = standing_at(standings, at)
            lasts = witness.since <= at and (witness.until is None or at < witness.until)
            role = self.role_at(standing, at) if self.role_at else witness.role
            if role is None or not lasts or not standing.is_here:
                continue
            if standing.is_narrowed and role not in ("moderator", "administrator"):
                continue
            had.add(role)
            if standing.everybody or not was_suspended(suspensions, at):
                free.add(role)
        return had, free


@dataclass(frozen=True, slots=True)
class Audience:
    """The answer: the people, and whether everybody could."""

    people: tuple[Witness, ...]
    access: Access | None
    """Who could find the network then, at its widest; None where that is not known, as the log began later."""
    everybody: bool
    """The network was open, and the thread was not kept for its members: at that moment, or for a part of that day."""
    log_since: datetime | None
    """When the log of the network began."""
    elsewhere: bool = False
    """The thread lay in another network then, whose administrators can tell."""
    suspended: int = 0
    """How many had the right but could not come in, as their account was suspended: they are left out."""
    partly_elsewhere: bool = False
    """It lay in another network for a part of that day."""
    everybody_elsewhere: bool = False
    """That one was open while it lay there, so that everybody could read it."""


async def find_thread(connection: AsyncConnection, viewer: Viewer, network: Network, words: str) -> Asked | None:
    """The thread of this network that was meant: by its number in the network, its id, or an address with its id; or
    the document, by its id or an address.

    A thread that was moved away is found too, for the time when it lay here.
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
    if thread_id is None:
        return None if number is not None else await find_document(connection, network.id, parts)
    return await _asked(connection, network.id, thread_id)


_MOVES = ("thread.move", *CAME)


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
        moves=tuple((step.at, step.act in CAME) for step in steps),
    )


async def list_choices(connection: AsyncConnection, viewer: Viewer, network: Network) -> tuple[Choice, ...]:
    """The threads in which somebody wrote last."""
    chain_of(viewer, network)
    asked = select(threads.c.id, threads.c.number, threads.c.title).where(threads.c.network_id == network.id)
    rows = await connection.execute(asked.order_by(threads.c.last_post_at.desc()).limit(MOST_CHOICES))
    return tuple(Choice(*row) for row in rows)


async def read_audience(
    connection: AsyncConnection, viewer: Viewer, network: Network, thread: Asked, span: Span
) -> Audience:
    """Who could see the thread at this moment, or at any moment of this day, for an administrator of its network.

    Raises Forbidden.
    """
    chain_of(viewer, network)
    steps = await _steps(connection, network.id)
    # Of one that is elsewhere now nobody knows its position here any more: rather too many are told than too few.
    position = thread.first_position if thread.is_here and not thread.moves and thread.noun == "thread" else None
    standings = _standings(network, thread, steps, span, position)
    here = [each for each in standings if each.is_here]
    is_away = len(here) < len(standings)
    is_everybodys = is_away and await was_everybodys_elsewhere(connection, network.id, thread, span)
    if not here:
        return Audience((), None, False, None, elsewhere=True, everybody_elsewhere=is_everybodys)
    suspensions = await _suspensions(connection, network.id, span)
    rights = [
        *await _members(connection, network, span, steps, position, is_document=thread.noun == "document"),
        *await _through_glass(connection, network, span),
    ]
    found = [(each, each.roles(span, standings, suspensions.get(each.witness.id, ()))) for each in rights]
    people = _one_line_each(
        replace(each.witness, role=min(free, key=_RANK.__getitem__)) for each, (_, free) in found if free
    )
    had_right = {each.witness.id for each, (all_roles, _) in found if all_roles}
    return Audience(
        people,
        min((each.access for each in here), key=_WIDTH.index),
        any(each.everybody for each in here),
        steps[0].at if steps else None,
        suspended=len(had_right) - len(people),
        partly_elsewhere=is_away,
        everybody_elsewhere=is_everybodys,
    )


_RANK: Mapping[str, int] = {"administrator": 0, "moderator": 1, "member": 2, "broken glass": 3}
_WIDTH: Sequence[Access | None] = (None, "open", "closed", "unlisted", "secret")


def _standings(
    network: Network, thread: Asked, steps: Sequence[Any], span: Span, position: int | None
) -> list[Standing]:
    changes = [step.at for step in steps[:1]] + [step.at for step in steps if step.act == "network.access_changed"]
    found = []
    for at in span.within([*changes, *(moment for moment, _ in thread.steps)]):
        access, kept_until = access_at(network, at, steps)
        is_public, opened = position is None or position > kept_until, opened_at(steps, at)
        if thread.noun == "document":
            opening = opening_before(steps, at)
            is_public, opened = opening is None or not kept_until or thread.created_at > opening, opening or opened
        found.append(Standing(at, thread.was_here(at), access, is_public, opened, thread.was_narrowed(at)))
    return found


def _one_line_each(found: Iterable[Witness]) -> tuple[Witness, ...]:
    """Who came, went and came again within a day is one person, in the highest role that they had."""
    people: dict[str, Witness] = {}
    for each in found:
        known = people.get(each.id, each)
        role = min(known.role, each.role, key=_RANK.__getitem__)
        until = None if known.until is None or each.until is None else max(known.until, each.until)
        people[each.id] = replace(each, role=role, since=min(known.since, each.since), until=until)
    return tuple(sorted(people.values(), key=lambda each: (_RANK[each.role], each.name.casefold(), each.id)))


_SUSPENDING = ("account.suspended", "account.reinstated")


async def _suspensions(
    connection: AsyncConnection, network_id: str, span: Span
) -> dict[str, list[tuple[datetime, bool]]]:
    """When accounts of all who ever belonged here or read through broken glass were suspended (True), and when no more:
    as the site's log tells, and as the account does whose suspension still lasts."""
    belonged = select(memberships.c.account_id).where(memberships.c.network_id == network_id)
    of_here = belonged.union(select(broken_glass.c.account_id).where(broken_glass.c.network_id == network_id))
    told = select(audit_rows.c.object_id, audit_rows.c.at, audit_rows.c.act).where(
        audit_rows.c.chain == SITE,
        audit_rows.c.act.in_(_SUSPENDING),
        audit_rows.c.at <= span.last,
        audit_rows.c.subject_id.in_(of_here),
    )
    found: dict[str, list[tuple[datetime, bool]]] = {}
    for row in await connection.execute(told.order_by(audit_rows.c.number)):
        found.setdefault(row.object_id, []).append((row.at, row.act == "account.suspended"))
    lasting = select(accounts.c.id, accounts.c.suspended_at)
    lasting = lasting.where(accounts.c.suspended_at <= span.last, accounts.c.id.in_(of_here))
    for account_id, suspended_at in (await connection.execute(lasting)).all():
        found.setdefault(account_id, []).append((suspended_at, True))
    return {account_id: sorted(moments) for account_id, moments in found.items()}


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
    connection: AsyncConnection,
    network: Network,
    span: Span,
    steps: Sequence[Any],
    position: int | None,
    *,
    is_document: bool,
) -> list[Right]:
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
    stood = or_(memberships.c.ended_at.is_(None), memberships.c.ended_at > span.first)
    asked = (
        select(*columns)
        .join(accounts, accounts.c.id == memberships.c.account_id)
        .where(memberships.c.network_id == network.id, memberships.c.since <= span.last, stood)
    )
    told: dict[str, list[Any]] = {}
    for step in steps:
        if step.object_kind == "member":
            told.setdefault(step.object_id, []).append(step)
    rows = (await connection.execute(asked)).all()
    return [_membership(row, told.get(row.id, []), span, position, is_document=is_document) for row in rows]


def _membership(row: Any, steps: Sequence[Any], span: Span, position: int | None, *, is_document: bool) -> Right:
    until, role = until_and_role(row, steps, span.last)

    def role_at(standing: Standing, at: datetime) -> Role | None:
        """None while they were away, or the thread was not for those who came while the network was open."""
        if was_away(steps, at):
            return None
        role = until_and_role(row, steps, at)[1]
        after = reads_after(row, steps, at)
        is_parted = position is not None and position <= after
        # What stayed with the members of before is everybody's who reads on once the network is closed again.
        is_theirs = is_document and standing.access != "open" and after == 0
        may_be_kept = standing.access == "open" or is_document
        came_later = row.since > standing.opened_at or (is_document and after != 0)
        is_kept_from = may_be_kept and not standing.is_public and came_later and not is_theirs
        return None if role == "member" and (is_parted or is_kept_from) else role

    witness = Witness(row.account_id, row.name, row.organisation, role, row.since, until)
    return Right(witness, tuple(step.at for step in steps), role_at)


async def _through_glass(connection: AsyncConnection, network: Network, span: Span) -> list[Right]:
    asked = (
        select(broken_glass, accounts.c.name, accounts.c.organisation)
        .join(accounts, accounts.c.id == broken_glass.c.account_id)
        .where(broken_glass.c.network_id == network.id, broken_glass.c.begun_at <= span.last)
        .where(broken_glass.c.ends_at > span.first)
    )
    return [
        Right(
            Witness(
                row.account_id, row.name, row.organisation, "broken glass", row.begun_at, row.ended_at or row.ends_at
            )
        )
        for row in await connection.execute(asked)
    ]
