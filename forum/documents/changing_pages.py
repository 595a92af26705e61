"""What is said of a document, who looks after it, who works on it; taking it back, and "I have read this"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from auth.rules import DOCUMENTS, EDITS
from forum.asking import limit
from forum.documents.commands import change_document
from forum.documents.discussion_queries import Talk, list_talks
from forum.documents.folder_queries import read_tree
from forum.documents.folder_words import Choice, choices
from forum.documents.hold_commands import set_hold
from forum.documents.inputs import Breaking, DocumentChange, Withdrawal, Working, split_tags
from forum.documents.lock_commands import break_lock, release_lock, take_lock, wish_for
from forum.documents.queries import get_document
from forum.documents.reading_commands import say_read
from forum.documents.reading_queries import list_heirs
from forum.documents.withdrawing_commands import restore_document, withdraw_document
from forum.errors import Conflict, Forbidden, Invalid
from forum.forms import read_form, validate
from forum.fronts import NetworkHead, network_head
from forum.network_reads import Found, get_network_by_id
from forum.policy import Decision, looks_after, may_break_lock, may_change_document, may_hold, may_withdraw
from forum.records import Document, Person
from forum.rendering import redirect, render_page
from forum.state import account_of, state_of
from forum.viewer import Viewer
from forum.warning import validate_words


@dataclass(frozen=True, slots=True)
class ChangingPage:
    """The form with what is said of a document: `documents/edit.html`."""

    head: NetworkHead
    document: Document
    folders: Sequence[Choice]
    heirs: Sequence[Person]
    talks: Sequence[Talk]
    """What was said beside it, where the viewer can move it out of the sight of members, or it lies there."""
    typed: Mapping[str, str]
    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """A question before something is done to a document: `documents/withdrawal.html`, `documents/lock.html`."""

    head: NetworkHead
    document: Document
    is_own: bool
    typed: Mapping[str, str]
    errors: Mapping[str, str]


async def _open(request: Request, viewer: Viewer) -> tuple[Document, Found]:
    async with state_of(request).database.read() as connection:
        document = await get_document(connection, viewer, request.path_params["document_id"])
        return document, await get_network_by_id(connection, viewer, document.network_id)


def _decide(decision: Decision) -> None:
    if not decision:
        raise Forbidden(decision.reason)


async def edit_document(request: Request) -> Response:
    """The form."""
    viewer = await account_of(request)
    document, found = await _open(request, viewer)
    _decide(may_change_document(viewer, document))
    typed = {
        "title": document.title,
        "description": document.description,
        "tags": ", ".join(document.tags),
        "folder": document.folder_id or "",
        "state": document.state,
        "owner": document.owner.id if document.owner else "",
        "asks_reading": "yes" if document.asks_reading else "",
        "version": str(document.version),
    }
    return await _form(request, viewer, document, found, typed)


async def _form(
    request: Request,
    viewer: Viewer,
    document: Document,
    found: Found,
    typed: Mapping[str, str],
    error: Exception | None = None,
) -> Response:
    async with state_of(request).database.read() as connection:
        tree = await read_tree(connection, viewer, document.network_id)
        heirs = await list_heirs(connection, viewer, document)
        may_hide = any(each.is_narrowed for each in tree.by_id.values())
        talks = await list_talks(connection, viewer, document.network_id, document_id=document.id) if may_hide else ()
    errors = error.errors if isinstance(error, Invalid) else {"": str(error)} if error else {}
    page = ChangingPage(network_head(viewer, found), document, choices(viewer, tree), heirs, talks, typed, errors)
    status = 409 if isinstance(error, Conflict) else 422 if error else 200
    return render_page(
        request,
        viewer,
        "documents/edit.html",
        page,
        title=f"Change {document.title}",
        network_id=document.network_id,
        status=status,
    )


async def update_document(request: Request) -> Response:
    """Save it, or give the form back with what was typed."""
    fields = await read_form(request)
    viewer, state = await account_of(request), state_of(request)
    document, found = await _open(request, viewer)
    try:
        wanted = validate(DocumentChange, _said(fields))
        await limit(request, EDITS, viewer.id)
        async with state.transaction() as tx:
            await change_document(tx, viewer, document.id, wanted, _version(fields))
    except (Invalid, Conflict) as error:
        document, found = await _open(request, viewer)
        newest = {**fields, "version": str(document.version)}
        return await _form(request, viewer, document, found, newest, error)
    return redirect(request, f"/documents/{document.id}", notice="saved")


def _said(fields: Mapping[str, str]) -> dict[str, object]:
    said: dict[str, object] = {
        name: fields[name] for name in ("title", "description", "folder", "state", "owner") if name in fields
    }
    if not said.get("owner", "x"):
        del said["owner"]
    if "tags" in fields:
        said["tags"] = split_tags(fields["tags"])
    return {**said, "asks_reading": fields.get("asks_reading") == "yes"}


def _version(fields: Mapping[str, str]) -> int | None:
    text = fields.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


# -- Taking it back --------------------------------------------------------------------------------


async def new_withdrawal(request: Request) -> Response:
    """The question."""
    viewer = await account_of(request)
    document, found = await _open(request, viewer)
    _decide(may_withdraw(viewer, document))
    return _question(request, viewer, document, found, "withdrawal")


def _question(
    request: Request,
    viewer: Viewer,
    document: Document,
    found: Found,
    what: str,
    typed: Mapping[str, str] | None = None,
    error: Invalid | None = None,
) -> Response:
    is_own = looks_after(viewer, document)
    page = QuestionPage(network_head(viewer, found), document, is_own, typed or {}, error.errors if error else {})
    status = 422 if error else 200
    template, title = f"documents/{what}.html", f"{_TITLES[what]} {document.title}"
    return render_page(request, viewer, template, page, title=title, network_id=document.network_id, status=status)


_TITLES = {"withdrawal": "Withdraw", "breaking": "Free"}


async def withdraw(request: Request) -> Response:
    """Withdraw it, and show what stays for thirty days."""
    fields = await read_form(request)
    viewer, state = await account_of(request), state_of(request)
    document, found = await _open(request, viewer)
    try:
        value = validate_words(request, Withdrawal, {"reason": fields.get("reason", "")})
        await limit(request, EDITS, viewer.id)
        async with state.transaction() as tx:
            await withdraw_document(tx, viewer, document.id, value.reason)
    except Invalid as error:
        return _question(request, viewer, document, found, "withdrawal", fields, error)
    return redirect(request, f"/documents/{document.id}", notice="document-withdrawn")


async def restore(request: Request) -> Response:
    """Bring it back."""
    await read_form(request)
    viewer, state = await account_of(request), state_of(request)
    await limit(request, EDITS, viewer.id)
    async with state.transaction() as tx:
        await restore_document(tx, viewer, request.path_params["document_id"])
    return _back(request, "document-restored")


async def hold(request: Request) -> Response:
    """Keep it from being deleted, or let it go."""
    fields = await read_form(request)
    viewer, state = await account_of(request), state_of(request)
    document, _ = await _open(request, viewer)
    _decide(may_hold(viewer, document))
    reason = None
    if fields.get("held") != "no":
        reason = validate(Breaking, {"reason": fields.get("reason", "")}).reason
    await limit(request, EDITS, viewer.id)
    async with state.transaction() as tx:
        await set_hold(tx, viewer, document.id, reason)
    return _back(request, "document-let-go" if reason is None else "document-held")


def _back(request: Request, notice: str) -> Response:
    return redirect(request, f"/documents/{request.path_params['document_id']}", notice=notice)


# -- Working on it ---------------------------------------------------------------------------------


async def take(request: Request) -> Response:
    """Say that one works on it, or that one still does."""
    value = validate(Working, await read_form(request))
    viewer, state = await account_of(request), state_of(request)
    await limit(request, DOCUMENTS, viewer.id)
    async with state.transaction() as tx:
        await take_lock(tx, viewer, request.path_params["document_id"], value.purpose)
    return _back(request, "document-taken")


async def release(request: Request) -> Response:
    """Say that one works on it no longer."""
    await read_form(request)
    viewer, state = await account_of(request), state_of(request)
    async with state.transaction() as tx:
        await release_lock(tx, viewer, request.path_params["document_id"])
    return _back(request, "document-free")


async def new_breaking(request: Request) -> Response:
    """The question before somebody else's work on it is ended."""
    viewer = await account_of(request)
    document, found = await _open(request, viewer)
    _decide(may_break_lock(viewer, document))
    return _question(request, viewer, document, found, "breaking")


async def break_it(request: Request) -> Response:
    """End it; the holder is told."""
    fields = await read_form(request)
    viewer, state = await account_of(request), state_of(request)
    document, found = await _open(request, viewer)
    _decide(may_break_lock(viewer, document))
    try:
        value = validate(Breaking, {"reason": fields.get("reason", "")})
    except Invalid as error:
        return _question(request, viewer, document, found, "breaking", fields, error)
    await limit(request, EDITS, viewer.id)
    async with state.transaction() as tx:
        await break_lock(tx, viewer, document.id, value.reason)
    return _back(request, "document-free")


async def wish(request: Request) -> Response:
    """Be told when it is free, or no longer."""
    fields = await read_form(request)
    viewer, state = await account_of(request), state_of(request)
    wished = fields.get("wished") != "no"
    async with state.transaction() as tx:
        await wish_for(tx, viewer, request.path_params["document_id"], wished=wished)
    return _back(request, "document-wished" if wished else "saved")


async def say(request: Request) -> Response:
    """Say that one has read the newest version."""
    await read_form(request)
    viewer, state = await account_of(request), state_of(request)
    async with state.transaction() as tx:
        await say_read(tx, viewer, request.path_params["document_id"])
    return _back(request, "document-read")
