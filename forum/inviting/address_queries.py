"""What is known of the addresses of a list before they are invited, for an administrator of the network."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.inviting.sorting import Known
from forum.offers import is_waiting
from forum.records import Network, Status
from forum.rendering import day_words
from forum.shown_people import shown_name
from forum.tables import invitations, memberships, organisation_domains
from forum.viewer import Viewer
from ground.columns import now

MOST_A_DAY = 500
"""New invitations by one person in a day."""
_DAY = timedelta(days=1)
_PART = 500
_MOST_DOMAINS = 2_000


async def look_up(
    connection: AsyncConnection,
    viewer: Viewer,
    network: Network,
    keys: Sequence[str],
    domains: Collection[str] = (),
    *,
    zone: ZoneInfo,
) -> Known:
    """What is known of these addresses. `domains`: those that the site names as its own; `zone`: where days are told.

    To be asked for who administers the network alone.
    """
    known = Known(left=await _left(connection, viewer))
    members: set[str] = set()
    asked: set[str] = set()
    waiting: dict[str, str] = {}
    lately: dict[str, int] = {}
    declined: dict[str, str] = {}
    put_out: dict[Status, dict[str, str]] = {status: {} for status in _HOW}
    for part in _parts(sorted(set(filter(None, keys)))):
        members |= await _members(connection, network.id, part, "active")
        asked |= await _members(connection, network.id, part, "requested")
        here = (invitations.c.network_id == network.id) & invitations.c.email_key.in_(part)
        open_ones = select(invitations.c.email_key, invitations.c.batch_id).where(here, is_waiting())
        waiting |= {row.email_key: row.batch_id for row in await connection.execute(open_ones)}
        recent = select(invitations.c.email_key, func.count().label("times"))
        recent = recent.where(here, invitations.c.created_at > now() - _DAY).group_by(invitations.c.email_key)
        lately |= {row.email_key: row.times for row in await connection.execute(recent)}
        declined |= await _declined(connection, here)
        for status, told in put_out.items():
            told |= await _put_out(connection, network.id, part, status, zone)
    known.members, known.waiting, known.lately = members, waiting, lately
    known.declined = put_out["left"] | put_out["refused"] | declined
    known.asked = asked
    known.banned, known.removed = put_out["banned"], put_out["removed"]
    known.site_domains = domains
    known.domains = {*domains, *await _domains(connection, network.id)}
    return known


def _parts(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), _PART):
        yield keys[start : start + _PART]


async def _left(connection: AsyncConnection, viewer: Viewer) -> int:
    mine = (invitations.c.invited_by == viewer.id) & (invitations.c.created_at > now() - _DAY)
    return MOST_A_DAY - (await connection.scalar(select(func.count()).where(mine)) or 0)


async def _members(connection: AsyncConnection, network_id: str, keys: Sequence[str], status: Status) -> set[str]:
    """Of members and who asked to be one alone: that another address has an account is nobody's business."""
    usable = accounts.c.verified_at.is_not(None) & accounts.c.closed_at.is_(None) & accounts.c.email_key.in_(keys)
    found = select(accounts.c.email_key).join(memberships, memberships.c.account_id == accounts.c.id)
    mine = (memberships.c.network_id == network_id) & memberships.c.current & (memberships.c.status == status)
    return set(await connection.scalars(found.where(usable, mine)))


_HOW: Mapping[Status, str] = {
    "banned": "They were banned on {day}{by}. Lift the ban first, on their page in the list of members.",
    "removed": "They were removed on {day}{by}.",
    "refused": "They asked to join, and were refused on {day}{by}.",
    "left": "They left this network on {day}.",
}


async def _put_out(
    connection: AsyncConnection, network_id: str, keys: Sequence[str], status: Status, zone: ZoneInfo
) -> dict[str, str]:
    """Addresses of people who were kept out, put out or refused, or who left, with when and by whom."""
    deciders = accounts.alias("deciders")
    asked = (
        select(accounts.c.email_key, memberships.c.ended_at, shown_name(deciders).label("by"))
        .select_from(
            memberships.join(accounts, accounts.c.id == memberships.c.account_id).outerjoin(
                deciders, deciders.c.id == memberships.c.ended_by
            )
        )
        .where(accounts.c.email_key.in_(keys), memberships.c.network_id == network_id)
        .where(memberships.c.current, memberships.c.status == status)
    )
    if status == "left":
        # A place that was only offered ends so, too: that this address has an account is nobody's business.
        asked = asked.where(memberships.c.left_at.is_not(None))
    return {
        row.email_key: _HOW[status].format(day=day_words(row.ended_at, zone), by=f" by {row.by}" if row.by else "")
        for row in await connection.execute(asked)
    }


async def _declined(connection: AsyncConnection, here: Any) -> dict[str, str]:
    """Addresses whose last invitation to this network was declined or cancelled."""
    asked = select(invitations.c.email_key, invitations.c.outcome).where(here, invitations.c.ended_at.is_not(None))
    last = {row.email_key: row.outcome for row in await connection.execute(asked.order_by(invitations.c.id))}
    return {key: _ENDED[outcome] for key, outcome in last.items() if outcome in _ENDED}


_ENDED: Mapping[str, str] = {
    "declined": "They declined an earlier invitation to this network.",
    "cancelled": "An earlier invitation of this address was cancelled.",
}


async def _domains(connection: AsyncConnection, network_id: str) -> set[str]:
    """The domains of the network's members and of its organisations."""
    mine = (memberships.c.network_id == network_id) & memberships.c.current & (memberships.c.status == "active")
    asked = select(accounts.c.email_key).join(memberships, memberships.c.account_id == accounts.c.id)
    keys = await connection.scalars(asked.where(mine, accounts.c.email_key.is_not(None)).limit(_MOST_DOMAINS))
    named = select(organisation_domains.c.domain).where(organisation_domains.c.network_id == network_id)
    return {*(key.rpartition("@")[2] for key in keys), *await connection.scalars(named)}
