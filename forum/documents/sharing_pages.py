"""Share a document by a plain form, and share a version of one."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from auth.rules import DOCUMENTS
from forum.asking import limit, open_as_account
from forum.documents.commands import CameFirst, add_version, restore_version, share_document
from forum.documents.folder_queries import read_tree
from forum.documents.folder_words import Choice, choices
from forum.documents.inputs import FileMark, NewDocument, NewVersion, split_tags
from forum.documents.queries import get_document
from forum.documents.withdrawing_commands import withdraw_for_version
from forum.errors import AlreadySent, Conflict, Forbidden, Invalid, StoreFull, TooLarge, TooMany
from forum.file_forms import FILE, HELD, Form, read_file_form, room_of, seal
from forum.files.names import clean_name
from forum.files.store import Kept
from forum.files.wording import size_words
from forum.filing import find_room, most_words
from forum.filing.brought import BroughtFile
from forum.forms import read_form, request_key, validate
from forum.fronts import NetworkHead, network_head
from forum.network_reads import Found, get_network_by_id
from forum.policy import may_add_version, may_become_version, may_share
from forum.records import Document
from forum.rendering import redirect, render_page
from forum.state import account_of, state_of, viewer_of
from forum.viewer import Viewer
from ground.columns import is_id

CHOOSE = "Choose a file."
NO_FOLDER = "There is no such folder here. Choose one of the list."
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}$")
_HIDDEN_ENDING = re.compile(r"\.(?!v[0-9]+\s*$)(?=[0-9]*[A-Za-z])[A-Za-z0-9]{1,8}\s*$")
_STATUSES: dict[type[Exception], int] = {TooMany: 429, TooLarge: 413, StoreFull: 507, Forbidden: 403, CameFirst: 409}


@dataclass(frozen=True, slots=True)
class SharingPage:
    """The form that shares a document: `documents/new.html`."""

    head: NetworkHead
    folders: Sequence[Choice]
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    held: str
    """A file that came with words that could not be taken, as a sealed note."""
    held_name: str
    most: str
    """How large the file may be: the network may have room for less than that."""
    key: str


@dataclass(frozen=True, slots=True)
class VersionPage:
    """The form that shares a version: `documents/new_version.html`."""

    head: NetworkHead
    document: Document
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    stale: int
    """The version that came first; 0 where none did."""
    held: str
    held_name: str
    most: str
    key: str


async def new_document(request: Request) -> Response:
    """The form."""
    viewer, found = await open_as_account(request)
    _refuse(viewer, found)
    return await _form(request, viewer, found, {"folder": request.query_params.get("folder", "")})


def _refuse(viewer: Viewer, found: Found) -> None:
    decision = may_share(viewer, found.network.id)
    if not decision:
        raise Forbidden(decision.reason)


async def _form(
    request: Request,
    viewer: Viewer,
    found: Found,
    typed: Mapping[str, str],
    error: Exception | None = None,
    file: BroughtFile | None = None,
) -> Response:
    state = state_of(request)
    async with state.database.read() as connection:
        tree = await read_tree(connection, viewer, found.network.id)
        room = await find_room(connection, state.settings, found.network.id)
    page = SharingPage(
        head=network_head(viewer, found),
        folders=choices(viewer, tree),
        typed=typed,
        errors=_errors(error),
        held=seal(state, viewer.id, file) if file else "",
        held_name=_held_name(file),
        most=most_words(room, state.settings),
        key=secrets.token_urlsafe(16),
    )
    status = 200 if error is None else _STATUSES.get(type(error), 422)
    return render_page(
        request,
        viewer,
        "documents/new.html",
        page,
        title="Share a document",
        network_id=found.network.id,
        status=status,
    )


def _errors(error: Exception | None) -> Mapping[str, str]:
    if error is None or isinstance(error, CameFirst):
        return {}
    if isinstance(error, Invalid):
        return error.errors
    return {FILE if isinstance(error, TooLarge | StoreFull) else "": str(error)}


def _held_name(file: BroughtFile | None) -> str:
    return f"{file.name} ({size_words(file.kept.size)})" if file else ""


async def create_document(request: Request) -> Response:
    """Share it, or give the form back with its words, and with the file where it came whole."""
    viewer, found = await open_as_account(request)
    _refuse(viewer, found)
    form = Form({}, [])
    try:
        await limit(request, DOCUMENTS, viewer.id)
        form = await read_file_form(request, viewer.id)
        if form.file is None:
            raise Invalid({FILE: CHOOSE})
        value = validate(NewDocument, _said(form))
        mark = FileMark(said=value.model_dump_json(), sha256=form.file.kept.sha256)
        key = request_key(request, mark, form.fields.get("key"))
        async with state_of(request).transaction() as tx:
            made = await share_document(tx, viewer, found.network.id, value, form.file, key)
    except (Invalid, AlreadySent, TooMany, TooLarge, StoreFull) as error:
        return await _form(request, viewer, found, form.fields, error, form.file)
    return redirect(request, f"/documents/{made.object_id}", notice="document-shared")


def _said(form: Form) -> dict[str, object]:
    """The fields as the model takes them: without a title the file's name is one."""
    fields: dict[str, object] = {
        name: value for name, value in form.fields.items() if name not in ("key", HELD, "tags", "title")
    }
    title = form.fields.get("title", "")
    if not title.strip() and form.file is not None:
        title = title_of(form.file.name)
    return {**fields, "title": title, "tags": split_tags(form.fields.get("tags", ""))}


