"""The library of a network and its folders: what lies there, in the order that the reader chose."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from forum.asking import open_network, read_page_query
from forum.documents.cursors import make_cursor, read_cursor
from forum.documents.folder_queries import Tree, get_folder, read_tree
from forum.documents.inputs import Listing
from forum.documents.queries import Wanted, list_documents
from forum.errors import NotFound
from forum.files.wording import kind_words, size_words
from forum.fronts import NetworkHead, network_head
from forum.network_reads import Found, get_network_by_id
from forum.policy import may_change_folder, may_share
from forum.records import Document, DocumentOrder, Folder
from forum.rendering import render_page
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
    size: str


@dataclass(frozen=True, slots=True)
class FolderRow:
    """A folder in the list."""

    folder: Folder
    count: int


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
    may_share: bool
    may_change: bool


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
    path = f"/folders/{folder.id}" if folder else f"/networks/{found.network.slug}/documents"
    kept = {"withdrawn": "true"} if withdrawn else {}
    inside = [] if withdrawn or asked.after else tree.inside(folder.id if folder else None)
    page = LibraryPage(
        head=network_head(viewer, found),
        folder=folder,
        way=tree.way_to(folder.id)[:-1] if folder else (),
        folders=[FolderRow(each, tree.counts.get(each.id, 0)) for each in inside],
        rows=[Row(each, kind_words(each.current.media_type), size_words(each.current.size)) for each in listed],
        order=asked.order,
        orders=[(key, words, f"{path}?{urlencode({'order': key, **kept})}") for key, words in ORDERS.items()],
        path=path,
        withdrawn=withdrawn,
        is_first=not asked.after,
        later=f"{path}?{urlencode({'order': asked.order, 'after': make_cursor(asked.order, after), **kept})}"
        if after
        else "",
        may_share=bool(may_share(viewer, found.network.id, folder)),
        may_change=folder is not None and bool(may_change_folder(viewer, folder)),
    )
    title = folder.name if folder else f"Documents of {found.network.name}"
    is_open = found.network.access == "open"
    return render_page(
        request, viewer, "documents/library.html", page, title=title, network_id=found.network.id, indexed=is_open
    )
