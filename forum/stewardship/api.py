"""Looking after a network, by the API: archive and end, announcements."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from auth.rules import MEMBERSHIP_CHANGES
from forum.addresses import get, post, route
from forum.announcement_queries import get_announcement, list_announcements
from forum.asking import limit
from forum.errors import Forbidden, Invalid, NotFound
from forum.forms import header_key, read_json, validate
from forum.network_reads import Found, get_network
from forum.openapi import operation
from forum.rendering import PRIVATE
from forum.state import account_of, state_of, viewer_of
from forum.stewardship import numbers_pages, seen_pages
from forum.stewardship.announcement_commands import announce, put_away, set_weekly_announcements
from forum.stewardship.announcement_queries import read_announcements
from forum.stewardship.ending_commands import archive_network, ask_deletion, bring_back, keep_network
from forum.stewardship.inputs import Deletion, NewAnnouncement, WeeklyAnnouncements
from forum.stewardship.presenting import (
    ApiAnnouncement,
    ApiAnnouncements,
    ApiEnding,
    ApiWeekly,
    api_ending,
    heard_announcement,
)
from forum.text import render_markdown
from forum.viewer import Viewer
from forum.warning import validate_words
from realtime.transaction import Transaction

TAG = "Looking after a network"
JOIN_FIRST = "Announcements are for members. Join this network to read them."


def _answer(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse(content, status, {"Cache-Control": PRIVATE, **(headers or {})})


async def _end(request: Request, act: Callable[[Transaction, Viewer, str], Awaitable[str]]) -> Response:
    """Do it, and say how the network stands now."""
    viewer, slug = await account_of(request), request.path_params["slug"]
    await limit(request, MEMBERSHIP_CHANGES, viewer.id)
    state = state_of(request)
    async with state.transaction() as tx:
        await act(tx, viewer, slug)
    async with state.database.read() as connection:
        network = (await get_network(connection, viewer, slug)).network
    return _answer(api_ending(network))


@operation("Archive a network", TAG, {200: ApiEnding}, refusals=(403,))
async def api_archive(request: Request) -> Response:
    """Let nobody write, edit, join or invite; all that is there can be read as before."""
    return await _end(request, archive_network)


@operation("Bring a network back", TAG, {200: ApiEnding}, refusals=(403,))
async def api_bring_back(request: Request) -> Response:
    """Let people write again in a network that was archived."""
    return await _end(request, bring_back)


@operation("Delete a network in two weeks", TAG, {200: ApiEnding}, body=Deletion, refusals=(403,))
async def api_delete_network(request: Request) -> Response:
    """Have the network deleted for good at `deletes_at`; every member is told. `confirm` is its name, typed."""
    wanted = validate(Deletion, await read_json(request))

    async def ask(tx: Transaction, viewer: Viewer, slug: str) -> str:
        return await ask_deletion(tx, viewer, slug, wanted.confirm)

    return await _end(request, ask)


@operation("Keep a network", TAG, {200: ApiEnding}, refusals=(403,))
async def api_keep_network(request: Request) -> Response:
    """Think better of deleting it: the network is as it was before that was asked for."""
    return await _end(request, keep_network)


@operation("List announcements", TAG, {200: ApiAnnouncements}, refusals=(403,), is_public=True)
async def api_list_announcements(request: Request) -> Response:
    """What all members were told, newest first; for members."""
    viewer, found = await _open_as_member(request)
    async with state_of(request).database.read() as connection:
        told = await list_announcements(connection, viewer, found.network.id)
    items = [heard_announcement(each) for each in told]
    return _answer({"items": items, "next": None, "as_of": found.positions(viewer)})


async def _open_as_member(request: Request) -> tuple[Viewer, Found]:
    """Who asks and the network, for a member. Raises NotFound, and Forbidden for who is signed in and reads it."""
    viewer = await viewer_of(request)
    async with state_of(request).database.read() as connection:
        found = await get_network(connection, viewer, request.path_params["slug"])
    if viewer.role_in(found.network.id) is not None:
        return viewer, found
    if viewer.is_signed_in:
        raise Forbidden(JOIN_FIRST)
    raise NotFound


@operation("Read an announcement", TAG, {200: ApiAnnouncement}, refusals=(403,), is_public=True)
async def api_show_announcement(request: Request) -> Response:
    """One of what all members were told; for members."""
    viewer, found = await _open_as_member(request)
    announcement_id = request.path_params["announcement_id"]
    async with state_of(request).database.read() as connection:
        told = await get_announcement(connection, viewer, found.network.id, announcement_id)
    return _answer(heard_announcement(told))


@operation(
    "Tell all members something",
    TAG,
    {201: ApiAnnouncement},
    body=NewAnnouncement,
    refusals=(403,),
    is_idempotent=True,
    makes_one=True,
)
async def api_announce(request: Request) -> Response:
    """Tell every member, by page and mail; so often a week as the network's administrators have set."""
    viewer = await account_of(request)
    value = validate_words(request, NewAnnouncement, await read_json(request))
    try:
        html = render_markdown(value.body, {})
    except ValueError as error:
        raise Invalid({"body": str(error)}) from error
    key = header_key(request, value)
    await limit(request, MEMBERSHIP_CHANGES, viewer.id)
    state = state_of(request)
    async with state.transaction() as tx:
        claim = await announce(tx, viewer, request.path_params["slug"], value.title, (value.body, html), key)
    async with state.database.read() as connection:
        found = await read_announcements(connection, [claim.object_id])
    headers = {"Location": f"{state.settings.public_url}{request.url.path}/{claim.object_id}"}
    headers |= {"Idempotent-Replay": "true"} if claim.is_replay else {}
    return _answer(heard_announcement(found[claim.object_id][0]), 201, headers)