def title_of(name: str) -> str:
    """What a file's name says as a title: without its ending, unless it would then seem to end in something else."""
    words = clean_name(name).replace("_", " ").strip()
    stem = _ENDING.sub("", words)
    return (words if _HIDDEN_ENDING.search(stem) else stem).strip()[:200] or "Untitled"


# -- Versions --------------------------------------------------------------------------------------


async def new_version(request: Request) -> Response:
    """The form; with `instead`, for the file of a document that was shared a moment ago and is to be no other one."""
    viewer = await account_of(request)
    document, found = await _open(request, viewer)
    typed = {"base": str(document.version_count)}
    instead = request.query_params.get("instead", "")
    if not instead:
        return await _version_form(request, viewer, document, found, typed)
    file = await _file_instead(request, viewer, instead, document)
    return await _version_form(request, viewer, document, found, {**typed, "instead": instead}, file=file)


async def _file_instead(request: Request, viewer: Viewer, document_id: str, of: Document) -> BroughtFile:
    """The file of another document that is to become a version of this one. Raises NotFound and Forbidden."""
    async with state_of(request).database.read() as connection:
        document = await get_document(connection, viewer, document_id) if is_id(document_id) else of
    decision = may_become_version(viewer, document, of)
    if not decision:
        raise Forbidden(decision.reason)
    current = document.current
    return BroughtFile(Kept(current.sha256, current.size, current.media_type), current.name, room_of(state_of(request)))


async def _open(request: Request, viewer: Viewer) -> tuple[Document, Found]:
    async with state_of(request).database.read() as connection:
        document = await get_document(connection, viewer, request.path_params["document_id"])
        found = await get_network_by_id(connection, viewer, document.network_id)
    decision = may_add_version(viewer, document)
    if not decision:
        raise Forbidden(decision.reason)
    return document, found


async def _version_form(
    request: Request,
    viewer: Viewer,
    document: Document,
    found: Found,
    typed: Mapping[str, str],
    error: Exception | None = None,
    file: BroughtFile | None = None,
) -> Response:
    state = state_of(request)
    async with state.database.read() as connection:
        room = await find_room(connection, state.settings, document.network_id)
    page = VersionPage(
        head=network_head(viewer, found),
        document=document,
        typed=typed,
        errors=_errors(error),
        stale=error.number if isinstance(error, CameFirst) else 0,
        held=seal(state, viewer.id, file) if file else "",
        held_name=_held_name(file),
        most=most_words(room, state.settings),
        key=secrets.token_urlsafe(16),
    )
    status = 200 if error is None else _STATUSES.get(type(error), 422)
    return render_page(
        request,
        viewer,
        "documents/new_version.html",
        page,
        title=f"New version of {document.title}",
        network_id=document.network_id,
        status=status,
    )


