"""What a person is told: their list, as a page. With all the addresses of the slice."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from forum.addresses import get, post
from forum.forms import read_form, validate
from forum.notifications import commands, network_pages, settings_pages, stopping_pages
from forum.notifications.api import cursor_of, place_of
from forum.notifications.inputs import AllRead
from forum.notifications.queries import count_unread, list_lines
from forum.notifications.wording import Entry, grouped
from forum.rendering import redirect, render_page
from forum.standing import Place
from forum.state import account_of, state_of

PAGE_SIZE = 60


@dataclass(frozen=True, slots=True)
class ListPage:
    """The viewer's list: `notifications/list.html`."""

    entries: Sequence[Entry]
    unread: int
    newest: str
    """The line up to which "Mark all read" marks."""
    unread_only: bool
    earlier: str
    is_first: bool
    invitations: Sequence[Place]
    waiting: Sequence[tuple[str, str, int]]
    """Name, address and number of those who wait to be admitted, in networks that the viewer administers."""


async def show_notifications(request: Request) -> Response:
    """The list, newest first; what is new in one thread is one line."""
    viewer = await account_of(request)
    unread_only = request.query_params.get("show") == "unread"
    cursor = request.query_params.get("after", "")
    after = place_of(cursor) if cursor else None
    async with state_of(request).database.read() as connection:
        lines = await list_lines(connection, viewer, PAGE_SIZE + 1, after, unread_only=unread_only)
        unread = await count_unread(connection, viewer)
    shown = lines[:PAGE_SIZE]
    show = "&show=unread" if unread_only else ""
    administered = [place for place in viewer.active_places() if place.role == "administrator" and place.waiting]
    page = ListPage(
        entries=grouped([line for line in shown if line.kind != "request.made" or line.read_at is not None]),
        unread=unread,
        newest=shown[0].id if shown else "",
        unread_only=unread_only,
        earlier=f"/notifications?after={cursor_of(shown[-1])}{show}" if len(lines) > PAGE_SIZE else "",
        is_first=after is None,
        invitations=viewer.invitations() if after is None else (),
        waiting=[(place.name, f"/networks/{place.slug}/requests", place.waiting) for place in administered]
        if after is None
        else (),
    )
    return render_page(request, viewer, "notifications/list.html", page, title="Notifications")


async def read_notifications(request: Request) -> Response:
    """Mark all as read that the page showed, and what is older."""
    viewer = await account_of(request)
    fields = await read_form(request)
    wanted = validate(AllRead, {"up_to": fields.get("up_to") or None})
    async with state_of(request).transaction() as tx:
        await commands.read_all(tx, viewer, wanted.up_to)
    return redirect(request, "/notifications", notice="all-read")


async def read_notification(request: Request) -> Response:
    """Mark one line as read, with what came earlier in its thread."""
    viewer = await account_of(request)
    await read_form(request)
    async with state_of(request).transaction() as tx:
        await commands.read_line(tx, viewer, request.path_params["id"])
    return redirect(request, "/notifications")


async def unread_notification(request: Request) -> Response:
    """Take that back."""
    viewer = await account_of(request)
    await read_form(request)
    async with state_of(request).transaction() as tx:
        await commands.unread_line(tx, viewer, request.path_params["id"])
    return redirect(request, "/notifications")


ROUTES: list[BaseRoute] = [
    get("/notifications", show_notifications),
    post("/notifications/reading", read_notifications),
    post("/notifications/{id:id}/reading", read_notification),
    post("/notifications/{id:id}/reading/undo", unread_notification),
    *settings_pages.ROUTES,
    *network_pages.ROUTES,
    *stopping_pages.ROUTES,
]
