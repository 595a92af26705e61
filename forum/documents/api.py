"""Documents in the JSON API, and the addresses of the slice's other endpoints."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from auth.rules import DOCUMENTS, EDITS
from forum.addresses import get, post, route
from forum.asking import limit, open_as_account, open_network
from forum.documents import folder_api, preview_api, version_api, working_api
from forum.documents.commands import change_document, share_document
from forum.documents.cursors import make_cursor, read_cursor
from forum.documents.inputs import DocumentChange, FileMark, Listing, NewDocument, Withdrawal
from forum.documents.presenting import ApiDocument, ApiDocuments, ApiReaders, api_document, api_readers
from forum.documents.queries import Wanted, get_document, list_documents
from forum.documents.reading_queries import read_readers
from forum.documents.version_api import read_sent
from forum.documents.withdrawing_commands import restore_document, withdraw_document
from forum.errors import Conflict, Forbidden, Stale
from forum.filing.brought import mark_of
from forum.forms import header_key, read_json, read_query, validate
from forum.openapi import operation
from forum.policy import may_share
from forum.rendering import PRIVATE
from forum.state import account_of, state_of, viewer_of
from forum.versions import if_match, object_answer
from forum.warning import validate_words

TAG = "Documents"
NOT_YOURS = "How many have opened it is for who looks after it."


@operation("List the documents of a network", TAG, {200: ApiDocuments}, query=Listing, is_public=True)
async def api_list_documents(request: Request) -> Response:
    """The documents of a network, those with the newest versions first; or of one folder."""
    asked = read_query(request, Listing)
    viewer, found = await open_network(request)
    state = state_of(request)
    after = read_cursor(asked.after, asked.order)
    wanted = Wanted(found.network.id, asked.order, asked.folder, withdrawn=asked.withdrawn, after=after)
    async with state.database.read() as connection:
        listed, place = await list_documents(connection, viewer, wanted, asked.limit)
    items = [api_document(each, state.settings.public_url) for each in listed]
    following = make_cursor(asked.order, place) if place else None
    body = {"items": items, "next": following, "as_of": found.positions(viewer)}
    return JSONResponse(body, headers={"Cache-Control": PRIVATE})


@operation(
    "Share a document",
    TAG,
    {201: ApiDocument},
    body=NewDocument,
    refusals=(403, 413, 507),
    is_idempotent=True,
    makes_one=True,
    has_etag=True,
    takes_file=True,
)
async def api_create_document(request: Request) -> Response:
    """Share a file as a document: as `multipart/form-data` with the file as `file` and tags parted by commas.

    Or as JSON, with the file sent before as an `upload`.
    """
    viewer, found = await open_as_account(request)
    decision = may_share(viewer, found.network.id)
    if not decision:
        raise Forbidden(decision.reason)
    state = state_of(request)
    await limit(request, DOCUMENTS, viewer.id)
    fields, file = await read_sent(request, viewer.id)
    value = validate(NewDocument, fields)
    key = header_key(request, FileMark(said=value.model_dump_json(), sha256=mark_of(file)))
    async with state.transaction() as tx:
        made = await share_document(tx, viewer, found.network.id, value, file, key)
    async with state.database.read() as connection:
        document = await get_document(connection, viewer, made.object_id)
    url = state.settings.public_url
    headers = {"Location": f"{url}/api/v1/documents/{document.id}"}
    if made.is_replay:
        headers["Idempotent-Replay"] = "true"
    return object_answer(request, api_document(document, url), document.version, 201, headers)


@operation("Read a document", TAG, {200: ApiDocument}, is_public=True, has_etag=True)
async def api_show_document(request: Request) -> Response:
    """The document, with its newest version."""
    viewer, state = await viewer_of(request), state_of(request)
    async with state.database.read() as connection:
        document = await get_document(connection, viewer, request.path_params["document_id"])
    return object_answer(request, api_document(document, state.settings.public_url), document.version)


@operation(
    "Change a document",
    TAG,
    {200: ApiDocument},
    body=DocumentChange,
    refusals=(403, 412),
    takes_if_match=True,
    has_etag=True,
)
async def api_change_document(request: Request) -> Response:
    """Change what is said of it, its folder, its state or who looks after it; what is left out stays as it is."""
    viewer, state = await account_of(request), state_of(request)
    wanted = validate(DocumentChange, await read_json(request))
    await limit(request, EDITS, viewer.id)
    try:
        async with state.transaction() as tx:
            await change_document(tx, viewer, request.path_params["document_id"], wanted, if_match(request))
    except Conflict as error:
        raise Stale(str(error)) from error
    return await api_show_document(request)


@operation("Withdraw a document", TAG, {204: None}, body=Withdrawal, refusals=(403,), body_is_optional=True)
async def api_withdraw_document(request: Request) -> Response:
    """Take it back; for 30 days it can be restored. A moderator says the `reason` of what another looks after."""
    viewer, state = await account_of(request), state_of(request)
    sent: dict[str, Any] = await read_json(request) if request.headers.get("content-type") else {}
    value = validate_words(request, Withdrawal, sent)
    await limit(request, EDITS, viewer.id)
    async with state.transaction() as tx:
        await withdraw_document(tx, viewer, request.path_params["document_id"], value.reason)
    return Response(status_code=204, headers={"Cache-Control": PRIVATE})


@operation("Restore a document", TAG, {200: ApiDocument}, refusals=(403,), has_etag=True)
async def api_restore_document(request: Request) -> Response:
    """Bring back what was withdrawn."""
    viewer, state = await account_of(request), state_of(request)
    await limit(request, EDITS, viewer.id)
    async with state.transaction() as tx:
        await restore_document(tx, viewer, request.path_params["document_id"])
    return await api_show_document(request)


@operation("Read who has opened a document", TAG, {200: ApiReaders}, refusals=(403,), is_public=True)
async def api_show_readers(request: Request) -> Response:
    """How many members have opened it, and who said that they have read it; for who looks after it."""
    viewer, state = await viewer_of(request), state_of(request)
    async with state.database.read() as connection:
        document = await get_document(connection, viewer, request.path_params["document_id"])
        readers = await read_readers(connection, viewer, document)
    if readers is None:
        raise Forbidden(NOT_YOURS)
    return JSONResponse(api_readers(readers), headers={"Cache-Control": PRIVATE})


_DOCUMENT = "/api/v1/documents/{document_id:id}"
ROUTES: list[BaseRoute] = [
    get("/api/v1/networks/{slug:slug}/documents", api_list_documents),
    post("/api/v1/networks/{slug:slug}/documents", api_create_document),
    get("/api/v1/networks/{slug:slug}/folders", folder_api.api_list_folders),
    post("/api/v1/networks/{slug:slug}/folders", folder_api.api_create_folder),
    get("/api/v1/folders/{folder_id:id}", folder_api.api_show_folder),
    route("PATCH", "/api/v1/folders/{folder_id:id}", folder_api.api_change_folder),
    route("DELETE", "/api/v1/folders/{folder_id:id}", folder_api.api_remove_folder),
    get(_DOCUMENT, api_show_document),
    route("PATCH", _DOCUMENT, api_change_document),
    get(f"{_DOCUMENT}/versions", version_api.api_list_versions),
    post(f"{_DOCUMENT}/versions", version_api.api_create_version),
    get(f"{_DOCUMENT}/versions/{{number:int}}", version_api.api_show_version),
    get(f"{_DOCUMENT}/versions/{{number:int}}/content", version_api.api_show_content),
    get(f"{_DOCUMENT}/versions/{{number:int}}/pages", preview_api.api_list_pages),
    get(f"{_DOCUMENT}/versions/{{number:int}}/pages/{{page:int}}/{{fits:int}}", preview_api.api_show_picture),
    post(f"{_DOCUMENT}/versions/{{number:int}}/restoration", version_api.api_restore_version),
    get(f"{_DOCUMENT}/readers", api_show_readers),
    route("PUT", f"{_DOCUMENT}/reading", working_api.api_say_read),
    route("PUT", f"{_DOCUMENT}/lock", working_api.api_take_lock),
    route("DELETE", f"{_DOCUMENT}/lock", working_api.api_release_lock),
    post(f"{_DOCUMENT}/lock/breaking", working_api.api_break_lock),
    route("PUT", f"{_DOCUMENT}/hold", working_api.api_hold_document),
    route("DELETE", f"{_DOCUMENT}/hold", working_api.api_let_document_go),
    route("PUT", f"{_DOCUMENT}/wish", working_api.api_wish),
    route("DELETE", f"{_DOCUMENT}/wish", working_api.api_wish_no_more),
    route("DELETE", _DOCUMENT, api_withdraw_document),
    post(f"{_DOCUMENT}/restoration", api_restore_document),
]
