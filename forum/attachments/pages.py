"""Files of posts as they go out: a picture to be seen in its place, the bytes only ever to be kept."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from forum.addresses import get
from forum.attachments.queries import Stored, get_file, get_picture
from forum.baring import Bytes, holds_traces, make_bare
from forum.errors import Forbidden, NotFound
from forum.files.downloads import Download, File
from forum.policy import may_have_file
from forum.records import FileCheck
from forum.state import state_of, viewer_of
from previews.limits import WIDTHS

NOT_BARE = (
    "This picture can’t be opened here, so that what a camera may have written into it can’t be taken out. Ask who "
    "added it to save it as JPEG or PNG, or to share it as a document in the library."
)


async def download(request: Request) -> Response:
    """The bytes as they were brought, a picture without what a camera wrote into it: an attachment always, in a sandbox
    of its own."""
    state, viewer, file_id = state_of(request), await viewer_of(request), request.path_params["file_id"]
    async with state.database.read() as connection:
        stored = await get_file(connection, viewer, file_id)
    _refuse_held_back(stored.file.name, stored.file.check)
    if not holds_traces(stored.file.media_type) or stored.is_bare:
        return Download(state.files, stored.as_file())
    bared = await _make_bare(request, stored)
    if bared is not None:
        return Download(state.files, File(bared.sha256, bared.size, bared.media_type, stored.file.name))
    async with state.database.read() as connection:
        try:
            return Download(state.files, await get_picture(connection, viewer, file_id, max(WIDTHS)))
        except NotFound:
            raise Forbidden(f"“{stored.file.name}”: {NOT_BARE}") from None


async def _make_bare(request: Request, stored: Stored) -> Bytes | None:
    """One that came before pictures were cut, or of which that was broken off, is cut now."""
    state, file = state_of(request), stored.file
    if stored.is_bare is not None or not state.database.keeps:
        return None
    return await make_bare(state, Bytes(file.id, stored.sha256, file.size, file.media_type))


def _refuse_held_back(name: str, check: FileCheck | None) -> None:
    decision = may_have_file(check)
    if not decision:
        raise Forbidden(f"“{name}”: {decision.reason}")


async def show_picture(request: Request) -> Response:
    """What is shown of a picture, in one of the widths."""
    state, viewer, fits = state_of(request), await viewer_of(request), request.path_params["fits"]
    if fits not in WIDTHS:
        raise NotFound
    async with state.database.read() as connection:
        stored = await get_file(connection, viewer, request.path_params["file_id"])
        picture = await get_picture(connection, viewer, request.path_params["file_id"], fits)
    _refuse_held_back(stored.file.name, stored.file.check)
    return Download(state.files, picture, is_ours=True)


ROUTES: list[BaseRoute] = [
    get("/files/{file_id:id}", download),
    get("/files/{file_id:id}/{fits:int}", show_picture),
]
