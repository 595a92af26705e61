"""Networks and their members in the JSON API."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from auth.rules import JOINING, MEMBERSHIP_CHANGES, NETWORKS
from forum.addresses import get, post, route
from forum.asking import limit, read_viewer_anew
from forum.errors import Forbidden, NotFound
from forum.forms import header_key, read_json, read_query, validate
from forum.idempotency import Claim
from forum.membership import LAST_ADMINISTRATOR
from forum.network_reads import find_network, get_network, get_network_by_id, read_front
from forum.networks import commands, leaving_commands, member_commands, people_api, request_api
from forum.networks.inputs import (
    Directory,
    Joining,
    LeavingByProgram,
    MemberChange,
    MemberList,
    NetworkChange,
    NewNetwork,
)
from forum.networks.member_queries import find_invitation, get_member, list_members
from forum.networks.presenting import (
    ApiJoined,
    ApiMember,
    ApiMembers,
    ApiNetworks,
    ApiWholeNetwork,
    api_member,
    api_network,
    api_whole_network,
)
from forum.networks.queries import list_networks
from forum.openapi import operation
from forum.rendering import PRIVATE
from forum.state import account_of, state_of, viewer_of
from forum.versions import if_match, object_answer
from forum.warning import validate_words

TAG = "Networks"
LAST_BY_PROGRAM = f"{LAST_ADMINISTRATOR} Where nobody else belongs to it, `alone=yes` leaves it to nobody."


def _answer(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse(content, status, {"Cache-Control": PRIVATE, **(headers or {})})


@operation("List networks", TAG, {200: ApiNetworks}, query=Directory, is_public=True)
async def api_list_networks(request: Request) -> Response:
    """The networks that the caller may know of, by name; with `mine=true` those that they belong to."""
    viewer = await viewer_of(request)
    asked = read_query(request, Directory)
    state = state_of(request)
    async with state.database.read() as connection:
        part = await list_networks(connection, viewer, asked)
    items = [api_network(viewer, listed.network, state.settings.public_url) for listed in part.items]
    return _answer({"items": items, "next": part.next, "as_of": viewer.positions()})


@operation(
    "Make a network",
    TAG,
    {201: ApiWholeNetwork},
    body=NewNetwork,
    refusals=(403,),
    is_idempotent=True,
    makes_one=True,
    has_etag=True,
)
async def api_create_network(request: Request) -> Response:
    """Make a network; the caller becomes its first administrator."""
    viewer = await account_of(request)
    state = state_of(request)
    new = validate(NewNetwork, await read_json(request))
    key = header_key(request, new)
    await limit(request, NETWORKS, viewer.id)
    async with state.transaction() as tx:
        claim = await commands.create_network(tx, viewer, new, key, state.settings.network_creation)
    return await _network_answer(request, claim.object_id, claim)


async def _network_answer(request: Request, network_id: str, made: Claim | None = None) -> Response:
    """The network as it stands after a change, for who made it."""
    state = state_of(request)
    viewer = await read_viewer_anew(request)
    async with state.database.read() as connection:
        found = await get_network_by_id(connection, viewer, network_id)
        front = await read_front(connection, viewer, found.network)
    url = state.settings.public_url
    shown = api_whole_network(viewer, found.network, front, url)
    if made is None:
        return object_answer(request, shown, found.network.version)
    headers = {"Location": f"{url}/api/v1/networks/{found.network.slug}"}
    headers |= {"Idempotent-Replay": "true"} if made.is_replay else {}
    return object_answer(request, shown, found.network.version, 201, headers)


@operation("Read a network", TAG, {200: ApiWholeNetwork}, is_public=True, has_etag=True)
async def api_show_network(request: Request) -> Response:
    """A network, or as much of it as its front page shows."""
    viewer = await viewer_of(request)
    state = state_of(request)
    async with state.database.read() as connection:
        found = await find_network(connection, viewer, request.path_params["slug"])
        if found is None:
            raise NotFound
        front = await read_front(connection, viewer, found.network)
    shown = api_whole_network(viewer, found.network, front, state.settings.public_url)
    is_shown = shown["version"] is not None
    return object_answer(request, shown, found.network.version if is_shown else None)


@operation(
    "Change a network",
    TAG,
    {200: ApiWholeNetwork},
    body=NetworkChange,
    refusals=(403, 409, 412),
    takes_if_match=True,
    has_etag=True,
)
async def api_change_network(request: Request) -> Response:
    """Change what is given. Another `access` needs `confirm`: the name of the network, typed.

    Whoever waits to be admitted when it becomes secret is refused, and told so.
    """
    viewer = await account_of(request)
    wanted = validate(NetworkChange, await read_json(request))
    version = if_match(request)
    await limit(request, MEMBERSHIP_CHANGES, viewer.id)
    async with state_of(request).transaction() as tx:
        network_id = await commands.change_network(tx, viewer, request.path_params["slug"], wanted, version)
    return await _network_answer(request, network_id)


@operation(
    "Join a network",
    TAG,
    {200: ApiJoined, 202: ApiJoined},
    body=Joining,
    refusals=(403, 409),
    body_is_optional=True,
)
async def api_join_network(request: Request) -> Response:
    """Join an open network, accept an invitation, or ask to be admitted with a few words."""
    viewer = await account_of(request)
    sent = await read_json(request) if await request.body() else {}
    joining = validate_words(request, Joining, sent)
    await limit(request, JOINING, viewer.id)
    async with state_of(request).transaction() as tx:
        status = await member_commands.join_network(tx, viewer, request.path_params["slug"], joining.words)
    return _answer({"status": status}, 200 if status == "active" else 202)


@operation("Leave a network", TAG, {204: None}, query=LeavingByProgram, refusals=(403, 409))
async def api_leave_network(request: Request) -> Response:
    """Leave, withdraw a request, or decline an invitation.

    With `heir`, another member's account, an administrator makes them one too and hands over what they hold; without,
    that ends. The last administrator names somebody first; where nobody else belongs to the network, `alone=yes`
    leaves it to nobody.
    """
    viewer, slug = await account_of(request), request.path_params["slug"]
    leaving = read_query(request, LeavingByProgram)
    try:
        async with state_of(request).transaction() as tx:
            is_said = leaving.alone == "yes"
            await leaving_commands.leave_network(tx, viewer, slug, may_be_last=is_said, heir=leaving.heir)
    except Forbidden as error:
        raise (Forbidden(LAST_BY_PROGRAM) if str(error) == LAST_ADMINISTRATOR else error) from error
    return Response(status_code=204, headers={"Cache-Control": PRIVATE})


@operation("List members", TAG, {200: ApiMembers}, query=MemberList, refusals=(403,), is_public=True)
async def api_list_members(request: Request) -> Response:
    """Members by role and name; people of another status are for moderators, the invited for administrators.

    Of the invited each is shown by the invitation's `id` and the `address` that was typed, without an account.
    """
    asked = read_query(request, MemberList)
    viewer = await viewer_of(request)
    async with state_of(request).database.read() as connection:
        found = await get_network(connection, viewer, request.path_params["slug"])
        part = await list_members(connection, viewer, found.network, asked)
    items = [api_member(viewer, found.network, member) for member in part.items]
    return _answer({"items": items, "next": part.next, "as_of": found.positions(viewer)})


@operation("Decide about a member", TAG, {200: ApiMember}, body=MemberChange, refusals=(403, 409))
async def api_change_member(request: Request) -> Response:
    """Admit, refuse, remove, ban, lift a ban (`removed`), or give another role.

    With the id of an invitation and the status `removed` the invitation is withdrawn.
    """
    viewer = await account_of(request)
    slug, account_id = request.path_params["slug"], request.path_params["account_id"]
    wanted = validate_words(request, MemberChange, await read_json(request))
    await limit(request, MEMBERSHIP_CHANGES, viewer.id)
    state = state_of(request)
    async with state.database.read() as connection:
        network = (await get_network(connection, viewer, slug)).network
        invited = await find_invitation(connection, viewer, network, account_id)
    if invited is not None and wanted.status == "removed":
        async with state.transaction() as tx:
            await member_commands.cancel_invitation_of(tx, viewer, slug, account_id)
        return _answer(api_member(viewer, network, invited) | {"status": "removed"})
    async with state.transaction() as tx:
        await member_commands.decide_about(tx, viewer, slug, account_id, wanted)
    async with state.database.read() as connection:
        found = await get_network(connection, viewer, slug)
        member = await get_member(connection, viewer, found.network, account_id)
    return _answer(api_member(viewer, found.network, member))


_SLUG = "/api/v1/networks/{slug:slug}"
ROUTES: list[BaseRoute] = [
    get("/api/v1/networks", api_list_networks),
    post("/api/v1/networks", api_create_network),
    get(_SLUG, api_show_network),
    route("PATCH", _SLUG, api_change_network),
    route("PUT", f"{_SLUG}/members/me", api_join_network),
    route("DELETE", f"{_SLUG}/members/me", api_leave_network),
    get(f"{_SLUG}/members", api_list_members),
    route("PATCH", f"{_SLUG}/members/{{account_id:id}}", api_change_member),
    *people_api.ROUTES,
    *request_api.ROUTES,
]
