"""Posts that wait for a moderator, and of whom they do, in the JSON API."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from auth.rules import EDITS
from forum.errors import Forbidden, NotFound
from forum.forms import read_json, read_query, validate
from forum.network_reads import Found, get_network
from forum.openapi import operation
from forum.policy import may_administer, may_see_held
from forum.records import Network
from forum.rendering import PRIVATE
from forum.state import account_of, state_of
from forum.threads.asking import ask_limits
from forum.threads.cursors import make_cursor, read_cursor
from forum.threads.held_pages import approve_as_written
from forum.threads.held_queries import HeldPost, get_held, list_held, list_held_back
from forum.threads.holding_commands import hold_newcomers, reject, withdraw
from forum.threads.inputs import Listing, Rejection, WritingRules
from forum.threads.presenting import (
    ApiHeld,
    ApiHeldBacks,
    ApiHeldPosts,
    ApiWritingRules,
    api_held,
    api_held_back,
)
from forum.threads.writing_rules_pages import LIMIT_NUMBERS, LIMITS
from forum.viewer import Viewer
from forum.warning import validate_words
from ground.columns import is_id

TAG = "Posts that wait"


def _shown(request: Request, held: HeldPost) -> Response:
    return JSONResponse(api_held(held, state_of(request).settings.public_url), headers={"Cache-Control": PRIVATE})


@operation("List the posts that wait for a moderator", TAG, {200: ApiHeldPosts}, query=Listing, refusals=(403,))
async def api_list_held(request: Request) -> Response:
    """What waits in a network, longest first; for its moderators."""
    asked = read_query(request, Listing)
    (viewer, found), state = await _open_moderated(request), state_of(request)
    after = str(read_cursor(asked.after, (str,))[0]) if asked.after else ""
    after = after if is_id(after) else ""
    async with state.database.read() as connection:
        listed = await list_held(connection, viewer, found.network.id, after, asked.limit + 1)
    shown = listed[: asked.limit]
    following = make_cursor(shown[-1].id) if len(listed) > asked.limit else None
    body = {
        "items": [api_held(each, state.settings.public_url) for each in shown],
        "next": following,
        "as_of": found.positions(viewer),
    }
    return JSONResponse(body, headers={"Cache-Control": PRIVATE})


async def _of_network(request: Request, viewer: Viewer) -> HeldPost:
    """The post at this address. Raises NotFound also where it is another network's."""
    async with state_of(request).database.read() as connection:
        found = await get_network(connection, viewer, request.path_params["slug"])
        held = await get_held(connection, viewer, request.path_params["held_id"])
    if held.network_id != found.network.id:
        raise NotFound
    return held


@operation("Read a post that waits", TAG, {200: ApiHeld})
async def api_show_held(request: Request) -> Response:
    """What waits, or waited, and what became of it: for who wrote it, and for moderators."""
    return _shown(request, await _of_network(request, await account_of(request)))


@operation("Approve a post that waits", TAG, {200: ApiHeld}, refusals=(403, 409))
async def api_approve_held(request: Request) -> Response:
    """It gets its number now. Approved already, it is answered in the same way."""
    viewer, state = await account_of(request), state_of(request)
    held = await _of_network(request, viewer)
    await ask_limits(state, viewer, EDITS)
    await approve_as_written(state, viewer, held.id)
    return _shown(request, await _of_network(request, viewer))


@operation("Reject a post that waits", TAG, {200: ApiHeld}, body=Rejection, refusals=(403, 409))
async def api_reject_held(request: Request) -> Response:
    """Its author is told why, with what they wrote."""
    viewer, state = await account_of(request), state_of(request)
    value = validate_words(request, Rejection, await read_json(request))
    held = await _of_network(request, viewer)
    await ask_limits(state, viewer, EDITS)
    async with state.transaction() as tx:
        await reject(tx, viewer, held.id, value.reason)
    return _shown(request, await _of_network(request, viewer))


@operation("Take back a post that waits", TAG, {204: None}, refusals=(403, 409))
async def api_withdraw_held(request: Request) -> Response:
    """Only who wrote it can."""
    viewer, state = await account_of(request), state_of(request)
    held = await _of_network(request, viewer)
    async with state.transaction() as tx:
        await withdraw(tx, viewer, held.id)
    return Response(status_code=204, headers={"Cache-Control": PRIVATE})


@operation("Read the rules of writing", TAG, {200: ApiWritingRules}, refusals=(403,))
async def api_show_rules(request: Request) -> Response:
    """How many posts of whoever joins wait for a moderator, and the fair limits; for moderators."""
    _, found = await _open_moderated(request)
    return _rules(found.network.hold_first)


def _rules(hold_first: int) -> Response:
    limits = [
        {"limit": limit, "most": most, "for_days": days, "words": LIMITS[limit][0]}
        for limit, (most, days) in LIMIT_NUMBERS.items()
    ]
    return JSONResponse({"hold_first": hold_first, "limits": limits}, headers={"Cache-Control": PRIVATE})


async def _open_moderated(request: Request) -> tuple[Viewer, Found]:
    viewer = await account_of(request)
    async with state_of(request).database.read() as connection:
        found = await get_network(connection, viewer, request.path_params["slug"])
    decision = may_see_held(viewer, found.network.id)
    if not decision:
        raise Forbidden(decision.reason)
    return viewer, found


@operation("List whom the fair limits held back", TAG, {200: ApiHeldBacks}, query=Listing, refusals=(403,))
async def api_list_held_back(request: Request) -> Response:
    """Each person, limit and day once, the latest first; for moderators."""
    asked = read_query(request, Listing)
    viewer, found = await _open_moderated(request)
    skip = int(read_cursor(asked.after, (int,))[0]) if asked.after else 0
    async with state_of(request).database.read() as connection:
        listed = await list_held_back(connection, viewer, found.network.id, max(0, skip), asked.limit + 1)
    following = make_cursor(skip + asked.limit) if len(listed) > asked.limit else None
    items = [api_held_back(each) for each in listed[: asked.limit]]
    body = {"items": items, "next": following, "as_of": found.positions(viewer)}
    return JSONResponse(body, headers={"Cache-Control": PRIVATE})


async def _open(request: Request) -> tuple[Viewer, Network]:
    viewer = await account_of(request)
    async with state_of(request).database.read() as connection:
        return viewer, (await get_network(connection, viewer, request.path_params["slug"])).network


@operation("Say how many first posts wait", TAG, {200: ApiWritingRules}, body=WritingRules, refusals=(403,))
async def api_change_rules(request: Request) -> Response:
    """It is asked of people who join from now on; of those whose posts wait already never more than this."""
    viewer, network = await _open(request)
    decision = may_administer(viewer, network)
    if not decision:
        raise Forbidden(decision.reason)
    value, state = validate(WritingRules, await read_json(request)), state_of(request)
    await ask_limits(state, viewer, EDITS)
    async with state.transaction() as tx:
        await hold_newcomers(tx, viewer, network, value.hold_first)
    return _rules(value.hold_first)
