"""While somebody writes: what their words will look like, and whom they can mention."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from auth.rules import PREVIEWS, SEARCH
from forum.errors import Invalid, TooMany
from forum.forms import read_form, validate
from forum.network_reads import get_network
from forum.rendering import PRIVATE
from forum.state import account_of, state_of
from forum.text import tidy
from forum.threads.asking import ask_limits
from forum.threads.inputs import PostEdit
from forum.threads.people_queries import list_mentionable
from forum.threads.queries import get_thread
from forum.threads.tidied import previewed
from forum.threads.writing import lay_out
from forum.threads.writing_pages import refused_fragment
from ground.columns import is_id


async def show_preview(request: Request) -> Response:
    """What the words will look like, made by what lays out posts; `network` says whose members are mentioned."""
    fields = await read_form(request)
    viewer = await account_of(request)
    state = state_of(request)
    try:
        await ask_limits(state, viewer, PREVIEWS)
        value = validate(PostEdit, {"body": fields.get("body", "")})
        network_id = fields.get("network", "")
        written = await lay_out(state.database, viewer, network_id if is_id(network_id) else "", value.body)
    except (Invalid, TooMany) as error:
        return refused_fragment(request, error)
    return HTMLResponse(previewed(written.html, fields.get("body", "")), headers={"Cache-Control": PRIVATE})


async def list_people(request: Request) -> Response:
    """Members whose names begin as typed in `q`, for completing a mention: those who can read here, and nobody else."""
    viewer = await account_of(request)
    state = state_of(request)
    await ask_limits(state, viewer, SEARCH)
    typed = " ".join(tidy(request.query_params.get("q", "")[:60]).split())
    async with state.database.read() as connection:
        if "slug" in request.path_params:
            network_id = (await get_network(connection, viewer, request.path_params["slug"])).network.id
        else:
            network_id = (await get_thread(connection, viewer, request.path_params["id"])).network_id
        people = await list_mentionable(connection, viewer, network_id, typed) if typed else []
    items = [
        {
            "id": person.id,
            "name": person.name,
            "note": " · ".join(filter(None, (person.job_title, person.organisation))),
        }
        for person in people
    ]
    return JSONResponse({"items": items}, headers={"Cache-Control": PRIVATE})
