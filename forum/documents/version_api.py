"""Versions of a document in the JSON API, and their bytes."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from auth.rules import DOCUMENTS
from forum.asking import limit
from forum.documents.commands import CameFirst, add_version, restore_version
from forum.documents.document_pages import HIGHEST, download
from forum.documents.inputs import FileMark, NewVersion, Restoration, VersionListing, split_tags
from forum.documents.presenting import ApiDocument, ApiVersion, ApiVersions, api_document, api_version
from forum.documents.queries import get_document, get_version, list_versions
from forum.errors import Forbidden, Invalid, NotFound
from forum.file_forms import FILE, HELD, read_file_form, room_of
from forum.filing.brought import Brought, BroughtUpload, mark_of
from forum.forms import header_key, read_json, read_query, validate
from forum.network_reads import get_network_by_id
from forum.openapi import operation
from forum.policy import may_add_version, may_open_versions
from forum.rendering import PRIVATE
from forum.state import account_of, state_of, viewer_of
from forum.versions import object_answer

TAG = "Documents"
NO_UPLOAD = "Name the upload by its id, or send the file itself in multipart/form-data."
NO_FILE = "Send the file as `file`, in multipart/form-data."


async def read_sent(request: Request, account_id: str) -> tuple[dict[str, Any], Brought]:
    """What was sent with a file, as its model takes it, and the file: it is in the store by now, or was sent before.

    Raises Invalid.
    """
    if request.headers.get("content-type", "").startswith("application/json"):
        said = await read_json(request)
        if not isinstance(said.get("upload"), str):
            raise Invalid({"upload": NO_UPLOAD})
        return said, BroughtUpload(said["upload"], room_of(state_of(request)))
    form = await read_file_form(request, account_id)
    upload = form.fields.get("upload", "")
    if form.file is None and not upload:
        raise Invalid({FILE: NO_FILE})
    fields: dict[str, Any] = {name: value for name, value in form.fields.items() if name != HELD}
    if "tags" in fields:
        fields["tags"] = split_tags(fields["tags"])
    base = fields.get("base", "")
    if isinstance(base, str) and base.isascii() and base.isdigit() and len(base) < 10:
        fields["base"] = int(base)
    return fields, form.file or BroughtUpload(upload, room_of(state_of(request)))


@operation("List the versions of a document", TAG, {200: ApiVersions}, query=VersionListing, is_public=True)
async def api_list_versions(request: Request) -> Response:
    """The versions of a document, newest first."""
    asked = read_query(request, VersionListing)
    viewer, state, document_id = await viewer_of(request), state_of(request), request.path_params["document_id"]
    before = int(asked.after) if asked.after else HIGHEST
    async with state.database.read() as connection:
        document = await get_document(connection, viewer, document_id)
        if not may_open_versions(viewer, document):
            raise NotFound
        found = await get_network_by_id(connection, viewer, document.network_id)
        listed = await list_versions(connection, viewer, document_id, before=before, at_most=asked.limit + 1)
    shown = listed[: asked.limit]
    items = [api_version(each, state.settings.public_url) for each in shown]
    following = str(shown[-1].number) if len(listed) > asked.limit else None
    body = {"items": items, "next": following, "as_of": found.positions(viewer)}
    return JSONResponse(body, headers={"Cache-Control": PRIVATE})


@operation(
    "Share a version",
    TAG,
    {201: ApiDocument},
    body=NewVersion,
    refusals=(403, 409, 413, 507),
    is_idempotent=True,
    makes_one=True,
    has_etag=True,
    takes_file=True,
)
async def api_create_version(request: Request) -> Response:
    """Share a version in place of the newest, `base`: as `multipart/form-data` with the file as `file`, or as JSON with
    the file sent before as an `upload`.

    409 where another version came first: `number` is that of the newest.
    """
    viewer, state, document_id = await account_of(request), state_of(request), request.path_params["document_id"]
    async with state.database.read() as connection:
        decision = may_add_version(viewer, await get_document(connection, viewer, document_id))
    if not decision:
        raise Forbidden(decision.reason)
    await limit(request, DOCUMENTS, viewer.id)
    fields, file = await read_sent(request, viewer.id)
    value = validate(NewVersion, fields)
    key = header_key(request, FileMark(said=value.model_dump_json(), sha256=mark_of(file)))
    try:
        async with state.transaction() as tx:
            made = await add_version(tx, viewer, document_id, file, value.note, value.base, key)
    except CameFirst as error:
        return stale(error)
    return await _changed(request, made_now=not made.is_replay)


def stale(error: CameFirst) -> Response:
    """409, with the number of the version that came first."""
    body: dict[str, Any] = {"type": "about:blank", "title": "Somebody changed this before you", "status": 409}
    body |= {"detail": str(error), "number": error.number}
    return JSONResponse(body, 409, {"Cache-Control": PRIVATE}, media_type="application/problem+json")


async def _changed(request: Request, *, made_now: bool = True) -> Response:
    viewer, state = await viewer_of(request), state_of(request)
    async with state.database.read() as connection:
        document = await get_document(connection, viewer, request.path_params["document_id"])
    url = state.settings.public_url
    location = f"{url}/api/v1/documents/{document.id}/versions/{document.version_count}"
    headers = {"Location": location, **({} if made_now else {"Idempotent-Replay": "true"})}
    return object_answer(request, api_document(document, url), document.version, 201, headers)


@operation("Read a version", TAG, {200: ApiVersion}, is_public=True)
async def api_show_version(request: Request) -> Response:
    """What is known of one version; its bytes are at `content_url`."""
    viewer, state, number = await viewer_of(request), state_of(request), request.path_params["number"]
    async with state.database.read() as connection:
        document = await get_document(connection, viewer, request.path_params["document_id"])
        if not may_open_versions(viewer, document) or number > HIGHEST:
            raise NotFound
        version = await get_version(connection, viewer, document.id, number)
    return JSONResponse(api_version(version, state.settings.public_url), headers={"Cache-Control": PRIVATE})


@operation("Read the bytes of a version", TAG, {200: None, 206: None}, is_public=True)
async def api_show_content(request: Request) -> Response:
    """The bytes, with `ETag` (their SHA-256) and `Range`; always as an attachment by the name that they came by.

    Of an earlier version the name says its number: "Pathway (version 1).pdf".
    """
    return await download(request)


@operation(
    "Restore a version",
    TAG,
    {201: ApiDocument},
    body=Restoration,
    refusals=(403, 409, 507),
    makes_one=True,
    has_etag=True,
)
async def api_restore_version(request: Request) -> Response:
    """Make an earlier version the newest again, as a version of its own. `base`: the newest as the caller knows it."""
    viewer, state = await account_of(request), state_of(request)
    value = validate(Restoration, await read_json(request))
    await limit(request, DOCUMENTS, viewer.id)
    document_id, number = request.path_params["document_id"], min(request.path_params["number"], HIGHEST)
    try:
        async with state.transaction() as tx:
            await restore_version(tx, viewer, document_id, number, value.base, room_of(state))
    except CameFirst as error:
        return stale(error)
    return await _changed(request)
