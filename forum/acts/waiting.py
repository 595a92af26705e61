"""What waits for a decision of moderation: reports, appeals and posts, counted for whoever may decide them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.policy import appeals_judged_by, cases_shown_to
from forum.tables import acts, cases, networks
from forum.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for one viewer in one network."""

    reports: int
    appeals: int
    posts: int


def appeals_waiting_for(viewer: Viewer) -> ColumnElement[bool]:
    """Rows of `acts` against which an appeal waits that this viewer judges."""
    waits = (acts.c.appealed_at.is_not(None), acts.c.appeal_decided_at.is_(None), acts.c.undone_at.is_(None))
    return and_(*waits, appeals_judged_by(viewer))


def waiting_cases(network_id: object, viewer: Viewer) -> Select[int]:
    """How many cases of this network, an id or a column, wait for this viewer to decide them."""
    counted = select(func.count()).select_from(cases)
    return counted.where(cases.c.network_id == network_id, cases.c.outcome == "", cases_shown_to(viewer))


def waiting_appeals(network_id: object, viewer: Viewer) -> Select[int]:
    """How many appeals of this network wait for this viewer to judge them."""
    counted = select(func.count()).select_from(acts)
    return counted.where(acts.c.network_id == network_id, appeals_waiting_for(viewer))


async def list_waiting_for(connection: AsyncConnection, viewer: Viewer) -> Mapping[str, Waiting]:
    """By network, what waits for this viewer; networks where nothing does are left out.

    For an administrator of the site that is also what nobody of its network may decide.
    """
    moderated = [place.network_id for place in viewer.active_places() if place.role != "member"]
    reports = select(cases.c.network_id, func.count()).where(cases.c.outcome == "", cases_shown_to(viewer))
    appeals = select(acts.c.network_id, func.count()).where(appeals_waiting_for(viewer))
    held = select(networks.c.id, networks.c.held_count).where(networks.c.id.in_(moderated), networks.c.held_count > 0)
    counted = [
        {row[0]: row[1] for row in (await connection.execute(asked)).all()}
        for asked in (reports.group_by(cases.c.network_id), appeals.group_by(acts.c.network_id), held)
    ]
    ids = sorted(set().union(*counted))
    return {key: Waiting(*(each.get(key, 0) for each in counted)) for key in ids}
