"""A report that nobody of its network may decide, for an administrator of the site: that case, and no more of it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from forum.addresses import get, post
from forum.errors import Conflict, Forbidden, Invalid
from forum.forms import read_form
from forum.moderation.asking import limit_acts
from forum.moderation.commands import decide_case, take_case
from forum.moderation.queries import get_case
from forum.moderation.queue_pages import read_decision, render_case
from forum.policy import may_edit_site
from forum.rendering import redirect
from forum.state import account_of, state_of
from forum.viewer import Viewer


async def _overseer(request: Request) -> Viewer:
    """Who looks after the site. Raises SignInNeeded, Forbidden, and NotFound where the case is not for them."""
    viewer = await account_of(request)
    decision = may_edit_site(viewer)
    if not decision:
        raise Forbidden(decision.reason)
    async with state_of(request).database.read() as connection:
        await get_case(connection, viewer, request.path_params["case_id"])
    return viewer


async def show_site_case(request: Request) -> Response:
    """How often something was reported, about whom and for what; the words once they look into it."""
    viewer = await _overseer(request)
    return await render_case(request, viewer, None, {})


async def update_site_lease(request: Request) -> Response:
    """Look into it, which is written down, or no longer."""
    viewer, case_id = await _overseer(request), request.path_params["case_id"]
    taken = (await read_form(request)).get("taken") != "no"
    try:
        await limit_acts(request, viewer)
        async with state_of(request).transaction() as tx:
            await take_case(tx, viewer, case_id, taken=taken)
    except Conflict as error:
        return await render_case(request, viewer, None, {}, error)
    if taken:
        return redirect(request, f"/site/reports/{case_id}", notice="case-taken")
    return redirect(request, "/site/appeals", notice="case-released")


async def create_site_decision(request: Request) -> Response:
    """Decide, and tell those who reported."""
    viewer, fields = await _overseer(request), await read_form(request)
    try:
        value = read_decision(request, fields)
        await limit_acts(request, viewer)
        async with state_of(request).transaction() as tx:
            await decide_case(tx, viewer, request.path_params["case_id"], value)
    except (Invalid, Conflict, Forbidden) as error:
        return await render_case(request, viewer, None, fields, error)
    return redirect(request, "/site/appeals", notice="report-answered")


ROUTES: list[BaseRoute] = [
    get("/site/reports/{case_id:id}", show_site_case),
    post("/site/reports/{case_id:id}/lease", update_site_lease),
    post("/site/reports/{case_id:id}/decision", create_site_decision),
]
