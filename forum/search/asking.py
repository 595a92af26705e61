"""What pages and API do alike: count how often somebody asks, in turn and in time, and read what is looked for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from starlette.requests import Request

from auth.rules import SEARCH, Rule
from forum.asking import limit, limit_client
from forum.errors import TookTooLong
from forum.search.inputs import Searching
from forum.search.language import read_wish
from forum.search.places import read_spot
from forum.search.searching import Asked
from forum.state import State, state_of
from forum.viewer import Viewer
from ground.columns import now

AT_ONCE = 4
"""Searches in one process: half of the connections are left for whoever reads."""
LONGEST_SECONDS = 4.0
TOO_LONG = "This search takes too long just now. Try a rarer word, or look in one network only."


@dataclass(slots=True)
class Turns:
    """Who searches in this process, one of a few at a time."""

    free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def close(self) -> None:
        """Nothing is open."""


@asynccontextmanager
async def in_turn(state: State) -> AsyncIterator[None]:
    """Search when it is one's turn, and for no longer than a few seconds: then the database is told to stop.

    So no search, whatever it asks for, keeps others from reading. Raises TookTooLong.
    """
    turns = cast(Turns, state.kept.setdefault("searches", Turns()))
    try:
        async with asyncio.timeout(LONGEST_SECONDS) as limit:
            async with turns.free:
                yield
    except TimeoutError as error:
        if limit.expired():
            raise TookTooLong(TOO_LONG) from error
        raise


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
