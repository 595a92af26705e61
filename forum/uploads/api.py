"""Uploads in the JSON API: tus 1.0 with creation, termination, expiration and checksums.

Sent as others send files in parts, so that any tus client can do it. What is made of a file, once it is all there, is
said elsewhere: documents and versions take `upload`, the id, in place of a file.
"""

from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from functools import wraps

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from auth.rules import UPLOADS
from forum.addresses import Endpoint, get, post, route
from forum.asking import limit
from forum.envelope import let_bring
from forum.errors import Forbidden, ForumError, TooLarge
from forum.files.store import CHUNK_BYTES, MEGABYTE
from forum.filing import ask_part
from forum.network_reads import get_network
from forum.openapi import operation
from forum.policy import may_send_files, may_start_thread
from forum.refusals import refuse
from forum.rendering import PRIVATE
from forum.state import State, account_of, state_of, viewer_of
from forum.uploads.commands import begin_upload, give_up, make_whole, note_part, wrong_offset
from forum.uploads.inputs import (
    CHECKSUMS,
    VERSION,
    check_type,
    check_version,
    read_checksum,
    read_number,
    read_wish,
)
from forum.uploads.queries import Upload, get_upload
from forum.uploads.receiving import keeping_what_came, receive, turns_of
from forum.viewer import Viewer
from ground.answers import Answer
from ground.columns import moment_text

TAG = "Uploads"
_SPOKEN = {"Tus-Resumable": VERSION, "Cache-Control": PRIVATE}


class ApiUpload(Answer):
    """A file on its way in; `received` of its bytes are here."""

    id: str
    name: str
    size: int
    received: int
    complete: bool
    expires_at: str


def tus(endpoint: Endpoint) -> Endpoint:
    """Say in every answer, refusals too, which version of tus is spoken."""

    @wraps(endpoint)
    async def speaking(request: Request) -> Response:
        try:
            response = await endpoint(request)
        except ForumError as error:
            response = await refuse(request, error)
        response.headers.update(_SPOKEN)
        return response

    return speaking


def _shown(upload: Upload) -> dict[str, object]:
    return ApiUpload(
        id=upload.id,
        name=upload.name,
        size=upload.size,
        received=upload.received,
        complete=upload.sha256 is not None,
        expires_at=moment_text(upload.expires_at),
    ).model_dump()


def _headers(upload: Upload) -> Mapping[str, str]:
    return {
        "Upload-Offset": str(upload.received),
        "Upload-Length": str(upload.size),
        "Upload-Expires": _http_date(upload.expires_at),
    }


def _http_date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


async def _own(request: Request) -> tuple[State, Viewer, Upload]:
    """Who asks, and the upload of the address, which they began. Raises NotFound."""
    viewer, state = await account_of(request), state_of(request)
    async with state.database.read() as connection:
        return state, viewer, await get_upload(connection, viewer, request.path_params["id"])


@operation("Ask how files are sent", TAG, {204: None}, is_public=True)
@tus
async def api_offer_uploads(request: Request) -> Response:
    """By tus: the headers of the answer say in which version, with what beside, and how large a file may be."""
    await viewer_of(request)  # a bad token is refused here as everywhere
    headers = {
        "Tus-Version": VERSION,
        "Tus-Extension": "creation,termination,expiration,checksum",
        "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
        "Tus-Max-Size": str(state_of(request).settings.file_mb * MEGABYTE),
    }
    return Response(status_code=204, headers=headers)


@operation("Begin to send a file", TAG, {201: ApiUpload}, refusals=(403, 412, 507), makes_one=True)
@tus
async def api_create_upload(request: Request) -> Response:
    """Begin, with the headers Tus-Resumable: 1.0.0, Upload-Length and Upload-Metadata.

    The metadata name the file (filename) and the last part of the address of the network where it is to go (network);
    whether there is room is told at once. Whoever belongs to no network has nothing to send. Nobody but the caller sees
    the upload, and it counts for nobody else until it is shared. It lasts a day after its last part.
    """
    viewer, state = await account_of(request), state_of(request)
    check_version(request.headers)
    wish = read_wish(request.headers)
    network_id = await _network(state, viewer, wish.network)
    await limit(request, UPLOADS, viewer.id or "")
    async with state.transaction() as tx:
        upload_id = await begin_upload(tx, state, viewer, network_id, wish)
        upload = await get_upload(tx.connection, viewer, upload_id)
    if upload.has_come:  # an empty file
        upload = await make_whole(state, viewer, upload)
    location = {"Location": f"{state.settings.public_url}/api/v1/uploads/{upload.id}"}
    return JSONResponse(_shown(upload), 201, {**_headers(upload), **location})


