"""Numbers of a network for its administrators: by page, as a file, and by the API."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from forum.addresses import get
from forum.asking import open_administered
from forum.errors import Forbidden, NotFound
from forum.files.incoming import megabytes
from forum.filing import Room, find_room, find_withdrawn_bytes, room_words
from forum.fronts import NetworkHead, network_head
from forum.network_reads import get_network
from forum.openapi import operation
from forum.policy import may_administer
from forum.records import Network
from forum.rendering import PRIVATE, render_page
from forum.spreadsheets import csv_answer
from forum.state import state_of, viewer_of
from forum.stewardship.numbers_queries import FEWEST_SHOWN, Week, list_weeks
from forum.stewardship.presenting import ApiNumbers

HEIGHT, STEP, BAR = 80, 10, 7
"""Of the drawing, in its own units."""
NARROWEST = 13
"""A drawing has room for a quarter at least: the bars of a young network stand at its right."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a drawing."""

    x: int
    y: int
    height: int
    is_running: bool
    """The week is not over: what it comes to is not known yet."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A small drawing of the last year, or of the time since the network began, and its most in words."""

    title: str
    width: int
    bars: Sequence[Bar]
    ground: Sequence[int]
    """Where the weeks stand that were counted: without a line below it, a week is none of which anything is known."""
    most: str


@dataclass(frozen=True, slots=True)
class NumbersPage:
    """How much goes on in the network: `stewardship/numbers.html`."""

    head: NetworkHead
    network: Network
    now: Week
    active: str
    room: Room
    files: str
    """How much of its room the network's files take, in words."""
    withdrawn: str
    """How much of that comes back by itself; empty where nothing does."""
    charts: Sequence[Chart]
    rows: Sequence[tuple[Week, str]]
    """Each week with its active members in words."""


def active_words(week: Week) -> str:
    """The number of active members as it may be told; nothing where it was not counted."""
    if week.active is None:
        return ""
    return str(week.active) if week.active >= FEWEST_SHOWN else f"fewer than {FEWEST_SHOWN}"


def draw(title: str, values: Sequence[int | None]) -> Chart:
    """The values, the latest first, as bars that end at the right with this week; None where nothing was counted."""
    span = max(len(values), NARROWEST)
    most = max((value for value in values if value is not None), default=0)
    bars, ground = [], []
    for back, value in enumerate(values):
        if value is None:
            continue
        x = (span - 1 - back) * STEP
        height = round(HEIGHT * value / most) if most else 0
        ground.append(x)
        bars.append(Bar(x, HEIGHT - height, height, is_running=back == 0))
    return Chart(title, span * STEP, bars[::-1], ground[::-1], f"{most:,}")


def _told(week: Week) -> int | None:
    """How many were active; 0 for fewer than are counted out, None where it was not counted."""
    return week.active if week.active is None or week.active >= FEWEST_SHOWN else 0


async def show_numbers(request: Request) -> Response:
    """The numbers of this week, drawings of the last year, and the table behind them."""
    viewer, found = await open_administered(request)
    async with state_of(request).database.read() as connection:
        weeks = await list_weeks(connection, viewer, found.network.id)
        room = await find_room(connection, state_of(request).settings, found.network.id)
        withdrawn = await find_withdrawn_bytes(connection, found.network.id)
    charts = [
        draw("Posts", [week.posts for week in weeks]),
        draw("Active members", [_told(week) for week in weeks]),
        draw("Members", [week.members for week in weeks]),
    ]
    rows = [(week, active_words(week)) for week in weeks]
    head = network_head(viewer, found)
    page = NumbersPage(
        head=head,
        network=found.network,
        now=weeks[0],
        active=rows[0][1],
        room=room,
        files=room_words(room),
        withdrawn=megabytes(withdrawn) if withdrawn else "",
        charts=charts,
        rows=rows,
    )
    title = f"Numbers of {found.network.name}"
    return render_page(request, viewer, "stewardship/numbers.html", page, title=title, network_id=found.network.id)


async def download_numbers(request: Request) -> Response:
    """The same table as a file for a spreadsheet."""
    viewer, found = await open_administered(request)
    async with state_of(request).database.read() as connection:
        weeks = await list_weeks(connection, viewer, found.network.id)

    async def rows() -> AsyncIterator[Sequence[str]]:
        yield ("Week from", "Members at its end", "Active members", "Posts", "Requests to join")
        for week in weeks:
            counts = (str(week.members), active_words(week), str(week.posts), str(week.asked))
            yield (week.begins_on.isoformat(), *counts)

    return csv_answer(f"Numbers of {found.network.name}", rows())


@operation("Read a network's numbers", "Looking after a network", {200: ApiNumbers}, refusals=(403,), is_public=True)
async def api_show_numbers(request: Request) -> Response:
    """The last 52 weeks, the latest first. `active` is null where fewer than three came or it was not counted."""
    viewer = await viewer_of(request)
    async with state_of(request).database.read() as connection:
        found = await get_network(connection, viewer, request.path_params["slug"])
        if not viewer.is_signed_in:
            raise NotFound
        decision = may_administer(viewer, found.network)
        if not decision:
            raise Forbidden(decision.reason)
        weeks = await list_weeks(connection, viewer, found.network.id)
        room = await find_room(connection, state_of(request).settings, found.network.id)
    items = [
        {
            "week": week.begins_on.isoformat(),
            "members": week.members,
            "active": _told(week) or None,
            "posts": week.posts,
            "asked": week.asked,
        }
        for week in weeks
    ]
    files = {"stored_bytes": room.used, "most_bytes": room.most}
    shown = {"items": items, "waiting": found.network.waiting_count, **files}
    return JSONResponse(shown, headers={"Cache-Control": PRIVATE})


_NUMBERS = "/networks/{slug:slug}/numbers"
ROUTES: list[BaseRoute] = [get(_NUMBERS, show_numbers), get(f"{_NUMBERS}/file", download_numbers)]
API_ROUTES: list[BaseRoute] = [get(f"/api/v1{_NUMBERS}", api_show_numbers)]
