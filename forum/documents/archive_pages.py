"""A folder, or the whole library, as one zip that is made while it goes out.

Rights are asked again before each file: whoever is removed meanwhile gets no more of them. What can't be given is
named in a text at the end, as far as this person may know of it. Nothing is written anywhere.
"""

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from forum.asking import open_network
from forum.documents.folder_queries import Tree, get_folder, read_tree
from forum.documents.queries import Place, Wanted, find_document, list_documents
from forum.errors import FileDamaged, NotFound, Unavailable
from forum.files.names import clean_name, disposition
from forum.files.zips import Names, ZipStream
from forum.policy import may_have_file, may_open_versions
from forum.records import Document
from forum.state import State, state_of, viewer_of
from forum.viewer import Viewer, signed_out_viewer, viewer_of_account
from ground.columns import now

PART = 100
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}$")
LEFT_OUT = "Not in this zip.txt"
_WITHDRAWN = "It was withdrawn while this zip was made."
_UNREADABLE = "Its file could not be read just now. Try again, or tell whoever runs this site."
_DAMAGED = "Its file is damaged on the server. Tell whoever runs this site."
_CLOSED = "More documents were to follow, and are not open to you any more."
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
    left_out: list[str] = field(default_factory=list)
    """A line for each document that is not in it, and why."""
    is_closed: bool = False
    """Something was there a moment ago, of which this person may know nothing any more."""

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
        async for chunk in self._say_what_is_left_out():
            yield chunk
        yield self.zip.end()

    async def _documents(self, folder_id: str | None, path: str) -> AsyncGenerator[bytes, None]:
        after: Place | None = None
        while True:
            wanted = Wanted(self.network_id, "name", folder_id=folder_id, is_top=folder_id is None, after=after)
            async with self.state.database.read() as connection:
                listed, after = await list_documents(connection, self.viewer, wanted, PART)
            for each in listed:
                async for chunk in self._still(each, path):
                    yield chunk
            if after is None:
                return

    async def _still(self, listed: Document, path: str) -> AsyncGenerator[bytes, None]:
        """The document as it stands now, as far as this person may have it."""
        database = self.state.database
        who = await viewer_of_account(database, self.viewer.id) if self.viewer.id else await signed_out_viewer(database)
        document: Document | None = None
        if who is not None:
            async with database.read() as connection:
                document = await find_document(connection, who, listed.id)
        if who is None or document is None or not may_open_versions(who, document):
            self.is_closed = True
        elif document.state == "withdrawn":
            self._leave_out(document, path, _WITHDRAWN)
        elif not (may := may_have_file(document.current.check)):
            self._leave_out(document, path, may.reason)
        else:
            async for chunk in self._document(document, path):
                yield chunk

    async def _document(self, document: Document, path: str) -> AsyncGenerator[bytes, None]:
        """Its newest file. Whether that can be had shows at its first bytes, before the zip names it."""
        version = document.current
        async with aclosing(self.state.files.read(version.sha256, size=version.size)) as chunks:
            try:
                first = await anext(chunks, b"")
            except FileDamaged:
                self._leave_out(document, path, _DAMAGED)
                return
            except Unavailable:
                self._leave_out(document, path, _UNREADABLE)
                return
            name = self.names.take(path, named(document.title, version.name))
            async for chunk in self.zip.file(name, version.created_at, version.size, _with_first(first, chunks)):
                yield chunk

    def _leave_out(self, document: Document, path: str, why: str) -> None:
        self.left_out.append(f"{path}{document.title}\r\n    {why}")

    async def _say_what_is_left_out(self) -> AsyncGenerator[bytes, None]:
        said = [*self.left_out, *([_CLOSED] if self.is_closed else [])]
        if said:
            text = "\r\n\r\n".join(["These are not in this zip:", *said, ""]).encode("utf-8-sig")
            name = self.names.take("", LEFT_OUT)
            async for chunk in self.zip.file(name, now(), len(text), _with_first(text)):
                yield chunk


def named(title: str, file_name: str) -> str:
    """What a document is called, with the ending of its file: a name that any system takes."""
    ending = _ENDING.search(clean_name(file_name))
    said = ending[0] if ending else ""
    words = re.sub(r"[/\\]", "-", title).strip()  # in a title they part no folders
    return clean_name(words if words.lower().endswith(said.lower()) else f"{words}{said}")


async def _with_first(first: bytes, rest: AsyncGenerator[bytes, None] | None = None) -> AsyncGenerator[bytes, None]:
    yield first
    if rest is not None:
        async for chunk in rest:
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
