"""Files of posts as they go out: a picture to be seen in its place, the bytes only ever to be kept."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from forum.addresses import get
from forum.attachments.queries import get_file, get_picture
from forum.errors import NotFound
from forum.files.downloads import Download
from forum.state import state_of, viewer_of
from previews.limits import WIDTHS


async def download(request: Request) -> Response:
    """The bytes as they were brought: an attachment always, in a sandbox of its own."""
    state, viewer = state_of(request), await viewer_of(request)
    async with state.database.read() as connection:
        stored = await get_file(connection, viewer, request.path_params["file_id"])
    return Download(state.files, stored.as_file())


async def show_picture(request: Request) -> Response:
    """What is shown of a picture, in one of the widths."""
    state, viewer, fits = state_of(request), await viewer_of(request), request.path_params["fits"]
    if fits not in WIDTHS:
        raise NotFound
    async with state.database.read() as connection:
        picture = await get_picture(connection, viewer, request.path_params["file_id"], fits)
    return Download(state.files, picture, is_ours=True)


ROUTES: list[BaseRoute] = [
    get("/files/{file_id:id}", download),
    get("/files/{file_id:id}/{fits:int}", show_picture),
]