async def list_versions(request: Request) -> Response:
    """The address at which a form came back: opened again it leads to the form, or for who has none to the document."""
    viewer = await viewer_of(request)
    async with state_of(request).database.read() as connection:
        document = await get_document(connection, viewer, request.path_params["document_id"])
    return redirect(request, f"/documents/{document.id}{'/versions/new' if may_add_version(viewer, document) else ''}")


async def create_version(request: Request) -> Response:
    """Share it; where another came first, say so and let the person choose: none is lost, none is replaced unseen."""
    viewer = await account_of(request)
    document, found = await _open(request, viewer)
    form = Form({}, [])
    try:
        await limit(request, DOCUMENTS, viewer.id)
        form = await read_file_form(request, viewer.id)
        if form.file is None:
            raise Invalid({FILE: CHOOSE})
        value = validate(NewVersion, _version_said(form))
        mark = FileMark(said=value.model_dump_json(), sha256=form.file.kept.sha256)
        key = request_key(request, mark, form.fields.get("key"))
        instead = form.fields.get("instead", "")
        if form.fields.get("act") == "apart":
            if is_id(instead):  # it is one of its own already
                return redirect(request, f"/documents/{instead}")
            return await _share_apart(request, viewer, document, form.file, value)
        async with state_of(request).transaction() as tx:
            added = await add_version(tx, viewer, document.id, form.file, value.note, value.base, key)
            if is_id(instead) and not added.is_replay:
                await withdraw_for_version(tx, viewer, instead, document, form.file.kept.sha256)
    except (Invalid, AlreadySent, TooMany, TooLarge, StoreFull, CameFirst) as error:
        document, found = await _open(request, viewer)
        return await _version_form(request, viewer, document, found, form.fields, error, form.file)
    return redirect(request, f"/documents/{document.id}", notice="version-shared")


def _version_said(form: Form) -> dict[str, object]:
    base = form.fields.get("base", "")
    if not (base.isascii() and base.isdigit() and len(base) < 10):
        raise Invalid({"": "The form was not whole. Load the page again; your words are kept below."})
    return {"note": form.fields.get("note", ""), "base": int(base)}


async def _share_apart(
    request: Request, viewer: Viewer, document: Document, file: BroughtFile, value: NewVersion
) -> Response:
    """Keep both as they are: this file becomes a document beside the other."""
    title = f"{document.title[:180]} (by {viewer.account.name if viewer.account else ''})"[:200]
    fields = {"title": title, "description": value.note, "folder": document.folder_id, "tags": list(document.tags)}
    async with state_of(request).transaction() as tx:
        made = await share_document(tx, viewer, document.network_id, validate(NewDocument, fields), file, None)
    return redirect(request, f"/documents/{made.object_id}", notice="document-shared")


async def restore_earlier(request: Request) -> Response:
    """Make an earlier version the newest again."""
    fields = await read_form(request)
    viewer, state = await account_of(request), state_of(request)
    base = fields.get("base", "")
    if not (base.isascii() and base.isdigit() and len(base) < 10):
        raise Invalid({"": "The form was not whole. Load the page again."})
    await limit(request, DOCUMENTS, viewer.id)
    document_id, number = request.path_params["document_id"], min(request.path_params["number"], 2**31 - 1)
    try:
        async with state.transaction() as tx:
            await restore_version(tx, viewer, document_id, number, int(base), room_of(state))
    except CameFirst as error:
        raise Conflict(str(error)) from error
    return redirect(request, f"/documents/{document_id}", notice="version-restored")