async def _network(state: State, viewer: Viewer, slug: str) -> str | None:
    """The id of a network in which the viewer may write; None where none is named. Raises NotFound and Forbidden."""
    if not slug:
        if not (may := may_send_files(viewer)):
            raise Forbidden(may.reason)
        return None
    async with state.database.read() as connection:
        network_id = (await get_network(connection, viewer, slug)).network.id
    decision = may_start_thread(viewer, network_id)
    if not decision:
        raise Forbidden(decision.reason)
    return network_id


@operation("Ask how far a file has come", TAG, {200: ApiUpload}, refusals=(412, 507))
@tus
async def api_show_upload(request: Request) -> Response:
    """By HEAD as tus asks, with the header Upload-Offset; GET tells the same in JSON."""
    state, viewer, upload = await _own(request)
    check_version(request.headers)
    if upload.has_come and upload.sha256 is None:  # the server was killed between its last part and its end
        upload = await make_whole(state, viewer, upload)
    return JSONResponse(_shown(upload), headers=dict(_headers(upload)))


@operation("Send a part of a file", TAG, {204: None}, refusals=(409, 412, 415, 423, 460, 507))
@tus
async def api_send_part(request: Request) -> Response:
    """Send bytes as application/offset+octet-stream from Upload-Offset on; the answer says up to where they are here.

    What came before a connection broke off counts: ask by HEAD, and go on from there. With Upload-Checksum a part
    counts only when all of it has come. A part may not be larger than what is left of the file.
    """
    state, viewer, upload = await _own(request)
    check_version(request.headers)
    check_type(request.headers)
    offset, checksum = read_number(request.headers, "Upload-Offset"), read_checksum(request.headers)
    turns = turns_of(state)
    turn = await turns.take(upload.id)
    try:
        _, _, upload = await _own(request)  # whoever had the turn before has moved it on
        if offset != upload.received:
            raise wrong_offset(upload.received)
        if upload.sha256 is not None:  # the answer to the last part was lost
            return Response(status_code=204, headers=_headers(upload))
        room = upload.size - offset
        told = int(request.headers.get("content-length", "0") or 0)
        if told > room:
            raise TooLarge("That is more than this file was said to have. Nothing of this part was kept.")
        async with state.database.read() as connection:
            await ask_part(connection, state.settings, viewer.id or "", told or room)
        let_bring(request.scope, room + CHUNK_BYTES)
        with keeping_what_came():
            async with await state.files.take_part(upload.id, offset) as part:
                size = await receive(request, turn, part, room, checksum)
                async with state.transaction() as tx:
                    await note_part(tx, viewer, upload, size, part.name)
                    upload = await get_upload(tx.connection, viewer, upload.id)
    finally:
        turns.leave(upload.id, turn)
    if upload.has_come:
        upload = await make_whole(state, viewer, upload)
    return Response(status_code=204, headers=_headers(upload))


@operation("Give up sending a file", TAG, {204: None}, refusals=(412,))
@tus
async def api_delete_upload(request: Request) -> Response:
    """Forget it, with all that has come of it."""
    state, viewer, upload = await _own(request)
    check_version(request.headers)
    await give_up(state, viewer, upload.id)
    return Response(status_code=204)


ROUTES: list[BaseRoute] = [
    route("OPTIONS", "/api/v1/uploads", api_offer_uploads),
    post("/api/v1/uploads", api_create_upload),
    get("/api/v1/uploads/{id:id}", api_show_upload),
    route("PATCH", "/api/v1/uploads/{id:id}", api_send_part),
    route("DELETE", "/api/v1/uploads/{id:id}", api_delete_upload),
]
