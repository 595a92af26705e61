"""A folder, or the whole library, as one zip that is made while it goes out.

Rights are asked again before each file: whoever is removed meanwhile gets no more of them. Nothing is written anywhere.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from forum.asking import open_network
from forum.documents.folder_queries import Tree, get_folder, read_tree
from forum.documents.queries import Place, Wanted, find_document, list_documents
from forum.errors import NotFound
from forum.files.names import clean_name, disposition
from forum.files.zips import Names, ZipStream
from forum.policy import may_open_versions
from forum.records import Document
from forum.state import State, state_of, viewer_of
from forum.viewer import Viewer, signed_out_viewer, viewer_of_account
from ground.columns import now

PART = 100
_HEADERS = {
    "Content-Type": "application/zip",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
}


@dataclass(slots=True)
class _Packing:
    state: State
    viewer: Viewer
    network_id: str
    tree: Tree
    zip: ZipStream
    names: Names

    async def run(self, folder_id: str | None) -> AsyncGenerator[bytes, None]:
        """All that lies in this folder and below, as far as this viewer may see it at that moment."""
        waiting: list[tuple[str | None, str]] = [(folder_id, "")]
        while waiting:
            inside, path = waiting.pop()
            async for chunk in self._documents(inside, path):
                yield chunk
            for folder in self.tree.inside(inside):
                own = self.names.take(path, clean_name(folder.name)) + "/"
                yield self.zip.folder(own, folder.created_at)
                waiting.append((folder.id, own))
        yield self.zip.end()

    async def _documents(self, folder_id: str | None, path: str) -> AsyncGenerator[bytes, None]:
        after: Place | None = None
        while True:
            wanted = Wanted(self.network_id, "name", folder_id=folder_id, is_top=folder_id is None, after=after)
            async with self.state.database.read() as connection:
                listed, after = await list_documents(connection, self.viewer, wanted, PART)
            for each in listed:
                document = await self._still(each)
                if document is not None:
                    async for chunk in self._document(document, path):
                        yield chunk
            if after is None:
                return

    async def _still(self, listed: Document) -> Document | None:
        """The document as it stands now; None where this person may not have it any more."""
        database = self.state.database
        who = await viewer_of_account(database, self.viewer.id) if self.viewer.id else await signed_out_viewer(database)
        if who is None:
            return None
        async with database.read() as connection:
            document = await find_document(connection, who, listed.id)
        is_there = document is not None and document.state != "withdrawn" and may_open_versions(who, document)
        return document if is_there else None

    async def _document(self, document: Document, path: str) -> AsyncGenerator[bytes, None]:
        version = document.current
        name = self.names.take(path, clean_name(version.name))
        chunks = self.state.files.read(version.sha256)
        async for chunk in self.zip.file(name, version.created_at, version.size, chunks):
            yield chunk


async def download_folder(request: Request) -> Response:
    """A folder with all that lies in it."""
    viewer = await viewer_of(request)
    async with state_of(request).database.read() as connection:
        folder = await get_folder(connection, viewer, request.path_params["folder_id"])
        tree = await read_tree(connection, viewer, folder.network_id)
    if folder.id not in tree.by_id:
        raise NotFound
    return _answer(request, viewer, folder.network_id, tree, folder.id, folder.name)


async def download_library(request: Request) -> Response:
    """All documents of a network, in their folders."""
    viewer, found = await open_network(request)
    async with state_of(request).database.read() as connection:
        tree = await read_tree(connection, viewer, found.network.id)
    return _answer(request, viewer, found.network.id, tree, None, f"{found.network.name} {now():%Y-%m-%d}")


def _answer(
    request: Request, viewer: Viewer, network_id: str, tree: Tree, folder_id: str | None, name: str
) -> Response:
    headers = {**_HEADERS, "Content-Disposition": disposition(f"{name}.zip")}
    if request.method == "HEAD":
        return Response(headers=headers)
    packing = _Packing(state_of(request), viewer, network_id, tree, ZipStream(), Names())
    return StreamingResponse(packing.run(folder_id), headers=headers)
