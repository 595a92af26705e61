"""Files for posts in the JSON API: bring one, then name its id in the post that is to carry it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from auth.rules import UPLOADS
from forum.addresses import get, post, route
from forum.asking import limit
from forum.attachments.commands import take_back
from forum.attachments.inputs import FileMark, NewFile
from forum.attachments.pages import download
from forum.attachments.queries import get_file
from forum.bringing import bring_file
from forum.errors import Forbidden, Invalid
from forum.file_answers import ApiPostFile, api_file
from forum.file_forms import FILE, read_file_form, room_of
from forum.filing.brought import Brought, BroughtUpload, mark_of
from forum.forms import header_key, read_json, validate
from forum.network_reads import get_network
from forum.openapi import operation
from forum.policy import may_bring_files
from forum.rendering import PRIVATE
from forum.state import account_of, state_of, viewer_of

TAG = "Files of posts"
NO_FILE = "Send the file as `file`, in multipart/form-data, or name the `upload` by its id."


@operation(
    "Bring a file for a post",
    TAG,
    {201: ApiPostFile},
    body=NewFile,
    refusals=(403, 413, 507),
    is_idempotent=True,
    makes_one=True,
    takes_file=True,
)
async def api_bring_file(request: Request) -> Response:
    """Bring it as `multipart/form-data` with the file as `file`, or as JSON with a file sent before as an `upload`.

    Until a post names its id in `files` nobody but the caller sees it; after a day without one it goes. Of a picture
    `width` and `height` say how it is shown; where it can't be shown, `why` says why.
    """
    viewer, state = await account_of(request), state_of(request)
    async with state.database.read() as connection:
        network_id = (await get_network(connection, viewer, request.path_params["slug"])).network.id
    decision = may_bring_files(viewer, network_id)
    if not decision:
        raise Forbidden(decision.reason)
    await limit(request, UPLOADS, viewer.id)
    value, brought = await _read_sent(request, viewer.id)
    key = header_key(request, FileMark(said=value.model_dump_json(), sha256=mark_of(brought)))
    file, is_replay = await bring_file(state, viewer, network_id, brought, value.alt, key)
    url = state.settings.public_url
    headers = {"Cache-Control": PRIVATE, "Location": f"{url}/api/v1/files/{file.id}"}
    replay = {"Idempotent-Replay": "true"} if is_replay else {}
    return JSONResponse(api_file(file, url), 201, {**headers, **replay})


async def _read_sent(request: Request, account_id: str) -> tuple[NewFile, Brought]:
    if request.headers.get("content-type", "").startswith("application/json"):
        value = validate(NewFile, await read_json(request))
        if not value.upload:
            raise Invalid({"upload": NO_FILE})
        return value, BroughtUpload(value.upload, room_of(state_of(request)))
    form = await read_file_form(request, account_id)
    fields: dict[str, Any] = dict(form.fields)
    value = validate(NewFile, fields)
    if form.file is None and not value.upload:
        raise Invalid({FILE: NO_FILE})
    return value, form.file or BroughtUpload(value.upload, room_of(state_of(request)))


@operation("Read what is known of a file", TAG, {200: ApiPostFile}, is_public=True)
async def api_show_file(request: Request) -> Response:
    """A file of a post that the caller may read, or one of their own that is not sent yet."""
    viewer, state = await viewer_of(request), state_of(request)
    async with state.database.read() as connection:
        stored = await get_file(connection, viewer, request.path_params["file_id"])
    return JSONResponse(api_file(stored.file, state.settings.public_url), headers={"Cache-Control": PRIVATE})


@operation("Read the bytes of a file", TAG, {200: None, 206: None}, is_public=True)
async def api_show_file_content(request: Request) -> Response:
    """The bytes, with `ETag` (their SHA-256) and `Range`; always as an attachment by the name that they came by.

    Of a picture they are without what a camera wrote into it; where that can't be taken out, its largest picture.
    """
    return await download(request)


@operation("Take back a file", TAG, {204: None})
async def api_take_file_back(request: Request) -> Response:
    """Let go of a file of one's own that no post carries yet. What a post carries is taken out by editing the post."""
    viewer, state = await account_of(request), state_of(request)
    async with state.transaction() as tx:
        await take_back(tx, viewer, request.path_params["file_id"])
    return Response(status_code=204, headers={"Cache-Control": PRIVATE})


ROUTES: list[BaseRoute] = [
    post("/api/v1/networks/{slug:slug}/files", api_bring_file),
    get("/api/v1/files/{file_id:id}", api_show_file),
    route("DELETE", "/api/v1/files/{file_id:id}", api_take_file_back),
    get("/api/v1/files/{file_id:id}/content", api_show_file_content),
]
