"""One document: its newest version on top, every earlier one below, each to be opened and taken away."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from forum.documents.alike_queries import Alike, find_alike
from forum.documents.discussion_queries import Discussion, find_discussion
from forum.documents.erased_pages import show_erased
from forum.documents.folder_queries import read_tree
from forum.documents.preview_queries import Reading, read_version
from forum.documents.queries import get_document, get_version, list_versions
from forum.documents.reading_commands import note_opening
from forum.documents.reading_queries import OwnStanding, Readers, read_own, read_readers
from forum.errors import Forbidden, NotFound
from forum.files.downloads import Download, File
from forum.files.names import earlier_name
from forum.files.wording import kind_words, size_words
from forum.fronts import NetworkHead, network_head
from forum.made_card_queries import MadeCard, list_made_cards
from forum.network_reads import get_network_by_id
from forum.policy import (
    DocumentStanding,
    looks_after,
    may_add_version,
    may_await_document,
    may_break_lock,
    may_change_document,
    may_discuss,
    may_have_file,
    may_hold,
    may_keep_read_state,
    may_look_back,
    may_make_card,
    may_open_versions,
    may_report_document,
    may_restore,
    may_say_read,
    may_start_thread,
    may_withdraw,
    why_undiscussed,
)
from forum.records import Document, DocumentVersion, Folder
from forum.rendering import render_page
from forum.state import State, state_of, viewer_of
from forum.viewer import Viewer

MOST_VERSIONS = 20
MOST_PAGES = 10
"""Of the version that is looked at: a page of their own shows the others."""
HIGHEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class May:
    """What the viewer may do with it."""

    add: bool
    change: bool
    withdraw: bool
    restore: bool
    lock: bool
    release: bool
    break_lock: bool
    wish: bool
    say_read: bool
    open: bool
    report: bool
    look_back: bool
    hold: bool
    discuss: bool
    make_card: bool


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version in the list."""

    version: DocumentVersion
    size: str


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A document: `documents/document.html`; an earlier version is marked across it."""

    head: NetworkHead
    document: Document
    shown: DocumentVersion
    """The version that is looked at."""
    is_current: bool
    kind: str
    size: str
    way: Sequence[Folder]
    versions: Sequence[VersionRow]
    earlier: str
    """Where the list of versions goes on."""
    may: May
    own: OwnStanding
    readers: Readers | None
    is_own: bool
    """The viewer looks after it."""
    discussion: Discussion | None
    may_discuss: bool
    """Nobody has talked about it yet, and the viewer may begin."""
    why_silent: str
    """Why nobody can talk about it; empty where somebody can."""
    view: Reading | None
    """What is in the version, for who may open it."""
    held_back: str
    """The sentence that says why its file is given to nobody, or not yet."""
    held_to: int
    """The newest version before it that can be opened instead; 0 for none."""
    made: Sequence[MadeCard]
    """Cards that were made of it."""
    alike: Alike | None
    """What is there already, for who shared it a moment ago."""


async def show_document(request: Request) -> Response:
    """The document, with its newest version."""
    return await _show(request, None)


async def show_version(request: Request) -> Response:
    """The document as it was at one time; marked, and leading to the newest."""
    return await _show(request, request.path_params["number"])


async def _show(request: Request, number: int | None) -> Response:
    state, viewer = state_of(request), await viewer_of(request)
    try:
        page = await _make_page(request, viewer, number)
    except NotFound:
        async with state.database.read() as connection:
            return await show_erased(request, connection, viewer, request.path_params["document_id"])
    document = page.document
    # What is shown of the file is read here; where nothing is, or nobody may have it, whoever downloads it opens it.
    is_read = page.view is not None and bool(page.view.pages)
    is_first = is_read and may_keep_read_state(viewer, document.network_id) and not page.own.has_opened
    if is_first and state.database.keeps:
        async with state.transaction() as tx:
            await note_opening(tx, viewer, document.id)
    is_open = page.head.access == "open" and page.is_current
    return render_page(
        request,
        viewer,
        "documents/document.html",
        page,
        title=document.title,
        network_id=document.network_id,
        indexed=is_open,
    )


async def _make_page(request: Request, viewer: Viewer, number: int | None) -> DocumentPage:
    state, document_id = state_of(request), request.path_params["document_id"]
    async with state.database.read() as connection:
        document = await get_document(connection, viewer, document_id)
        found = await get_network_by_id(connection, viewer, document.network_id)
        tree = await read_tree(connection, viewer, document.network_id)
        shown = await _get_shown(connection, viewer, document, number)
        is_shown, held_back = may_open_versions(viewer, document), may_have_file(shown.check).reason
        most = MOST_VERSIONS + 1 if is_shown else 0
        listed = await list_versions(connection, viewer, document_id, before=_last_listed(request), at_most=most)
        own = await read_own(connection, viewer, document)
        readers = await read_readers(connection, viewer, document)
        discussion = await find_discussion(connection, viewer, document)
        made = await list_made_cards(connection, viewer, "document", document_id)
        alike = await find_alike(connection, viewer, document)
        view = await read_version(connection, shown, 1, MOST_PAGES) if is_shown and not held_back else None
    versions = listed[:MOST_VERSIONS]
    return DocumentPage(
        head=network_head(viewer, found),
        document=document,
        shown=shown,
        is_current=shown.number == document.version_count,
        kind=kind_words(shown.media_type),
        size=size_words(shown.size),
        way=tree.way_to(document.folder_id),
        versions=[VersionRow(each, size_words(each.size)) for each in versions],
        earlier=f"?before={versions[-1].number}#versions" if len(listed) > MOST_VERSIONS else "",
        may=_may(viewer, document, shown),
        own=own,
        readers=readers,
        is_own=looks_after(viewer, document),
        discussion=discussion,
        may_discuss=may_discuss(viewer, document),
        why_silent=why_undiscussed(document),
        view=view,
        held_back=held_back,
        held_to=next((each.number for each in versions if each.number < shown.number and each.check is None), 0),
        made=made,
        alike=alike,
    )


def _last_listed(request: Request) -> int:
    """Before which number the list of versions goes on."""
    before = request.query_params.get("before", "")
    return int(before) if before.isascii() and before.isdigit() and len(before) < 10 else HIGHEST


async def _get_shown(
    connection: AsyncConnection, viewer: Viewer, document: Document, number: int | None
) -> DocumentVersion:
    """The version that is asked for, the newest without a number. Raises NotFound."""
    if number is None or number == document.version_count:
        return document.current
    if number > HIGHEST or not may_open_versions(viewer, document):
        raise NotFound
    return await get_version(connection, viewer, document.id, number)


def _may(viewer: Viewer, document: Document, shown: DocumentVersion) -> May:
    lock = document.lock
    may_add = bool(may_add_version(viewer, document))
    owner_id = document.owner.id if document.owner else None
    standing = DocumentStanding(document.network_id, owner_id, shown.author.id, document.state == "withdrawn")
    is_theirs = lock is not None and lock.holder.id == viewer.id
    return May(
        add=may_add,
        change=bool(may_change_document(viewer, document)),
        withdraw=bool(may_withdraw(viewer, document)),
        restore=bool(may_restore(viewer, document)),
        lock=may_add and lock is None,
        release=is_theirs,
        break_lock=lock is not None and not is_theirs and bool(may_break_lock(viewer, document)),
        wish=lock is not None and not is_theirs and bool(may_await_document(viewer, document)),
        say_read=may_say_read(viewer, document),
        open=may_open_versions(viewer, document),
        report=bool(may_report_document(viewer, standing)),
        hold=bool(may_hold(viewer, document)),
        discuss=document.state != "withdrawn" and bool(may_start_thread(viewer, document.network_id)),
        look_back=bool(may_look_back(viewer, document.network_id)),
        make_card=document.state != "withdrawn" and bool(may_make_card(viewer, document.network_id)),
    )


# -- The bytes -------------------------------------------------------------------------------------


async def download(request: Request) -> Response:
    """The bytes of the newest version, or of the one that is named; always to be kept, never to be opened as ours."""
    viewer, state = await viewer_of(request), state_of(request)
    number = request.path_params.get("number")
    async with state.database.read() as connection:
        document = await get_document(connection, viewer, request.path_params["document_id"])
        if not may_open_versions(viewer, document) or (number is not None and number > HIGHEST):
            raise NotFound
        version = document.current
        if number is not None and number != version.number:
            version = await get_version(connection, viewer, document.id, number)
        own = await read_own(connection, viewer, document)
    refuse_held_back(version)
    if may_keep_read_state(viewer, document.network_id) and not own.has_opened:
        async with state.transaction() as tx:
            await note_opening(tx, viewer, document.id)
    return as_download(state, version, is_newest=version.number == document.version_count)


def refuse_held_back(version: DocumentVersion) -> None:
    """Raises Forbidden where its file is given to nobody, or not yet."""
    decision = may_have_file(version.check)
    if not decision:
        raise Forbidden(decision.reason)


def as_download(state: State, version: DocumentVersion, *, is_newest: bool) -> Response:
    """The bytes of a version whose reader may have them; an earlier one says in its name which it is."""
    name = version.name if is_newest else earlier_name(version.name, version.number)
    return Download(state.files, File(version.sha256, version.size, version.media_type, name))
