"""The library of a network and its folders: what lies there, in the order that the reader chose."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from forum.asking import open_network, read_page_query
from forum.documents.archive_queries import count_held_back
from forum.documents.cursors import make_cursor, read_cursor
from forum.documents.folder_queries import Tree, get_folder, read_tree
from forum.documents.inputs import Listing
from forum.documents.queries import Place, Wanted, list_documents
from forum.errors import NotFound
from forum.files.store import MEGABYTE
from forum.files.wording import kind_symbol, kind_words, size_words
from forum.filing import find_room, most_words
from forum.fronts import NetworkHead, network_head
from forum.network_reads import Found, get_network_by_id
from forum.policy import may_change_document, may_change_folder, may_share
from forum.records import Document, DocumentOrder, Folder
from forum.rendering import render_page
from forum.settings import Settings
from forum.state import state_of, viewer_of
from forum.viewer import Viewer

PAGE_SIZE = 50
ORDERS: dict[DocumentOrder, str] = {
    "newest": "Newest",
    "name": "Name",
    "kind": "Type",
    "size": "Size",
    "person": "Person",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A document in the list."""

    document: Document
    kind: str
    symbol: str
    size: str
    may_move: bool


@dataclass(frozen=True, slots=True)
class FolderRow:
    """A folder in the list."""

    folder: Folder
    count: int
    folder_count: int
    may_move: bool


@dataclass(frozen=True, slots=True)
class LibraryPage:
    """The library, or one of its folders: `documents/library.html`."""

    head: NetworkHead
    folder: Folder | None
    way: Sequence[Folder]
    """The folders above this one."""
    folders: Sequence[FolderRow]
    rows: Sequence[Row]
    order: DocumentOrder
    orders: Sequence[tuple[str, str, str]]
    path: str
    withdrawn: bool
    is_first: bool
    later: str
    held_back: int
    """So many that lie here or below are given to nobody just now, and not in a zip."""
    may_share: bool
    may_change: bool
    room: str
    """How large a file may be, where the network has room for less than one may have; for who may share."""


async def show_library(request: Request) -> Response:
    """What lies in no folder, and the folders; or what was withdrawn."""
    viewer, found = await open_network(request)
    async with state_of(request).database.read() as connection:
        tree = await read_tree(connection, viewer, found.network.id)
    return await _show(request, viewer, found, tree, None)


async def show_folder(request: Request) -> Response:
    """What lies in this folder."""
    viewer = await viewer_of(request)
    async with state_of(request).database.read() as connection:
        folder = await get_folder(connection, viewer, request.path_params["folder_id"])
        found = await get_network_by_id(connection, viewer, folder.network_id)
        tree = await read_tree(connection, viewer, folder.network_id)
    if folder.id not in tree.by_id:
        raise NotFound
    return await _show(request, viewer, found, tree, folder)


def _row(viewer: Viewer, document: Document) -> Row:
    media_type, size = document.current.media_type, size_words(document.current.size)
    return Row(
        document, kind_words(media_type), kind_symbol(media_type), size, bool(may_change_document(viewer, document))
    )


def _folder_row(viewer: Viewer, folder: Folder, tree: Tree) -> FolderRow:
    return FolderRow(
        folder, tree.counts.get(folder.id, 0), len(tree.inside(folder.id)), bool(may_change_folder(viewer, folder))
    )


async def _count_held_back(connection: AsyncConnection, viewer: Viewer, wanted: Wanted, tree: Tree) -> int:
    """Of all that a zip of this place would hold."""
    if wanted.withdrawn:
        return 0
    below = tree.below(wanted.folder_id) if wanted.folder_id else None
    return await count_held_back(connection, viewer, wanted.network_id, below)


async def _room(connection: AsyncConnection, settings: Settings, network_id: str) -> str:
    """Said only where there is less of it than one file may take."""
    room = await find_room(connection, settings, network_id)
    return most_words(room, settings) if room.left < settings.file_mb * MEGABYTE else ""


def _later(path: str, order: DocumentOrder, kept: dict[str, str], after: Place | None) -> str:
    """The address of what follows; empty where nothing does."""
    if after is None:
        return ""
    return f"{path}?{urlencode({'order': order, 'after': make_cursor(order, after), **kept})}"


async def _show(request: Request, viewer: Viewer, found: Found, tree: Tree, folder: Folder | None) -> Response:
    asked = read_page_query(request, Listing, limit=PAGE_SIZE, folder=None)
    withdrawn = asked.withdrawn and folder is None
    wanted = Wanted(
        found.network.id,
        asked.order,
        folder_id=folder.id if folder else None,
        is_top=folder is None and not withdrawn,
        withdrawn=withdrawn,
        after=read_cursor(asked.after, asked.order),
    )
    async with state_of(request).database.read() as connection:
        listed, after = await list_documents(connection, viewer, wanted, PAGE_SIZE)
        held_back = await _count_held_back(connection, viewer, wanted, tree)
        room = await _room(connection, state_of(request).settings, found.network.id)
    path = f"/folders/{folder.id}" if folder else f"/networks/{found.network.slug}/documents"
    kept = {"withdrawn": "true"} if withdrawn else {}
    inside = [] if withdrawn or asked.after else tree.inside(folder.id if folder else None)
    page = LibraryPage(
        head=network_head(viewer, found),
        folder=folder,
        way=tree.way_to(folder.id)[:-1] if folder else (),
        folders=[_folder_row(viewer, each, tree) for each in inside],
        rows=[_row(viewer, each) for each in listed],
        order=asked.order,
        orders=[(key, words, f"{path}?{urlencode({'order': key, **kept})}") for key, words in ORDERS.items()],
        path=path,
        withdrawn=withdrawn,
        is_first=not asked.after,
        later=_later(path, asked.order, kept, after),
        held_back=held_back,
        may_share=bool(may_share(viewer, found.network.id, folder)),
        may_change=folder is not None and bool(may_change_folder(viewer, folder)),
        room=room,
    )
    title = folder.name if folder else f"Documents of {found.network.name}"
    is_open = found.network.access == "open"
    return render_page(
        request, viewer, "documents/library.html", page, title=title, network_id=found.network.id, indexed=is_open
    )
