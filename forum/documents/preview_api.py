"""What can be shown of a version, in the JSON API: page by page, with the addresses of their pictures."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from forum.documents.inputs import VersionListing
from forum.documents.preview_pages import get_readable, show_picture
from forum.documents.preview_queries import Reading, read_version
from forum.forms import read_query
from forum.network_reads import get_network_by_id
from forum.openapi import operation
from forum.records import DocumentVersion
from forum.rendering import PRIVATE
from forum.state import state_of, viewer_of
from ground.answers import Answer

TAG = "Documents"
_HIGHEST = 2**31 - 1


class ApiPicture(Answer):
    """A page as a WebP picture that is so many pixels wide and high."""

    fits: int
    """The width that it was made for."""
    width: int
    height: int
    url: str


class ApiPreviewPage(Answer):
    """A page, a sheet or a slide: drawn, or as clean markup, or as its words."""

    number: int
    title: str
    html: str
    words: str
    """Where neither markup nor a picture says them."""
    pictures: list[ApiPicture]


class ApiPreviewPages(Answer):
    """What can be shown of a version, some pages at a time."""

    items: list[ApiPreviewPage]
    next: str | None
    kind: str
    """Of file; empty until that is known."""
    ready: bool
    """Nothing more is to come."""
    refused: bool
    why: str
    """Why nothing is shown, or not all; else empty."""
    page_count: int
    """Of the file."""
    as_of: dict[str, list[str | int]]


@operation("List the pages of a version", TAG, {200: ApiPreviewPages}, query=VersionListing, is_public=True)
async def api_list_pages(request: Request) -> Response:
    """What can be read of a version without its file. Made by a worker soon after it was shared: until then `ready` is
    false."""
    asked = read_query(request, VersionListing)
    state, viewer = state_of(request), await viewer_of(request)
    first = min(int(asked.after) + 1, _HIGHEST) if asked.after else 1
    async with state.database.read() as connection:
        document, version = await get_readable(connection, viewer, request)
        found = await get_network_by_id(connection, viewer, document.network_id)
        view = await read_version(connection, version, first, asked.limit)
    body = _shown(view, version, state.settings.public_url) | {"as_of": found.positions(viewer)}
    return JSONResponse(body, headers={"Cache-Control": PRIVATE})


def _shown(view: Reading, version: DocumentVersion, public_url: str) -> dict[str, object]:
    path = f"{public_url}/api/v1/documents/{version.document_id}/versions/{version.number}/pages"
    items = [
        {
            "number": page.number,
            "title": page.title,
            "html": page.html,
            "words": page.words,
            "pictures": [
                {"fits": fits, "width": each.width, "height": each.height, "url": f"{path}/{page.number}/{fits}"}
                for fits, each in page.pictures.items()
            ],
        }
        for page in view.pages
    ]
    return {
        "items": items,
        "next": str(view.pages[-1].number) if view.more_from else None,
        "kind": view.kind,
        "ready": view.is_ready,
        "refused": view.is_refused,
        "why": view.why,
        "page_count": view.page_count,
    }


@operation("Read the picture of a page", TAG, {200: None, 206: None}, is_public=True)
async def api_show_picture(request: Request) -> Response:
    """One page of a version, made for one of the widths that its list names (`fits`), as WebP."""
    return await show_picture(request)
