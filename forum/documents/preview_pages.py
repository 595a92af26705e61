"""Reading a version without its file: its pages some at a time, and the picture of each."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from forum.documents.preview_queries import Reading, get_picture, read_version
from forum.documents.queries import get_document, get_version
from forum.errors import Forbidden, NotFound
from forum.files.downloads import Download
from forum.policy import may_have_file, may_open_versions
from forum.records import Document, DocumentVersion
from forum.rendering import render_page
from forum.state import state_of, viewer_of
from forum.viewer import Viewer

PAGES_AT_ONCE = 20
_HIGHEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class ReadingPage:
    """Some pages of a version: `documents/pages.html`."""

    document: Document
    version: DocumentVersion
    is_current: bool
    view: Reading
    earlier_from: int
    """The page from which the part before this one goes; 0 where this is the first."""


async def show_pages(request: Request) -> Response:
    """The pages of a version from `?page=` on."""
    state, viewer = state_of(request), await viewer_of(request)
    asked = request.query_params.get("page", "")
    page = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 8 else 1
    first = max(0, page - 1) // PAGES_AT_ONCE * PAGES_AT_ONCE + 1
    async with state.database.read() as connection:
        document, version = await get_readable(connection, viewer, request)
        view = await read_version(connection, version, first, PAGES_AT_ONCE)
    if first > 1 and not view.pages:
        raise NotFound
    shown = ReadingPage(
        document, version, version.number == document.version_count, view, max(0, first - PAGES_AT_ONCE)
    )
    return render_page(
        request, viewer, "documents/pages.html", shown, title=document.title, network_id=document.network_id
    )


async def show_picture(request: Request) -> Response:
    """One page as a picture of one of the widths."""
    state, viewer, asked = state_of(request), await viewer_of(request), request.path_params
    if max(asked["page"], asked["fits"]) > _HIGHEST:
        raise NotFound
    async with state.database.read() as connection:
        _, version = await get_readable(connection, viewer, request)
        picture = await get_picture(connection, version, asked["page"], asked["fits"])
    return Download(state.files, picture, is_ours=True)


async def get_readable(
    connection: AsyncConnection, viewer: Viewer, request: Request
) -> tuple[Document, DocumentVersion]:
    """The document and the version in the address, for a viewer who may open it. Raises NotFound."""
    document_id, number = request.path_params["document_id"], request.path_params["number"]
    document = await get_document(connection, viewer, document_id)
    if number > _HIGHEST or not may_open_versions(viewer, document):
        raise NotFound
    version = document.current
    if number != version.number:
        version = await get_version(connection, viewer, document_id, number)
    decision = may_have_file(version.check)
    if not decision:
        raise Forbidden(decision.reason)
    return document, version
