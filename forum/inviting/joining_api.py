"""Joining links by the API."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from auth.rules import JOINING, LINKS, MEMBERSHIP_CHANGES
from forum.addresses import get, post, route
from forum.asking import limit, limit_client
from forum.errors import Forbidden, NotFound
from forum.forms import read_json, validate
from forum.inviting.inputs import JoiningWords, NewJoiningLink
from forum.inviting.joining_commands import BANNED, end_joining_link, join_by_link, reset_joining_link, set_joining_link
from forum.inviting.joining_queries import ASK_AGAIN, Behind, find_behind, find_joining_link
from forum.inviting.joining_secrets import joining_secret
from forum.inviting.presenting import ApiBehindLink, ApiJoinedByLink, ApiJoiningLink, api_joining_link
from forum.network_reads import find_standing, get_administered
from forum.openapi import operation
from forum.rendering import PRIVATE
from forum.state import account_of, state_of, viewer_of
from forum.warning import validate_words

TAG = "Invitations"


def _answer(content: object, status: int = 200) -> Response:
    return JSONResponse(content, status, {"Cache-Control": PRIVATE})


async def _link_answer(request: Request) -> Response:
    """The link as it stands, for administrators. Raises NotFound where there is none."""
    viewer = await account_of(request)
    state = state_of(request)
    async with state.database.read() as connection:
        network = await get_administered(connection, viewer, request.path_params["slug"])
        link = await find_joining_link(connection, viewer, network)
    if link is None:
        raise NotFound
    return _answer(api_joining_link(link, f"{state.settings.public_url}/join/{joining_secret(state.key, link.id)}"))


@operation("Read the joining link", TAG, {200: ApiJoiningLink}, refusals=(403,))
async def api_show_joining_link(request: Request) -> Response:
    """The network's joining link, for its administrators."""
    return await _link_answer(request)


@operation("Make or change the joining link", TAG, {200: ApiJoiningLink}, body=NewJoiningLink, refusals=(403, 409))
async def api_set_joining_link(request: Request) -> Response:
    """Make it, or change how often and how long it is good; its address stays."""
    viewer = await account_of(request)
    wanted = validate(NewJoiningLink, await read_json(request))
    await limit(request, MEMBERSHIP_CHANGES, viewer.id)
    async with state_of(request).transaction() as tx:
        await set_joining_link(tx, viewer, request.path_params["slug"], wanted)
    return await _link_answer(request)


@operation("Reset the joining link", TAG, {200: ApiJoiningLink}, refusals=(403, 409))
async def api_reset_joining_link(request: Request) -> Response:
    """Give it a new address; the old one is dead at once."""
    viewer = await account_of(request)
    await limit(request, MEMBERSHIP_CHANGES, viewer.id)
    async with state_of(request).transaction() as tx:
        await reset_joining_link(tx, viewer, request.path_params["slug"])
    return await _link_answer(request)


@operation("End the joining link", TAG, {204: None}, refusals=(403,))
async def api_end_joining_link(request: Request) -> Response:
    """End it: nobody can join by it any more."""
    viewer = await account_of(request)
    async with state_of(request).transaction() as tx:
        await end_joining_link(tx, viewer, request.path_params["slug"])
    return Response(status_code=204, headers={"Cache-Control": PRIVATE})


async def _behind(request: Request) -> Behind:
    """What is behind the secret. Raises TooMany, or NotFound for any that is not good."""
    await limit_client(request, LINKS)
    state = state_of(request)
    async with state.database.read() as connection:
        behind = await find_behind(connection, state.key, request.path_params["secret"])
    if behind.link.state != "good":
        raise NotFound
    return behind


@operation("See what is behind a joining link", TAG, {200: ApiBehindLink}, refusals=(403,), is_public=True)
async def api_show_join(request: Request) -> Response:
    """The network behind a joining link that is good, for whoever holds it."""
    viewer = await viewer_of(request)  # a token that is not valid is refused here too
    behind = await _behind(request)
    network = behind.network
    async with state_of(request).database.read() as connection:
        standing = await find_standing(connection, viewer, network.id)
    stands = standing.status if standing is not None else None
    if stands == "banned":
        raise Forbidden(BANNED)
    asks = behind.link.asks or stands in ASK_AGAIN
    shown = {"name": network.name, "purpose": network.purpose, "access": network.access, "asks": asks}
    return _answer(shown)


@operation(
    "Join by a link",
    TAG,
    {200: ApiJoinedByLink, 202: ApiJoinedByLink},
    body=JoiningWords,
    refusals=(403, 409),
    body_is_optional=True,
)
async def api_join_by_link(request: Request) -> Response:
    """Become a member by a joining link, or ask to be admitted, as its network has it."""
    viewer = await account_of(request)
    words = validate_words(request, JoiningWords, await read_json(request) if await request.body() else {}).words
    behind = await _behind(request)
    await limit(request, JOINING, viewer.id)
    async with state_of(request).transaction() as tx:
        joined = await join_by_link(tx, viewer, behind, words)
    is_shown = joined == "active" or behind.network.access != "secret"
    answer = {"status": joined, "slug": behind.network.slug if is_shown else None}
    return _answer(answer, 200 if joined == "active" else 202)


_LINK = "/api/v1/networks/{slug:slug}/joining-link"
ROUTES: list[BaseRoute] = [
    get(_LINK, api_show_joining_link),
    route("PUT", _LINK, api_set_joining_link),
    post(f"{_LINK}/reset", api_reset_joining_link),
    route("DELETE", _LINK, api_end_joining_link),
    get("/api/v1/joining-links/{secret}", api_show_join),
    post("/api/v1/joining-links/{secret}/uses", api_join_by_link),
]
