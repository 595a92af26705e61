"""What the site's administrators see of all networks, and how they break the glass of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.rules import MEMBERSHIP_CHANGES
from forum.addresses import get, post
from forum.asking import limit
from forum.audit_log.glass_commands import break_glass, end_glass
from forum.audit_log.glass_queries import OpenGlass, Overseen, find_own_glass, list_overseen
from forum.audit_log.inputs import GlassBreaking
from forum.errors import Forbidden, Invalid, NotFound
from forum.files.incoming import megabytes
from forum.filing import find_coming_bytes, find_site_room, room_words
from forum.forms import read_form, validate
from forum.network_reads import find_network
from forum.policy import may_break_glass, may_oversee
from forum.records import Network
from forum.rendering import redirect, render_page
from forum.state import account_of, state_of
from forum.viewer import Viewer

PAGE_SIZE = 50
MOST_PAGES = 10_000
HOURS: Sequence[tuple[str, str]] = (
    ("1", "1 hour"),
    ("2", "2 hours"),
    ("4", "4 hours"),
    ("8", "8 hours"),
    ("24", "a day"),
)


@dataclass(frozen=True, slots=True)
class OverseenPage:
    """Every network by name: `audit_log/networks.html`."""

    rows: Sequence[Overseen]
    q: str
    first: str
    later: str
    files: str
    """How much room the files of all networks take, in words."""
    is_nearly_full: bool
    coming: str
    """How much was sent and is not shared yet; empty for nothing."""


@dataclass(frozen=True, slots=True)
class GlassPage:
    """What breaking the glass means, and the form; or until when it is broken: `audit_log/glass.html`."""

    network: Network
    glass: OpenGlass | None
    refusal: str
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    hours: Sequence[tuple[str, str]] = HOURS


async def overseer_of(request: Request) -> Viewer:
    """Who is asking, where only the site's administrators go on. Raises SignInNeeded and Forbidden."""
    viewer = await account_of(request)
    if not (decision := may_oversee(viewer)):
        raise Forbidden(decision.reason)
    return viewer


async def list_networks(request: Request) -> Response:
    """Every network of the site: name, size, settings and who runs it, of how many; never what it holds."""
    viewer = await overseer_of(request)
    words, number = request.query_params.get("q", "")[:200], request.query_params.get("page", "")
    page_number = min(int(number), MOST_PAGES) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    page_number = max(1, page_number)
    async with state_of(request).database.read() as connection:
        rows = await list_overseen(connection, viewer, words, (page_number - 1) * PAGE_SIZE, PAGE_SIZE + 1)
        room = await find_site_room(connection, state_of(request).settings)
        coming = await find_coming_bytes(connection)

    def address(other: int) -> str:
        kept = {"q": words, "page": str(other) if other > 1 else ""}
        query = urlencode({name: value for name, value in kept.items() if value})
        return f"/site/networks?{query}" if query else "/site/networks"

    page = OverseenPage(
        rows=rows[:PAGE_SIZE],
        q=words,
        first=address(1) if page_number > 1 else "",
        later=address(page_number + 1) if len(rows) > PAGE_SIZE else "",
        files=room_words(room),
        is_nearly_full=room.is_nearly_full,
        coming=megabytes(coming) if coming else "",
    )
    return render_page(request, viewer, "audit_log/networks.html", page, title="All networks")


async def show_glass(request: Request) -> Response:
    """What breaking the glass of this network means, and the form."""
    viewer = await overseer_of(request)
    return await _glass(request, viewer, {"hours": "1"}, {}, 200)


async def _glass(
    request: Request, viewer: Viewer, typed: Mapping[str, str], errors: Mapping[str, str], status: int
) -> Response:
    async with state_of(request).database.read() as connection:
        found = await find_network(connection, viewer, request.path_params["slug"])
        if found is None:
            raise NotFound
        glass = await find_own_glass(connection, viewer, found.network.id)
    page = GlassPage(found.network, glass, may_break_glass(viewer, found.network).reason, typed, errors)
    title = f"Break the glass: {found.network.name}"
    return render_page(request, viewer, "audit_log/glass.html", page, title=title, status=status)


async def create_glass(request: Request) -> Response:
    """Break it: the network's administrators are told at once."""
    viewer = await overseer_of(request)
    fields = await read_form(request)
    slug = request.path_params["slug"]
    try:
        wanted = validate(GlassBreaking, fields)
        await limit(request, MEMBERSHIP_CHANGES, viewer.id)
    except Invalid as error:
        return await _glass(request, viewer, fields, error.errors, 422)
    async with state_of(request).transaction() as tx:
        await break_glass(tx, viewer, slug, wanted.reason, int(wanted.hours))
    return redirect(request, f"/networks/{slug}")


async def delete_glass(request: Request) -> Response:
    """Stop reading before the time is over."""
    viewer = await overseer_of(request)
    async with state_of(request).transaction() as tx:
        await end_glass(tx, viewer, request.path_params["slug"])
    return redirect(request, "/site/networks", notice="glass-ended")


ROUTES: list[BaseRoute] = [
    get("/site/networks", list_networks),
    get("/site/networks/{slug:slug}/glass", show_glass),
    post("/site/networks/{slug:slug}/glass", create_glass),
    post("/site/networks/{slug:slug}/glass/end", delete_glass),
]
