"""What pages and API do alike: count how often somebody asks, and make of the address what is looked for."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from starlette.requests import Request

from auth.rules import SEARCH, Rule
from forum.asking import limit, limit_client
from forum.search.inputs import Searching
from forum.search.language import read_wish
from forum.search.places import read_spot
from forum.search.searching import Asked
from forum.state import state_of
from forum.viewer import Viewer
from ground.columns import now


async def ask_limit(request: Request, viewer: Viewer, rule: Rule = SEARCH) -> None:
    """Count one search of this person, or of the address of somebody signed out. Raises TooMany."""
    if viewer.is_signed_in:
        await limit(request, rule, viewer.id)
    else:
        await limit_client(request, rule)


def asked_for(request: Request, searching: Searching) -> Asked:
    """What is looked for; days are those of the site. Raises Invalid for a cursor that is none."""
    zone = ZoneInfo(state_of(request).settings.time_zone)
    since, until = searching.since, searching.until
    return Asked(
        wish=read_wish(searching.q),
        spot=read_spot(searching.after, int(now().timestamp())),
        kind=searching.kind,
        network=searching.network,
        by=searching.by,
        since=datetime.combine(since, time(), zone) if since else None,
        until=datetime.combine(until + timedelta(days=1), time(), zone) if until else None,
    )
