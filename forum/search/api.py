"""The search in the JSON API."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from forum.addresses import get
from forum.forms import read_query
from forum.openapi import operation
from forum.rendering import PRIVATE
from forum.search.asking import ask_limit, asked_for, in_turn
from forum.search.inputs import Searching
from forum.search.presenting import ApiFoundList, api_found
from forum.search.queries import list_shown
from forum.search.searching import find, words_shown
from forum.state import state_of, viewer_of

TAG = "Search"


@operation("Search", TAG, {200: ApiFoundList}, query=Searching, is_public=True)
async def api_search(request: Request) -> Response:
    """What the caller may read, best first: threads, posts, documents, cards, people and networks.

    Each word, in any of its forms, must stand there, and what follows a `-` must not; `"two words"` stand side by
    side. `from:ada` (or `from:"Ada Okafor"`, `from:me`) says who wrote it, `in:falls` in which network, `has:document`
    that it is a document, belongs to one or cites one, `has:card` that it is a card. Documents are found by what
    stands inside their newest version, too. Where nothing is found, words are taken for those that they may be a slip
    for.
    """
    searching = read_query(request, Searching)
    viewer, state = await viewer_of(request), state_of(request)
    await ask_limit(request, viewer)
    asked = asked_for(request, searching)
    async with in_turn(state), state.database.read() as connection:
        found = await find(connection, viewer, asked, searching.limit)
        shown = await list_shown(connection, viewer, found.rows, found.wish.terms)
    body = {
        "items": [api_found(one, state.settings.public_url) for one in shown],
        "next": found.later.text() if found.later else None,
        "as_of": viewer.positions(),
        "corrected": words_shown(searching.q, found, shown),
    }
    return JSONResponse(body, headers={"Cache-Control": PRIVATE})


ROUTES: list[BaseRoute] = [get("/api/v1/search", api_search)]
