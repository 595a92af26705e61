"""What changed between two versions of a document, where text can be had."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from forum.documents.document_pages import HIGHEST, MOST_VERSIONS
from forum.documents.preview_queries import Words, read_words
from forum.documents.queries import get_document, get_version, list_versions
from forum.errors import NotFound
from forum.fronts import NetworkHead, network_head
from forum.network_reads import get_network_by_id
from forum.policy import may_open_versions
from forum.records import Document, DocumentVersion
from forum.rendering import render_page
from forum.state import state_of, viewer_of
from forum.text.differences import Change, Differences, compare

MOST_CHANGES = 300
"""Places that are shown on the page."""


@dataclass(frozen=True, slots=True)
class DifferencesPage:
    """What changed from one version to a later one: `documents/differences.html`."""

    head: NetworkHead
    document: Document
    before: DocumentVersion
    after: DocumentVersion
    versions: Sequence[DocumentVersion]
    """From which one may choose another to begin with."""
    why: str
    """Why nothing can be compared; empty where something can."""
    changes: Sequence[Change]
    rest: int
    is_all: bool


async def show_differences(request: Request) -> Response:
    """What changed since the version before, or since `?since=`."""
    state, viewer = state_of(request), await viewer_of(request)
    document_id, number = request.path_params["document_id"], request.path_params["number"]
    async with state.database.read() as connection:
        document = await get_document(connection, viewer, document_id)
        since = _since(request, number)
        if number > HIGHEST or since >= number or not may_open_versions(viewer, document):
            raise NotFound
        found = await get_network_by_id(connection, viewer, document.network_id)
        after = await get_version(connection, viewer, document_id, number)
        before = await get_version(connection, viewer, document_id, since) if since else after
        versions = await list_versions(connection, viewer, document_id, before=number, at_most=MOST_VERSIONS)
        words = [await read_words(connection, each) for each in (before, after)]
    why = _why(before, after, *words)
    told = Differences((), 0, True) if why else await asyncio.to_thread(compare, words[0].text, words[1].text)
    is_all = told.is_whole and len(told.changes) <= MOST_CHANGES and all(each.is_whole for each in words)
    page = DifferencesPage(
        network_head(viewer, found),
        document,
        before,
        after,
        versions,
        why,
        told.changes[:MOST_CHANGES],
        told.rest,
        is_all,
    )
    title = f"What changed in {document.title}"
    return render_page(request, viewer, "documents/differences.html", page, title=title, network_id=document.network_id)


def _since(request: Request, number: int) -> int:
    """The version to begin with; 0 for the first version, which has none before it. Raises NotFound."""
    asked = request.query_params.get("since", str(number - 1))
    if number == 1 and "since" not in request.query_params:
        return 0
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10) or int(asked) < 1:
        raise NotFound
    return int(asked)


def _why(before: DocumentVersion, after: DocumentVersion, old: Words, new: Words) -> str:
    if before.number == after.number:
        return "This is the first version. There is nothing before it to compare it with."
    if before.sha256 == after.sha256:
        return "Both versions are the same file."
    if not (old.is_ready and new.is_ready):
        return "The text is still being read. Load this page again in a few seconds."
    if not (old.text.strip() and new.text.strip()):
        return "There is no text to compare: it could not be read in one of them. Download both to compare them."
    return ""
