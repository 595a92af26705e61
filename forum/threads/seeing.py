"""How a request finds a thread, and what its answers are made of beside it: the day, the zone, this build."""

from datetime import date
from zoneinfo import ZoneInfo

from starlette.requests import Request

from auth.secrets import secret_hash
from forum.errors import NotFound, SignInNeeded
from forum.state import State, set_network, set_viewer, shown_by, state_of, viewer_of
from forum.threads.kept_parts import kept_parts
from forum.threads.page_queries import Sight, SightRow, find_guest_sight, find_sight, fingerprint
from forum.viewer import Viewer
from ground.columns import now


async def find_thread_row(
    request: Request, thread_id: str, *, signed_in_only: bool = False, for_api: bool = False
) -> tuple[SightRow, Viewer]:
    """The thread as whoever asks finds it, in one read, and who that is; nothing is made of the rest yet.

    `for_api`: that viewer knows of their place in the thread's network alone, for there is no page to make around it.
    Raises NotFound, and SignInNeeded where an act needs an account.
    """
    state = state_of(request)
    shown = shown_by(request)
    row = None
    if shown is not None:
        row = await find_sight(state.database, shown.kind, secret_hash(shown.secret), thread_id, for_api=for_api)
        if row is None and (await viewer_of(request)).is_signed_in:
            raise NotFound
    if row is None:
        if signed_in_only:
            raise SignInNeeded
        row = await find_guest_sight(state.database, thread_id)
    if row is None:
        raise NotFound
    viewer = row.viewer()
    set_viewer(request, viewer)
    set_network(request, row.network_id)
    return row, viewer


async def see_thread(request: Request, thread_id: str, *, signed_in_only: bool = False, for_api: bool = False) -> Sight:
    """The thread as whoever asks finds it, in one read. Raises NotFound, and SignInNeeded where an act needs it."""
    row, viewer = await find_thread_row(request, thread_id, signed_in_only=signed_in_only, for_api=for_api)
    return row.sight(viewer)


def number_in(request: Request, name: str) -> int | None:
    """The number, from 1, in this part of the query; None where there is none."""
    text = request.query_params.get(name, "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else None


def zone_of(state: State) -> ZoneInfo:
    """The zone of the times on pages."""
    return ZoneInfo(state.settings.time_zone)


def today(state: State) -> date:
    """The day it is on pages: "New since Tuesday" is another line tomorrow."""
    return now().astimezone(zone_of(state)).date()


def build_of(state: State) -> str:
    """Another text as soon as templates, styles or settings of the site's look are others."""
    parts = kept_parts(state)
    if not parts.build or state.settings.development:
        loader = state.templates.loader
        sources = [loader.get_source(state.templates, name)[0] for name in loader.list_templates()] if loader else []
        assets = [state.assets.url(name) for name in ("app.css", "app.js", "icons.svg", "favicon.svg")]
        parts.build = fingerprint(
            [sources, assets, state.settings.site_name, state.settings.registration, state.settings.time_zone]
        )
    return parts.build
