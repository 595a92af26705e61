"""Cards in the JSON API."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from auth.rules import CARDS, EDITS
from forum.addresses import get, post, route
from forum.asking import limit, open_as_account, open_network
from forum.cards import Card
from forum.errors import Conflict, Stale
from forum.forms import header_key, read_json, read_query, validate
from forum.knowledge.commands import change_card, confirm_card, make_card
from forum.knowledge.cursors import make_cursor, read_cursor
from forum.knowledge.inputs import (
    CardChange,
    CardConfirmation,
    CardRemoval,
    Listing,
    NewCard,
    NewUse,
    UseListing,
    WordingListing,
)
from forum.knowledge.presenting import ApiCard, ApiCards, ApiUse, ApiUses, ApiWordings, api_card, api_uses, api_wordings
from forum.knowledge.queries import Wanted, get_card, list_cards, list_wordings
from forum.knowledge.removing_commands import let_read, remove_card, restore_card
from forum.knowledge.source_queries import list_origins
from forum.knowledge.use_commands import end_use, say_use
from forum.knowledge.use_queries import count_uses, find_use, list_uses
from forum.network_reads import get_network_by_id
from forum.openapi import operation
from forum.rendering import PRIVATE
from forum.state import account_of, state_of, viewer_of
from forum.versions import if_match, object_answer
from forum.viewer import Viewer
from forum.warning import validate_words

TAG = "Cards"


async def _present(connection: AsyncConnection, viewer: Viewer, shown: list[Card], url: str) -> list[dict[str, object]]:
    origins = await list_origins(connection, viewer, shown)
    counts = await count_uses(connection, viewer, [card.id for card in shown])
    return [api_card(card, origins.get(card.id), counts.get(card.id, 0), url) for card in shown]


@operation("List the cards of a network", TAG, {200: ApiCards}, query=Listing, is_public=True)
async def api_list_cards(request: Request) -> Response:
    """The cards of a network: `all`, those that are to be looked at again (`review`), or those that one uses (`used`).

    These are cards of which the caller or a network of theirs says so, and those of other networks of which this one
    does.
    """
    asked = read_query(request, Listing)
    viewer, found = await open_network(request)
    state = state_of(request)
    wanted = Wanted(found.network.id, asked.show, read_cursor(asked.after))
    async with state.database.read() as connection:
        listed, place = await list_cards(connection, viewer, wanted, asked.limit)
        items = await _present(connection, viewer, listed, state.settings.public_url)
    body = {"items": items, "next": make_cursor(place), "as_of": found.positions(viewer)}
    return JSONResponse(body, headers={"Cache-Control": PRIVATE})


@operation(
    "Make a card",
    TAG,
    {201: ApiCard},
    body=NewCard,
    refusals=(403,),
    is_idempotent=True,
    makes_one=True,
    has_etag=True,
)
async def api_create_card(request: Request) -> Response:
    """Say what was found to work. `source_kind` and `source_id` name the post, thread or document that it is made of;
    `review_on` is a day, a year from now where it is left out."""
    viewer, found = await open_as_account(request)
    value = validate_words(request, NewCard, await read_json(request))
    key = header_key(request, value)
    await limit(request, CARDS, viewer.id)
    state = state_of(request)
    async with state.transaction() as tx:
        made = await make_card(tx, viewer, found.network.id, value, key)
    headers = {"Location": f"{state.settings.public_url}/api/v1/cards/{made.object_id}"}
    headers |= {"Idempotent-Replay": "true"} if made.is_replay else {}
    return await _answer(request, viewer, made.object_id, 201, headers)


async def _answer(
    request: Request, viewer: Viewer, card_id: str, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    state = state_of(request)
    async with state.database.read() as connection:
        card = await get_card(connection, viewer, card_id)
        shown = await _present(connection, viewer, [card], state.settings.public_url)
    return object_answer(request, shown[0], card.version, status, headers)


def _id(request: Request) -> str:
    return str(request.path_params["card_id"])


@operation("Read a card", TAG, {200: ApiCard}, is_public=True, has_etag=True)
async def api_show_card(request: Request) -> Response:
    """The card as it reads now. One that was removed is for who looks after it and for moderators, for 30 days."""
    return await _answer(request, await viewer_of(request), _id(request))


@operation(
    "Change a card",
    TAG,
    {200: ApiCard},
    body=CardChange,
    refusals=(403, 412),
    takes_if_match=True,
    has_etag=True,
)
async def api_change_card(request: Request) -> Response:
    """Change its words, who looks after it, or until when it is held to be right; what is left out stays as it is."""
    viewer = await account_of(request)
    wanted = validate_words(request, CardChange, await read_json(request))
    await limit(request, EDITS, viewer.id)
    try:
        async with state_of(request).transaction() as tx:
            await change_card(tx, viewer, _id(request), wanted, if_match(request))
    except Conflict as error:
        raise Stale(str(error)) from error
    return await _answer(request, viewer, _id(request))


async def _optional(request: Request) -> dict[str, Any]:
    return await read_json(request) if request.headers.get("content-type") else {}


@operation("Remove a card", TAG, {204: None}, body=CardRemoval, refusals=(403,), body_is_optional=True)
async def api_remove_card(request: Request) -> Response:
    """Take it away; for 30 days it can be restored. A moderator says the `reason` of what another looks after."""
    viewer = await account_of(request)
    value = validate(CardRemoval, await _optional(request))
    await limit(request, EDITS, viewer.id)
    async with state_of(request).transaction() as tx:
        await remove_card(tx, viewer, _id(request), value.reason)
    return Response(status_code=204, headers={"Cache-Control": PRIVATE})


@operation("Restore a card", TAG, {200: ApiCard}, refusals=(403,), has_etag=True)
async def api_restore_card(request: Request) -> Response:
    """Bring back what was removed."""
    viewer = await account_of(request)
    await limit(request, EDITS, viewer.id)
    async with state_of(request).transaction() as tx:
        await restore_card(tx, viewer, _id(request))
    return await _answer(request, viewer, _id(request))


@operation(
    "Say that a card is still right",
    TAG,
    {200: ApiCard},
    body=CardConfirmation,
    refusals=(403,),
    body_is_optional=True,
    has_etag=True,
)
async def api_confirm_card(request: Request) -> Response:
    """For who looks after it: it is right until `review_on`, for a year where that is left out."""
    viewer = await account_of(request)
    value = validate(CardConfirmation, await _optional(request))
    await limit(request, EDITS, viewer.id)
    async with state_of(request).transaction() as tx:
        await confirm_card(tx, viewer, _id(request), value)
    return await _answer(request, viewer, _id(request))


@operation("Let everybody read a card again", TAG, {200: ApiCard}, refusals=(403,), has_etag=True)
async def api_clear_card(request: Request) -> Response:
    """For moderators: a card whose source was hidden as data about somebody says nothing of it. What it said before
    this wording stays with the moderators."""
    viewer = await account_of(request)
    await limit(request, EDITS, viewer.id)
    async with state_of(request).transaction() as tx:
        await let_read(tx, viewer, _id(request))
    return await _answer(request, viewer, _id(request))


@operation("List the wordings of a card", TAG, {200: ApiWordings}, query=WordingListing, is_public=True)
async def api_list_wordings(request: Request) -> Response:
    """What the card has said, the newest first."""
    asked = read_query(request, WordingListing)
    viewer = await viewer_of(request)
    async with state_of(request).database.read() as connection:
        card = await get_card(connection, viewer, _id(request))
        found = await get_network_by_id(connection, viewer, card.network_id)
        before = int(asked.after) if asked.after else 2**31 - 1
        listed = await list_wordings(connection, viewer, card, before=before, at_most=asked.limit + 1)
    shown = listed[: asked.limit]
    following = str(shown[-1].number) if len(listed) > asked.limit else None
    body = {"items": api_wordings(shown), "next": following, "as_of": found.positions(viewer)}
    return JSONResponse(body, headers={"Cache-Control": PRIVATE})


@operation("List who uses a card", TAG, {200: ApiUses}, query=UseListing, is_public=True)
async def api_list_uses(request: Request) -> Response:
    """Who says that they use it too, the newest first. What is said for a network is told to whoever reads that one."""
    asked = read_query(request, UseListing)
    viewer = await viewer_of(request)
    async with state_of(request).database.read() as connection:
        card = await get_card(connection, viewer, _id(request))
        found = await get_network_by_id(connection, viewer, card.network_id)
        after = read_cursor(asked.after)
        listed = await list_uses(connection, viewer, card, after=after, at_most=asked.limit + 1)
    shown = listed[: asked.limit]
    following = make_cursor((shown[-1].created_at, shown[-1].id)) if len(listed) > asked.limit else None
    body = {"items": api_uses(shown), "next": following, "as_of": found.positions(viewer)}
    return JSONResponse(body, headers={"Cache-Control": PRIVATE})


@operation(
    "Say that one uses a card too",
    TAG,
    {201: ApiUse},
    body=NewUse,
    refusals=(403, 409),
    is_idempotent=True,
    makes_one=True,
)
async def api_say_use(request: Request) -> Response:
    """For oneself, as a member; or for a `network` that one administers, of a card that everybody may read.

    Said for a network that is not open it is shown to that network's own readers alone.
    """
    viewer = await account_of(request)
    value = validate(NewUse, await read_json(request))
    key = header_key(request, value)
    await limit(request, CARDS, viewer.id)
    state = state_of(request)
    async with state.transaction() as tx:
        made = await say_use(tx, viewer, _id(request), value, key)
    headers = {"Location": f"{state.settings.public_url}{request.url.path}/{made.object_id}"}
    headers |= {"Idempotent-Replay": "true"} if made.is_replay else {}
    return await _use_answer(request, viewer, made.object_id, 201, headers)


async def _use_answer(
    request: Request, viewer: Viewer, use_id: str, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """What somebody said of using the card. Raises NotFound for what the caller may not know of."""
    async with state_of(request).database.read() as connection:
        use = await find_use(connection, viewer, await get_card(connection, viewer, _id(request)), use_id)
    return JSONResponse(api_uses([use])[0], status, {"Cache-Control": PRIVATE, **(headers or {})})


@operation("Read who uses a card", TAG, {200: ApiUse}, is_public=True)
async def api_show_use(request: Request) -> Response:
    """One of those who say that they use it too."""
    return await _use_answer(request, await viewer_of(request), request.path_params["use_id"])


@operation("Take back that a card is used", TAG, {204: None}, refusals=(403,))
async def api_end_use(request: Request) -> Response:
    """For who said it, for administrators of the network for which it was said, and for moderators."""
    viewer = await account_of(request)
    async with state_of(request).transaction() as tx:
        await end_use(tx, viewer, _id(request), request.path_params["use_id"])
    return Response(status_code=204, headers={"Cache-Control": PRIVATE})


_CARDS, _CARD = "/api/v1/networks/{slug:slug}/cards", "/api/v1/cards/{card_id:id}"
ROUTES: list[BaseRoute] = [
    get(_CARDS, api_list_cards),
    post(_CARDS, api_create_card),
    get(_CARD, api_show_card),
    route("PATCH", _CARD, api_change_card),
    route("DELETE", _CARD, api_remove_card),
    post(f"{_CARD}/restoration", api_restore_card),
    post(f"{_CARD}/confirmation", api_confirm_card),
    post(f"{_CARD}/clearance", api_clear_card),
    get(f"{_CARD}/wordings", api_list_wordings),
    get(f"{_CARD}/uses", api_list_uses),
    post(f"{_CARD}/uses", api_say_use),
    get(f"{_CARD}/uses/{{use_id:id}}", api_show_use),
    route("DELETE", f"{_CARD}/uses/{{use_id:id}}", api_end_use),
]
