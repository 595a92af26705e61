"""The audit log by the API, who could see what, and breaking the glass."""

from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from auth.rules import MEMBERSHIP_CHANGES
from forum.addresses import get, route
from forum.asking import limit, open_administered
from forum.audit_log.audience_queries import find_thread, read_audience
from forum.audit_log.audience_spans import Span
from forum.audit_log.glass_commands import break_glass, end_glass
from forum.audit_log.glass_queries import find_own_glass, list_overseen
from forum.audit_log.inputs import ApiAudienceQuery, ApiGlassBreaking, ApiLogQuery
from forum.audit_log.log_pages import zone_of
from forum.audit_log.log_queries import get_chain, list_in_order
from forum.audit_log.presenting import (
    ApiAudience,
    ApiGlass,
    ApiLog,
    ApiOverseenList,
    api_audience,
    api_entry,
    api_glass,
    api_overseen,
)
from forum.audit_log.site_pages import overseer_of
from forum.errors import Invalid, NotFound
from forum.forms import read_json, read_query, validate
from forum.network_reads import find_network
from forum.openapi import operation
from forum.records import Network
from forum.rendering import PRIVATE
from forum.state import state_of
from forum.viewer import Viewer
from ground.columns import now

TAG = "Governance"


def _answer(content: Any, status: int = 200) -> Response:
    return JSONResponse(content, status, {"Cache-Control": PRIVATE})


@operation("Read a network's log", TAG, {200: ApiLog}, query=ApiLogQuery, refusals=(403,))
async def api_log(request: Request) -> Response:
    """What was done in the network, oldest first, for its administrators."""
    asked = read_query(request, ApiLogQuery)
    viewer, found = await open_administered(request)
    return await _log(request, viewer, found.network, asked)


@operation("Read the site's log", TAG, {200: ApiLog}, query=ApiLogQuery, refusals=(403,))
async def api_site_log(request: Request) -> Response:
    """What was done with the site as a whole, for its administrators."""
    asked = read_query(request, ApiLogQuery)
    return await _log(request, await overseer_of(request), None, asked)


async def _log(request: Request, viewer: Viewer, network: Network | None, asked: ApiLogQuery) -> Response:
    async with state_of(request).database.read() as connection:
        chain = await get_chain(connection, viewer, network)
        entries = await list_in_order(connection, viewer, network, int(asked.after or 0), asked.limit + 1)
    shown = entries[: asked.limit]
    following = str(shown[-1].number) if len(entries) > asked.limit else None
    items = [api_entry(entry) for entry in shown]
    return _answer({"items": items, "next": following, "as_of": viewer.positions(), "seal": chain.seal})


@operation("Who could see a thread or a document", TAG, {200: ApiAudience}, query=ApiAudienceQuery, refusals=(403,))
async def api_who_could_see(request: Request) -> Response:
    """Who could see a thread or a document of the network at a moment that has passed, for its administrators.

    `thread` is its id, or its number in the network; or the id of a document. With a `day` (of the site's zone):
    everybody who could at any moment of it.
    """
    asked = read_query(request, ApiAudienceQuery)
    viewer, found = await open_administered(request)
    async with state_of(request).database.read() as connection:
        thread = await find_thread(connection, viewer, found.network, asked.thread)
        if thread is None:
            raise NotFound
        span = Span.moment(asked.at) if asked.at else Span.day(asked.day or date.min, zone_of(state_of(request)))
        if span.first > now():
            raise Invalid({"day": "Choose a day that has begun, since 1970."})
        exists = span.last >= thread.created_at
        span = span.since(thread.created_at)
        audience = await read_audience(connection, viewer, found.network, thread, span) if exists else None
    return _answer(api_audience(audience))


@operation("List all networks", TAG, {200: ApiOverseenList}, query=ApiLogQuery, refusals=(403,))
async def api_all_networks(request: Request) -> Response:
    """Every network by name, as the site's administrators see it: without what it holds."""
    asked = read_query(request, ApiLogQuery)
    viewer = await overseer_of(request)
    skip = int(asked.after or 0)
    async with state_of(request).database.read() as connection:
        rows = await list_overseen(connection, viewer, "", skip, asked.limit + 1)
    following = str(skip + asked.limit) if len(rows) > asked.limit else None
    items = [api_overseen(each) for each in rows[: asked.limit]]
    return _answer({"items": items, "next": following, "as_of": viewer.positions()})


@operation("Break the glass", TAG, {200: ApiGlass}, body=ApiGlassBreaking, refusals=(403,))
async def api_break_glass(request: Request) -> Response:
    """For an administrator of the site: read a network for 1 to 24 hours. Its administrators are told at once.

    While it lasts, doing it again changes nothing.
    """
    viewer = await overseer_of(request)
    wanted = validate(ApiGlassBreaking, await read_json(request))
    await limit(request, MEMBERSHIP_CHANGES, viewer.id)
    slug = request.path_params["slug"]
    state = state_of(request)
    async with state.transaction() as tx:
        await break_glass(tx, viewer, slug, wanted.reason, wanted.hours)
    async with state.database.read() as connection:
        found = await find_network(connection, viewer, slug)
        glass = await find_own_glass(connection, viewer, found.network.id) if found is not None else None
    if glass is None:
        raise NotFound
    return _answer(api_glass(glass))


@operation("Mend the glass", TAG, {204: None}, refusals=(403,))
async def api_end_glass(request: Request) -> Response:
    """Stop reading before the time is over."""
    viewer = await overseer_of(request)
    async with state_of(request).transaction() as tx:
        await end_glass(tx, viewer, request.path_params["slug"])
    return Response(status_code=204, headers={"Cache-Control": PRIVATE})


_NETWORK = "/api/v1/networks/{slug:slug}"
ROUTES: list[BaseRoute] = [
    get(f"{_NETWORK}/log", api_log),
    get(f"{_NETWORK}/audience", api_who_could_see),
    route("PUT", f"{_NETWORK}/glass", api_break_glass),
    route("DELETE", f"{_NETWORK}/glass", api_end_glass),
    get("/api/v1/site/log", api_site_log),
    get("/api/v1/site/networks", api_all_networks),
]
