"""Make a folder; name it, move it, keep it to moderators, remove it."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from auth.rules import DOCUMENTS
from forum.asking import limit, open_as_account
from forum.documents.discussion_queries import Talk, list_talks
from forum.documents.folder_commands import change_folder, make_folder, remove_folder
from forum.documents.folder_queries import get_folder, read_tree
from forum.documents.folder_words import Choice, choices
from forum.documents.inputs import FolderChange, NewFolder
from forum.errors import AlreadySent, Conflict, Forbidden, Invalid
from forum.forms import read_form, request_key, validate
from forum.fronts import NetworkHead, network_head
from forum.network_reads import Found, get_network_by_id
from forum.policy import may_change_folder, may_narrow, may_share
from forum.records import Folder
from forum.rendering import redirect, render_page
from forum.state import account_of, state_of
from forum.viewer import Viewer


@dataclass(frozen=True, slots=True)
class FolderPage:
    """The form of a folder: `documents/folder.html`."""

    head: NetworkHead
    folder: Folder | None
    """None: it is yet to be made."""
    parents: Sequence[Choice]
    may_narrow: bool
    talks: Sequence[Talk]
    """What was said beside what lies in it, which stays as open as it is."""
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    key: str


async def new_folder(request: Request) -> Response:
    """The form."""
    viewer, found = await open_as_account(request)
    decision = may_share(viewer, found.network.id)
    if not decision:
        raise Forbidden(decision.reason)
    return await _form(request, viewer, found, None, {"parent": request.query_params.get("in", "")})


async def _form(
    request: Request,
    viewer: Viewer,
    found: Found,
    folder: Folder | None,
    typed: Mapping[str, str],
    error: Exception | None = None,
) -> Response:
    async with state_of(request).database.read() as connection:
        tree = await read_tree(connection, viewer, found.network.id)
        below = frozenset(tree.below(folder.id)) if folder else frozenset[str]()
        talks = await list_talks(connection, viewer, found.network.id, folder_ids=below) if below else ()
    page = FolderPage(
        head=network_head(viewer, found),
        folder=folder,
        parents=choices(viewer, tree, but=below),
        may_narrow=bool(may_narrow(viewer, found.network)),
        talks=talks,
        typed=typed,
        errors=error.errors if isinstance(error, Invalid) else {"": str(error)} if error else {},
        key=secrets.token_urlsafe(16),
    )
    title = f"Change {folder.name}" if folder else "Make a folder"
    status = 409 if isinstance(error, Conflict) else 422 if error else 200
    return render_page(
        request, viewer, "documents/folder.html", page, title=title, network_id=found.network.id, status=status
    )


async def create_folder(request: Request) -> Response:
    """Make it, or give the form back."""
    viewer, found = await open_as_account(request)
    fields = await read_form(request)
    try:
        value = validate(NewFolder, _said(fields))
        key = request_key(request, value, fields.get("key"))
        await limit(request, DOCUMENTS, viewer.id)
        async with state_of(request).transaction() as tx:
            made = await make_folder(tx, viewer, found.network.id, value, key)
    except (Invalid, AlreadySent) as error:
        return await _form(request, viewer, found, None, fields, error)
    return redirect(request, f"/folders/{made.object_id}", notice="folder-made")


def _said(fields: Mapping[str, str]) -> dict[str, object]:
    said: dict[str, object] = {name: fields[name] for name in ("name", "parent") if name in fields}
    return {**said, "narrowed": fields.get("narrowed") == "yes"}


async def _open(request: Request, viewer: Viewer) -> tuple[Folder, Found]:
    async with state_of(request).database.read() as connection:
        folder = await get_folder(connection, viewer, request.path_params["folder_id"])
        found = await get_network_by_id(connection, viewer, folder.network_id)
    decision = may_change_folder(viewer, folder)
    if not decision:
        raise Forbidden(decision.reason)
    return folder, found


async def edit_folder(request: Request) -> Response:
    """The form."""
    viewer = await account_of(request)
    folder, found = await _open(request, viewer)
    typed = {"name": folder.name, "parent": folder.parent_id or "", "narrowed": "yes" if folder.narrowed else ""}
    return await _form(request, viewer, found, folder, typed)


async def update_folder(request: Request) -> Response:
    """Save it, or give the form back."""
    fields = await read_form(request)
    viewer = await account_of(request)
    folder, found = await _open(request, viewer)
    said = _said(fields)
    if not may_narrow(viewer, found.network):
        del said["narrowed"]
    try:
        value = validate(FolderChange, said)
        await limit(request, DOCUMENTS, viewer.id)
        async with state_of(request).transaction() as tx:
            await change_folder(tx, viewer, folder.id, value)
    except (Invalid, Conflict) as error:
        return await _form(request, viewer, found, folder, fields, error)
    return redirect(request, f"/folders/{folder.id}", notice="saved")


async def remove(request: Request) -> Response:
    """Remove it where nothing lies in it, and show where it lay."""
    await read_form(request)
    viewer = await account_of(request)
    folder, found = await _open(request, viewer)
    await limit(request, DOCUMENTS, viewer.id)
    async with state_of(request).transaction() as tx:
        parent_id = await remove_folder(tx, viewer, folder.id)
    path = f"/folders/{parent_id}" if parent_id else f"/networks/{found.network.slug}/documents"
    return redirect(request, path, notice="folder-removed")
