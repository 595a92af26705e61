"""Folders in the JSON API."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from auth.rules import DOCUMENTS
from forum.asking import limit, open_as_account, open_network
from forum.documents.folder_commands import change_folder, make_folder, remove_folder
from forum.documents.folder_queries import get_folder, read_tree
from forum.documents.inputs import FolderChange, NewFolder
from forum.documents.presenting import ApiFolder, ApiFolders, api_folder
from forum.errors import Conflict, Stale
from forum.forms import header_key, read_json, validate
from forum.openapi import operation
from forum.rendering import PRIVATE
from forum.state import account_of, state_of, viewer_of
from forum.versions import if_match, object_answer

TAG = "Documents"


@operation("List the folders of a network", TAG, {200: ApiFolders}, is_public=True)
async def api_list_folders(request: Request) -> Response:
    """All folders that the caller may see, by name; at most 500."""
    viewer, found = await open_network(request)
    state = state_of(request)
    async with state.database.read() as connection:
        tree = await read_tree(connection, viewer, found.network.id)
    items = [api_folder(each, state.settings.public_url) for each in tree.by_id.values()]
    body = {"items": items, "next": None, "as_of": found.positions(viewer)}
    return JSONResponse(body, headers={"Cache-Control": PRIVATE})


@operation(
    "Make a folder",
    TAG,
    {201: ApiFolder},
    body=NewFolder,
    refusals=(403,),
    is_idempotent=True,
    makes_one=True,
    has_etag=True,
)
async def api_create_folder(request: Request) -> Response:
    """Make a folder, in another or in the library itself; moderators may keep it to themselves."""
    viewer, found = await open_as_account(request)
    state = state_of(request)
    value = validate(NewFolder, await read_json(request))
    key = header_key(request, value)
    await limit(request, DOCUMENTS, viewer.id)
    async with state.transaction() as tx:
        made = await make_folder(tx, viewer, found.network.id, value, key)
    async with state.database.read() as connection:
        folder = await get_folder(connection, viewer, made.object_id)
    url = state.settings.public_url
    headers = {"Location": f"{url}/api/v1/folders/{folder.id}"}
    if made.is_replay:
        headers["Idempotent-Replay"] = "true"
    return object_answer(request, api_folder(folder, url), folder.version, 201, headers)


@operation("Read a folder", TAG, {200: ApiFolder}, is_public=True, has_etag=True)
async def api_show_folder(request: Request) -> Response:
    """The folder; what lies in it is listed by `GET /networks/{slug}/documents?folder=`."""
    viewer, state = await viewer_of(request), state_of(request)
    async with state.database.read() as connection:
        folder = await get_folder(connection, viewer, request.path_params["folder_id"])
    return object_answer(request, api_folder(folder, state.settings.public_url), folder.version)


@operation(
    "Change a folder",
    TAG,
    {200: ApiFolder},
    body=FolderChange,
    refusals=(403, 412),
    takes_if_match=True,
    has_etag=True,
)
async def api_change_folder(request: Request) -> Response:
    """Name it, move it, keep it to moderators or open it to all; what is left out stays as it is."""
    viewer, state = await account_of(request), state_of(request)
    wanted = validate(FolderChange, await read_json(request))
    await limit(request, DOCUMENTS, viewer.id)
    try:
        async with state.transaction() as tx:
            await change_folder(tx, viewer, request.path_params["folder_id"], wanted, if_match(request))
    except Conflict as error:
        raise Stale(str(error)) from error
    return await api_show_folder(request)


@operation("Remove a folder", TAG, {204: None}, refusals=(403,))
async def api_remove_folder(request: Request) -> Response:
    """Remove it, where nothing lies in it any more."""
    viewer, state = await account_of(request), state_of(request)
    await limit(request, DOCUMENTS, viewer.id)
    async with state.transaction() as tx:
        await remove_folder(tx, viewer, request.path_params["folder_id"])
    return Response(status_code=204, headers={"Cache-Control": PRIVATE})
