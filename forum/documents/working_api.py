"""Who works on a document, and who has read it, in the JSON API."""

from starlette.requests import Request
from starlette.responses import Response

from auth.rules import DOCUMENTS, EDITS
from forum.asking import limit
from forum.documents.hold_commands import set_hold
from forum.documents.inputs import Breaking, Working
from forum.documents.lock_commands import break_lock, release_lock, take_lock, wish_for
from forum.documents.presenting import ApiDocument, api_document
from forum.documents.queries import get_document
from forum.documents.reading_commands import say_read
from forum.forms import read_json, validate
from forum.openapi import operation
from forum.rendering import PRIVATE
from forum.state import account_of, state_of, viewer_of
from forum.versions import object_answer

TAG = "Documents"


def _done() -> Response:
    return Response(status_code=204, headers={"Cache-Control": PRIVATE})


@operation("Work on a document", TAG, {200: ApiDocument}, body=Working, refusals=(403,), has_etag=True)
async def api_take_lock(request: Request) -> Response:
    """Say that the caller works on it, so that nobody else shares a version; it ends 8 hours after the last time."""
    viewer, state = await account_of(request), state_of(request)
    value = validate(Working, await read_json(request))
    await limit(request, DOCUMENTS, viewer.id)
    async with state.transaction() as tx:
        await take_lock(tx, viewer, request.path_params["document_id"], value.purpose)
    return await _shown(request)


async def _shown(request: Request) -> Response:
    viewer, state = await viewer_of(request), state_of(request)
    async with state.database.read() as connection:
        document = await get_document(connection, viewer, request.path_params["document_id"])
    return object_answer(request, api_document(document, state.settings.public_url), document.version)


@operation("Work on a document no longer", TAG, {204: None}, refusals=(403,))
async def api_release_lock(request: Request) -> Response:
    """Say that the caller works on it no longer; those who wished to know are told."""
    viewer, state = await account_of(request), state_of(request)
    async with state.transaction() as tx:
        await release_lock(tx, viewer, request.path_params["document_id"])
    return _done()


@operation("Free a document", TAG, {204: None}, body=Breaking, refusals=(403,))
async def api_break_lock(request: Request) -> Response:
    """End what somebody else works on; they are told, and the log says why. For administrators."""
    viewer, state = await account_of(request), state_of(request)
    value = validate(Breaking, await read_json(request))
    await limit(request, EDITS, viewer.id)
    async with state.transaction() as tx:
        await break_lock(tx, viewer, request.path_params["document_id"], value.reason)
    return _done()


@operation("Be told when a document is free", TAG, {204: None}, refusals=(403,))
async def api_wish(request: Request) -> Response:
    """Be told, once, when nobody works on it any more."""
    viewer, state = await account_of(request), state_of(request)
    async with state.transaction() as tx:
        await wish_for(tx, viewer, request.path_params["document_id"], wished=True)
    return _done()


@operation("Not be told when a document is free", TAG, {204: None}, refusals=(403,))
async def api_wish_no_more(request: Request) -> Response:
    """Take that wish back."""
    viewer, state = await account_of(request), state_of(request)
    async with state.transaction() as tx:
        await wish_for(tx, viewer, request.path_params["document_id"], wished=False)
    return _done()


@operation("Hold a withdrawn document back", TAG, {204: None}, body=Breaking, refusals=(403,))
async def api_hold_document(request: Request) -> Response:
    """Keep a withdrawn document from being deleted, for a reason that the log keeps. For administrators."""
    viewer, state = await account_of(request), state_of(request)
    value = validate(Breaking, await read_json(request))
    await limit(request, EDITS, viewer.id)
    async with state.transaction() as tx:
        await set_hold(tx, viewer, request.path_params["document_id"], value.reason)
    return _done()


@operation("Let a held document go", TAG, {204: None}, refusals=(403,))
async def api_let_document_go(request: Request) -> Response:
    """It is deleted thirty days after it was withdrawn, as others are."""
    viewer, state = await account_of(request), state_of(request)
    async with state.transaction() as tx:
        await set_hold(tx, viewer, request.path_params["document_id"], None)
    return _done()


@operation("Say that one has read a document", TAG, {204: None}, refusals=(403,))
async def api_say_read(request: Request) -> Response:
    """Say that the caller has read the newest version, where its owner asks for that."""
    viewer, state = await account_of(request), state_of(request)
    async with state.transaction() as tx:
        await say_read(tx, viewer, request.path_params["document_id"])
    return _done()
