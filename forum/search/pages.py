"""The page on which everything is found, and what is offered while somebody types."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from auth.rules import SUGGESTIONS
from forum.addresses import get
from forum.errors import Invalid
from forum.rendering import PRIVATE, render_page
from forum.search.asking import ask_limit, asked_for, in_turn
from forum.search.inputs import LONGEST_SEARCH, NO_DAY, Searching, Wanted
from forum.search.misread import BACKWARDS, notes_on, whom_nobody_knows
from forum.search.queries import list_shown
from forum.search.searching import NOTHING, find, words_shown
from forum.search.shown import Shown
from forum.search.suggesting import suggest
from forum.state import state_of, viewer_of
from forum.viewer import Viewer

PAGE_SIZE = 20
KINDS: dict[Wanted, str] = {
    "all": "Everything",
    "thread": "Threads",
    "post": "Posts",
    "document": "Documents",
    "card": "Cards",
    "person": "People",
    "network": "Networks",
}
_NOTES = {
    "thread": "Thread",
    "document": "Document",
    "card": "Card",
    "person": "Person",
    "network": "Network",
    "post": "Post",
}


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What was found: `search/search.html`."""

    searching: Searching
    typed: Mapping[str, str]
    """What was typed into each field, as it was."""
    errors: Mapping[str, str]
    kinds: Sequence[tuple[str, str, str]]
    networks: Sequence[tuple[str, str]]
    """Networks to choose among: address and name."""
    notes: Sequence[str]
    """What of it was not understood."""
    is_asked: bool
    is_narrowed: bool
    shown: Sequence[Shown]
    count: int | None
    corrected: Sequence[tuple[str, str]]
    first: str
    later: str
    everywhere: str
    """The same words without anything that narrows them down; empty where nothing does."""


async def show_search(request: Request) -> Response:
    """What the viewer may read that matches, best first, and the fields by which to narrow it down."""
    viewer, state = await viewer_of(request), state_of(request)
    typed = {name: request.query_params.get(name, "") for name in Searching.model_fields if name != "limit"}
    searching, errors = _read(typed)
    asked = asked_for(request, searching)
    found, shown, notes = NOTHING, list[Shown](), notes_on(searching.q, asked)
    if not asked.is_empty:
        await ask_limit(request, viewer)
        async with in_turn(state), state.database.read() as connection:
            found = await find(connection, viewer, asked, PAGE_SIZE)
            shown = await list_shown(connection, viewer, found.rows, found.wish.terms)
            notes += [] if shown else await whom_nobody_knows(connection, viewer, asked)
    page = SearchPage(
        searching=searching,
        typed=typed,
        errors=errors,
        kinds=[(kind, name, _address(searching, kind=kind, after="")) for kind, name in KINDS.items()],
        networks=[("", "All that you can read"), *_places(viewer, searching.network)],
        notes=notes,
        is_asked=not asked.is_empty,
        is_narrowed=bool(searching.network or searching.by or searching.since or searching.until),
        shown=shown,
        count=found.count,
        corrected=words_shown(searching.q, found, shown),
        first=_address(searching, after="") if searching.after else "",
        later=_address(searching, after=found.later.text()) if found.later else "",
        everywhere=_address(Searching(q=searching.q)) if searching.q and asked.is_narrowed else "",
    )
    title = f"“{searching.q}”" if searching.q else "Search"
    return render_page(request, viewer, "search/search.html", page, title=title, status=422 if errors else 200)


def _read(typed: Mapping[str, str]) -> tuple[Searching, Mapping[str, str]]:
    """What is looked for; what can't be taken is left out, with the sentences why. Raises Invalid for a wrong place."""
    fields = {**typed, "q": typed["q"][:LONGEST_SEARCH], "by": typed["by"][:100], "network": typed["network"][:100]}
    fields["kind"] = fields["kind"] if fields["kind"] in KINDS else "all"
    try:
        searching = Searching.model_validate(fields, strict=False)
        is_backwards = searching.since and searching.until and searching.until < searching.since
        return searching, {"until": BACKWARDS} if is_backwards else {}
    except ValidationError as error:
        wrong = {str(each["loc"][0]) for each in error.errors()}
        if not wrong <= {"since", "until"}:
            raise Invalid({"": "This address is not whole. Follow a link to come here."}) from error
        kept = {name: value for name, value in fields.items() if name not in wrong}
        return Searching.model_validate(kept, strict=False), dict.fromkeys(sorted(wrong), NO_DAY)


def _places(viewer: Viewer, chosen: str) -> list[tuple[str, str]]:
    """The viewer's own networks, and the one that is chosen."""
    own = [(place.slug, place.name) for place in viewer.active_places()]
    return own if not chosen or chosen in dict(own) else [*own, (chosen, f"Only in {chosen}")]


def _address(searching: Searching, **change: str) -> str:
    asked = {
        name: "" if value is None else str(value)
        for name, value in (searching.model_dump(exclude={"limit"}) | change).items()
    }
    asked["kind"] = "" if asked["kind"] == "all" else asked["kind"]
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"/search?{query}" if query else "/search"


async def list_suggestions(request: Request) -> Response:
    """What can be opened at once, for what has been typed so far in `q`."""
    viewer, state = await viewer_of(request), state_of(request)
    await ask_limit(request, viewer, SUGGESTIONS)
    async with in_turn(state), state.database.read() as connection:
        shown = await suggest(connection, viewer, request.query_params.get("q", "")[:LONGEST_SEARCH])
    items = [{"text": _text(one), "note": _note(one), "url": one.path, "kind": one.kind} for one in shown]
    return JSONResponse({"items": items}, headers={"Cache-Control": PRIVATE})


def _text(shown: Shown) -> str:
    return "".join(piece for piece, _ in shown.title.pieces)


def _note(shown: Shown) -> str:
    if shown.network is None or shown.kind == "network":
        return _NOTES[shown.kind]
    return shown.network.name if shown.kind == "thread" else f"{_NOTES[shown.kind]} · {shown.network.name}"


ROUTES: list[BaseRoute] = [
    get("/search", show_search),
    get("/search/suggestions", list_suggestions),
]