@operation("Say how many announcements a week", TAG, {200: ApiWeekly}, body=WeeklyAnnouncements, refusals=(403,))
async def api_limit_announcements(request: Request) -> Response:
    """Set how many announcements may be made in seven days, by all administrators together."""
    viewer = await account_of(request)
    wanted = validate(WeeklyAnnouncements, await read_json(request))
    await limit(request, MEMBERSHIP_CHANGES, viewer.id)
    async with state_of(request).transaction() as tx:
        await set_weekly_announcements(tx, viewer, request.path_params["slug"], wanted.weekly)
    return _answer({"weekly": wanted.weekly})


@operation("Put an announcement away", TAG, {204: None}, refusals=(403,))
async def api_read_announcement(request: Request) -> Response:
    """Show it no more on the caller's pages."""
    await account_of(request)
    viewer, found = await _open_as_member(request)
    async with state_of(request).transaction() as tx:
        await put_away(tx, viewer, found.network.id, request.path_params["announcement_id"])
    return Response(status_code=204, headers={"Cache-Control": PRIVATE})


_NETWORK = "/api/v1/networks/{slug:slug}"
ROUTES: list[BaseRoute] = [
    route("PUT", f"{_NETWORK}/archive", api_archive),
    route("DELETE", f"{_NETWORK}/archive", api_bring_back),
    route("PUT", f"{_NETWORK}/deletion", api_delete_network),
    route("DELETE", f"{_NETWORK}/deletion", api_keep_network),
    get(f"{_NETWORK}/announcements", api_list_announcements),
    get(f"{_NETWORK}/announcements/{{announcement_id:id}}", api_show_announcement),
    post(f"{_NETWORK}/announcements", api_announce),
    route("PATCH", f"{_NETWORK}/announcements", api_limit_announcements),
    route("PUT", f"{_NETWORK}/announcements/{{announcement_id:id}}/read", api_read_announcement),
    *seen_pages.API_ROUTES,
    *numbers_pages.API_ROUTES,
]
