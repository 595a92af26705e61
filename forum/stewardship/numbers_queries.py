"""How much goes on in a network, week by week for a year: numbers alone, and nobody's reading by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, Table, cast, func, literal_column, or_, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.policy import member_of
from forum.tables import audit_rows, memberships, network_weeks, networks, posts, read_states
from forum.viewer import Viewer
from ground.columns import now

WEEKS = 52
FEWEST_SHOWN = 3
"""Of people who came, fewer are not counted out: with one or two, everybody would know who."""
_MOST = 200_000
# Not parameters: what is grouped by must be, letter by letter, what is selected.
_UTC: ColumnElement[str] = literal_column("'UTC'")
_FIRST: ColumnElement[int] = literal_column("1")
_TENTH: ColumnElement[int] = literal_column("10")


@dataclass(frozen=True, slots=True)
class Week:
    """One week, from its Monday on, in UTC."""

    begins_on: date
    members: int
    """At its end."""
    active: int | None
    """Members who came or wrote; None where that was not counted."""
    posts: int
    asked: int
    """Requests to join."""


def monday_of(moment: datetime) -> date:
    """The Monday of the week in which this is."""
    day = moment.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


async def list_weeks(connection: AsyncConnection, viewer: Viewer, network_id: str) -> list[Week]:
    """The last year by weeks, the latest first, from where anything was; for others than administrators zeros."""
    mine = select(networks.c.id).where(networks.c.id == network_id, member_of(viewer.id, "administrator"))
    latest = monday_of(now())
    mondays = [latest - timedelta(weeks=back) for back in range(WEEKS)]
    begins = datetime.combine(mondays[-1], datetime.min.time(), UTC)
    written = await _by_week(connection, posts.c.created_at, posts.c.network_id.in_(mine), begins)
    this_log = (audit_rows.c.chain.in_(select(cast(networks.c.id, String)).where(networks.c.id.in_(mine)))) & (
        audit_rows.c.act == "member.asked"
    )
    asked = await _by_week(connection, audit_rows.c.at, this_log, begins)
    spans = await connection.execute(
        select(memberships.c.since, memberships.c.ended_at)
        .where(memberships.c.network_id.in_(mine), memberships.c.since.is_not(None))
        .limit(_MOST)
    )
    members = _members_at([(row.since, row.ended_at) for row in spans], mondays)
    kept = select(network_weeks.c.week_on, network_weeks.c.active_count).where(network_weeks.c.network_id.in_(mine))
    active = {row.week_on: int(row.active_count) for row in await connection.execute(kept)}
    active[latest.isoformat()] = await count_active(connection, network_id, latest) if any(members) else 0
    weeks = [
        Week(monday, count, active.get(monday.isoformat()), written.get(monday, 0), asked.get(monday, 0))
        for monday, count in zip(mondays, members, strict=True)
    ]
    begun = max((place for place, week in enumerate(weeks) if week.members or week.posts or week.asked), default=0)
    return weeks[: begun + 1]


async def _by_week(
    connection: AsyncConnection, moment: ColumnElement[Any], condition: ColumnElement[bool], begins: datetime
) -> dict[date, int]:
    """How many rows there are of each day, gathered into weeks."""
    is_sqlite = connection.dialect.name == "sqlite"
    day: ColumnElement[Any] = (
        func.substr(moment, _FIRST, _TENTH) if is_sqlite else func.date(func.timezone(_UTC, moment))
    )
    counted = select(day, func.count()).where(condition, moment >= begins).group_by(day)
    weeks: dict[date, int] = {}
    for found, count in await connection.execute(counted):
        on = date.fromisoformat(found) if isinstance(found, str) else found
        monday = on - timedelta(days=on.weekday())
        weeks[monday] = weeks.get(monday, 0) + int(count)
    return weeks


def _members_at(spans: Sequence[tuple[datetime, datetime | None]], mondays: Sequence[date]) -> list[int]:
    """How many of these times of belonging reached beyond the end of each week."""
    changes: dict[date, int] = {}
    for since, ended in spans:
        changes[monday_of(since)] = changes.get(monday_of(since), 0) + 1
        if ended is not None:
            changes[monday_of(ended)] = changes.get(monday_of(ended), 0) - 1
    oldest = mondays[-1]
    count = sum(change for week, change in changes.items() if week < oldest)
    counts = []
    for monday in reversed(mondays):
        count += changes.get(monday, 0)
        counts.append(count)
    return counts[::-1]


async def count_active(connection: AsyncConnection, network_id: str, monday: date) -> int:
    """How many members came, read or wrote in the week that begins on this day. Who they are is not told."""
    begins = datetime.combine(monday, datetime.min.time(), UTC)
    ends = begins + timedelta(weeks=1)

    def within(moment: ColumnElement[Any]) -> ColumnElement[bool]:
        return (moment >= begins) & (moment < ends)

    def this(table: Table) -> ColumnElement[bool]:
        return table.c.network_id == network_id

    belongs = (memberships.c.network_id == network_id) & memberships.c.current & (memberships.c.status == "active")
    came = or_(within(memberships.c.visited_at), within(memberships.c.since))
    people = union(
        select(memberships.c.account_id).where(belongs, came),
        select(read_states.c.account_id).where(
            read_states.c.network_id == network_id, within(read_states.c.updated_at)
        ),
        select(posts.c.author_id).where(posts.c.network_id == network_id, within(posts.c.created_at)),
    ).subquery()
    members = select(memberships.c.account_id).where(belongs)
    statement = select(func.count()).select_from(people).where(people.c.account_id.in_(members))
    return int(await connection.scalar(statement) or 0)
