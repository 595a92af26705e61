"""The discussion of a network: its threads, pinned ones first, and "Mark all read"."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from auth.secrets import secret_hash
from forum.announcement_queries import Announcement, list_unread_announcements
from forum.errors import Invalid, NotFound
from forum.forms import read_form
from forum.fronts import NetworkHead, network_head, render_front
from forum.network_reads import Found, count_reports, find_network, get_network
from forum.policy import may_admit, may_keep_read_state, may_start_thread
from forum.rendering import PRIVATE, redirect, render_page
from forum.shown_people import shared_names
from forum.state import State, account_of, set_viewer, shown_by, state_of, viewer_of
from forum.threads.announced_commands import send_all_read
from forum.threads.cursors import keyset_cursor, parse_keyset
from forum.threads.discussion_queries import find_readable_network
from forum.threads.list_queries import Chosen, ListedThread, list_pinned_threads, list_threads
from forum.threads.pacing import WritingNote, note_of_network
from forum.threads.thread_commands import MOST_PINNED
from forum.viewer import Viewer

PAGE_SIZE = 20
FILTERS: dict[Chosen, str] = {"all": "All", "unread": "Unread", "mine": "Mine"}


@dataclass(frozen=True, slots=True)
class DiscussionPage:
    """The threads of a network: `threads/discussion.html`."""

    head: NetworkHead
    chosen: Chosen
    filters: Sequence[tuple[str, str, str]]
    pinned: Sequence[ListedThread]
    threads: Sequence[ListedThread]
    later: str
    is_first: bool
    position: int
    """How many posts the network had when this page was made: "Mark all read" reaches up to here."""
    unread: int
    may_start: bool
    may_invite: bool
    announcements: Sequence[Announcement]
    """What the viewer was told with all members, and has not put away."""
    note: WritingNote
    shared: frozenset[str]
    """The names by which more than one person stands on the page: they are told apart."""


async def show_network(request: Request) -> Response:
    """The threads of the network; for who may only know of it, its front page."""
    state = state_of(request)
    viewer, found = await _find(request)
    if found is None:
        raise NotFound
    if found.was_moved:
        return redirect(request, f"/networks/{found.network.slug}")
    if not found.is_readable:
        return await render_front(request, viewer, found)
    network = found.network
    chosen = _chosen(request, viewer, found)
    after = parse_keyset(request.query_params.get("after", ""))
    listed = await list_threads(state.database, viewer, network.id, chosen=chosen, after=after, at_most=PAGE_SIZE + 1)
    is_top = chosen == "all" and after is None
    pinned = await list_pinned_threads(state.database, viewer, network.id, at_most=MOST_PINNED) if is_top else []
    told = await _announced(state, viewer, network.id) if after is None else []
    note = await note_of_network(state, viewer, network)
    page = _make_page(viewer, found, chosen, (listed, pinned), after is None, told, note)
    return render_page(
        request,
        viewer,
        "threads/discussion.html",
        page,
        title=network.name,
        network_id=network.id,
        indexed=network.access == "open",
    )


async def _find(request: Request) -> tuple[Viewer, Found | None]:
    """Who asks, and the network: in one read for those who may read it."""
    state, slug, shown = state_of(request), request.path_params["slug"], shown_by(request)
    if shown is not None:
        seen = await find_readable_network(state.database, shown.kind, secret_hash(shown.secret), slug)
        if seen is not None:
            viewer, found = seen
            set_viewer(request, viewer)
            if viewer.has_role(found.network.id, "moderator"):
                async with state.database.read() as connection:
                    waiting = await count_reports(connection, viewer, found.network.id)
                return viewer, replace(found, reports_waiting=waiting)
            return seen
    viewer = await viewer_of(request)
    async with state.database.read() as connection:
        return viewer, await find_network(connection, viewer, slug)


async def _announced(state: State, viewer: Viewer, network_id: str) -> Sequence[Announcement]:
    place = viewer.place_in(network_id)
    if place is None or not place.is_announcing:
        return ()
    async with state.database.read() as connection:
        return await list_unread_announcements(connection, viewer, [network_id])


def _chosen(request: Request, viewer: Viewer, found: Found) -> Chosen:
    name = request.query_params.get("show", "all")
    is_kept = may_keep_read_state(viewer, found.network.id)
    return next((chosen for chosen in FILTERS if chosen == name and is_kept), "all")


def _make_page(
    viewer: Viewer,
    found: Found,
    chosen: Chosen,
    rows: tuple[Sequence[ListedThread], Sequence[ListedThread]],
    is_first: bool,
    announced: Sequence[Announcement],
    note: WritingNote,
) -> DiscussionPage:
    network, (listed, pinned) = found.network, rows
    path = f"/networks/{network.slug}"
    place = viewer.place_in(network.id)
    shown = listed[:PAGE_SIZE]
    later = ""
    if len(listed) > PAGE_SIZE:
        later = f"{path}?" + urlencode({"show": chosen, "after": keyset_cursor(shown[-1].thread)})
    is_kept = may_keep_read_state(viewer, network.id)
    return DiscussionPage(
        head=network_head(viewer, found),
        chosen=chosen,
        filters=[(key, words, f"{path}?show={key}" if key != "all" else path) for key, words in FILTERS.items()]
        if is_kept
        else [],
        pinned=pinned,
        threads=shown,
        later=later,
        is_first=is_first,
        position=network.post_count if is_kept else 0,
        unread=max(0, place.unread) if place and is_kept else 0,
        may_start=bool(may_start_thread(viewer, network.id)),
        may_invite=bool(may_admit(viewer, network)),
        announcements=announced,
        note=note,
        shared=shared_names(_named((*pinned, *shown))),
    )


def _named(rows: Sequence[ListedThread]) -> Iterator[tuple[str, str]]:
    for row in rows:
        yield row.thread.author.name, row.thread.author.id
        yield row.thread.last_author.name, row.thread.last_author.id


async def mark_network_read(request: Request) -> Response:
    """Note everything as read that the page with the button showed or counted: posts up to `position`.

    A script gets 204.
    """
    fields = await read_form(request)
    viewer, state = await account_of(request), state_of(request)
    text = fields.get("position", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Invalid({"position": "The form was not whole. Load the page again."})
    async with state.database.read() as connection:
        found = await get_network(connection, viewer, request.path_params["slug"])
    await send_all_read(state, viewer, found.network.id, int(text))
    if "x-fragment" in request.headers:
        return Response(status_code=204, headers={"Cache-Control": PRIVATE})
    chosen = f"?show={fields['show']}" if fields.get("show") in ("unread", "mine") else ""
    back = "/" if fields.get("back") == "home" else f"/networks/{found.network.slug}{chosen}"
    return redirect(request, back, notice="all-read")
