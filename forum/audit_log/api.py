"""The audit log by the API, and breaking the glass."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from auth.rules import MEMBERSHIP_CHANGES
from forum.addresses import route
from forum.asking import limit
from forum.audit_log.glass_commands import break_glass, end_glass
from forum.audit_log.glass_queries import find_own_glass
from forum.audit_log.inputs import ApiGlassBreaking
from forum.audit_log.site_pages import overseer_of
from forum.errors import NotFound
from forum.forms import read_json, validate
from forum.network_reads import find_network
from forum.openapi import operation
from forum.rendering import PRIVATE
from forum.state import state_of
from ground.columns import moment_text

TAG = "Governance"


class ApiGlass(BaseModel):
    """Since when and until when the caller reads a network through broken glass, and why."""

    reason: str
    begun_at: datetime
    ends_at: datetime


def _answer(content: Any, status: int = 200) -> Response:
    return JSONResponse(content, status, {"Cache-Control": PRIVATE})


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
    return _answer(
        {"reason": glass.reason, "begun_at": moment_text(glass.begun_at), "ends_at": moment_text(glass.ends_at)}
    )


@operation("Mend the glass", TAG, {204: None}, refusals=(403,))
async def api_end_glass(request: Request) -> Response:
    """Stop reading before the time is over."""
    viewer = await overseer_of(request)
    async with state_of(request).transaction() as tx:
        await end_glass(tx, viewer, request.path_params["slug"])
    return Response(status_code=204, headers={"Cache-Control": PRIVATE})


_GLASS = "/api/v1/networks/{slug:slug}/glass"
ROUTES: list[BaseRoute] = [
    route("PUT", _GLASS, api_break_glass),
    route("DELETE", _GLASS, api_end_glass),
]
