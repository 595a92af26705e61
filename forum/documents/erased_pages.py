"""The line that stays where a document was erased, for who would have read it there."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from forum.documents.erased_queries import find_erased
from forum.errors import NotFound
from forum.fronts import NetworkHead, network_head
from forum.network_reads import get_network_by_id
from forum.rendering import render_page
from forum.viewer import Viewer

GONE = 410


@dataclass(frozen=True, slots=True)
class ErasedPage:
    """What is said of a document that is no more: `documents/erased.html`."""

    head: NetworkHead
    erased_at: datetime
    reason: str


async def show_erased(request: Request, connection: AsyncConnection, viewer: Viewer, document_id: str) -> Response:
    """Say that it was erased. Raises NotFound where none was that this viewer might know of."""
    erased = await find_erased(connection, viewer, document_id)
    if erased is None:
        raise NotFound
    found = await get_network_by_id(connection, viewer, erased.network_id)
    page = ErasedPage(network_head(viewer, found), erased.erased_at, erased.reason)
    title = "A document that was erased"
    return render_page(
        request, viewer, "documents/erased.html", page, title=title, network_id=erased.network_id, status=GONE
    )
