"""What a person is told, and how much of it they want: by the API."""

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from auth.rules import MEMBERSHIP_CHANGES
from forum.addresses import get, route
from forum.asking import limit, open_administered
from forum.errors import Invalid, NotFound
from forum.forms import read_json, read_query, validate
from forum.notifications import commands
from forum.notifications.inputs import AllRead, ListQuery, NetworkMail, ReadMark, Wishes
from forum.notifications.presenting import (
    ApiNetworkMail,
    ApiNotification,
    ApiNotifications,
    ApiWishes,
    api_line,
    api_wishes,
)
from forum.notifications.queries import find_line, list_lines
from forum.notifications.records import Line
from forum.notifications.settings_queries import carries_words, read_standing
from forum.openapi import operation
from forum.rendering import PRIVATE
from forum.state import account_of, state_of
from ground.columns import is_id, moment_text

TAG = "Notifications"
NETWORK_TAG = "Looking after a network"
BAD_CURSOR = "This place in the list is not one that we gave you. Begin again without it."


def cursor_of(line: Line) -> str:
    """The place after this line."""
    return f"{moment_text(line.created_at)}_{line.id}"


def place_of(cursor: str) -> tuple[datetime, str]:
    """The place that a cursor names. Raises Invalid."""
    moment, _, line_id = cursor.partition("_")
    try:
        at = datetime.strptime(moment, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError:
        at = None
    if at is None or at.year < 2000 or not is_id(line_id):
        raise Invalid({"after": BAD_CURSOR})
    return at, line_id


def _answer(content: object) -> Response:
    return JSONResponse(content, headers={"Cache-Control": PRIVATE})


@operation("List notifications", TAG, {200: ApiNotifications}, query=ListQuery)
async def api_list_notifications(request: Request) -> Response:
    """What the caller was told, newest first; with `unread=true` what they have not read.

    Each line is worked out as it is read: of what they may not see any more nothing is here.
    """
    asked = read_query(request, ListQuery)
    viewer = await account_of(request)
    state = state_of(request)
    after = place_of(asked.after) if asked.after else None
    async with state.database.read() as connection:
        lines = await list_lines(connection, viewer, asked.limit + 1, after, unread_only=asked.unread)
    shown = lines[: asked.limit]
    items = [api_line(line, state.settings.public_url) for line in shown]
    following = cursor_of(shown[-1]) if len(lines) > asked.limit else None
    return _answer({"items": items, "next": following, "as_of": viewer.positions()})


@operation("Mark a notification", TAG, {200: ApiNotification}, body=ReadMark)
async def api_mark_notification(request: Request) -> Response:
    """Mark a line as read, with the earlier ones of its thread; or, with `read` false, take that back."""
    viewer = await account_of(request)
    mark = validate(ReadMark, await read_json(request))
    state, line_id = state_of(request), request.path_params["id"]
    async with state.transaction() as tx:
        await (commands.read_line if mark.read else commands.unread_line)(tx, viewer, line_id)
    async with state.database.read() as connection:
        line = await find_line(connection, viewer, line_id)
    if line is None:
        raise NotFound
    return _answer(api_line(line, state.settings.public_url))


@operation("Mark all notifications as read", TAG, {204: None}, body=AllRead)
async def api_read_notifications(request: Request) -> Response:
    """Mark everything as read up to this line; all there is without one."""
    viewer = await account_of(request)
    wanted = validate(AllRead, await read_json(request))
    async with state_of(request).transaction() as tx:
        await commands.read_all(tx, viewer, wanted.up_to)
    return Response(status_code=204, headers={"Cache-Control": PRIVATE})


@operation("Read what one wants to hear", TAG, {200: ApiWishes})
async def api_show_wishes(request: Request) -> Response:
    """How much the caller wants to hear of each of their networks, and how by mail."""
    viewer = await account_of(request)
    async with state_of(request).database.read() as connection:
        return _answer(api_wishes(await read_standing(connection, viewer)))


@operation("Say what one wants to hear", TAG, {200: ApiWishes}, body=Wishes)
async def api_change_wishes(request: Request) -> Response:
    """Change what is given: `mail` for all networks, and for single ones `level` and `mail` ("default": as for all)."""
    viewer = await account_of(request)
    wanted = validate(Wishes, await read_json(request))
    state = state_of(request)
    async with state.transaction() as tx:
        await commands.change_wishes(tx, viewer, wanted)
    async with state.database.read() as connection:
        return _answer(api_wishes(await read_standing(connection, viewer)))


# -- What mails about a network carry --------------------------------------------------------------


@operation("Read what mails of a network carry", NETWORK_TAG, {200: ApiNetworkMail}, refusals=(403,))
async def api_show_mail(request: Request) -> Response:
    """Whether mails to members carry titles and posts, or only who wrote and where to read it; for administrators."""
    viewer, found = await open_administered(request)
    async with state_of(request).database.read() as connection:
        return _answer({"content": await carries_words(connection, viewer, found.network.id)})


@operation("Say what mails of a network carry", NETWORK_TAG, {200: ApiNetworkMail}, body=NetworkMail, refusals=(403,))
async def api_change_mail(request: Request) -> Response:
    """With `content` titles and posts go out by mail, to members only; without, no words leave the network."""
    viewer, found = await open_administered(request)
    wanted = validate(NetworkMail, await read_json(request))
    await limit(request, MEMBERSHIP_CHANGES, viewer.id)
    async with state_of(request).transaction() as tx:
        await commands.let_words_out(tx, viewer, found.network.slug, wanted.content)
    return _answer({"content": wanted.content})


_MAIL = "/api/v1/networks/{slug:slug}/mail"
_LIST = "/api/v1/me/notifications"
ROUTES: list[BaseRoute] = [
    get(_LIST, api_list_notifications),
    route("PUT", f"{_LIST}/read", api_read_notifications),
    get(f"{_LIST}/settings", api_show_wishes),
    route("PUT", f"{_LIST}/settings", api_change_wishes),
    route("PUT", f"{_LIST}/{{id:id}}/read", api_mark_notification),
    get(_MAIL, api_show_mail),
    route("PUT", _MAIL, api_change_mail),
]
