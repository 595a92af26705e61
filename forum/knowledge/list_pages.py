"""What a network has found to work: its cards, all, those to be looked at again, and those that one uses."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from forum.asking import open_network, read_page_query
from forum.cards import Card
from forum.fronts import NetworkHead, network_head
from forum.knowledge.cursors import make_cursor, read_cursor
from forum.knowledge.inputs import Listing, Show
from forum.knowledge.queries import Wanted, list_cards
from forum.knowledge.use_queries import count_uses
from forum.policy import may_make_card
from forum.rendering import render_page
from forum.state import state_of
from forum.text import plain_words, render_markdown
from ground.columns import now

PAGE_SIZE = 30
SHOWS: dict[Show, str] = {"all": "All", "review": "Needs review", "used": "Used by us"}
_LONGEST = 140


@dataclass(frozen=True, slots=True)
class CardRow:
    """A card in the list."""

    card: Card
    is_due: bool
    problem: str
    """Its first words, without marks."""
    uses: int


@dataclass(frozen=True, slots=True)
class KnowledgePage:
    """The list: `knowledge/list.html`."""

    head: NetworkHead
    rows: Sequence[CardRow]
    show: Show
    shows: Sequence[tuple[str, str, str]]
    first: str
    later: str
    may_make: bool


async def show_knowledge(request: Request) -> Response:
    """The cards of a network."""
    viewer, found = await open_network(request)
    asked = read_page_query(request, Listing, limit=PAGE_SIZE)
    wanted = Wanted(found.network.id, asked.show, read_cursor(asked.after))
    async with state_of(request).database.read() as connection:
        listed, place = await list_cards(connection, viewer, wanted, PAGE_SIZE)
        counts = await count_uses(connection, viewer, [card.id for card in listed])
    path, today = f"/networks/{found.network.slug}/knowledge", now().date()
    page = KnowledgePage(
        head=network_head(viewer, found),
        rows=[CardRow(card, card.is_due(today), first_words(card), counts.get(card.id, 0)) for card in listed],
        show=asked.show,
        shows=[(key, words, _address(path, key)) for key, words in SHOWS.items()],
        first=_address(path, asked.show) if asked.after else "",
        later=_address(path, asked.show, make_cursor(place) or "") if place else "",
        may_make=bool(may_make_card(viewer, found.network.id)),
    )
    return render_page(
        request,
        viewer,
        "knowledge/list.html",
        page,
        title=f"Knowledge of {found.network.name}",
        network_id=found.network.id,
        indexed=found.network.access == "open",
    )


def first_words(card: Card) -> str:
    """The beginning of what the problem is, in one line."""
    beginning = card.words.problem[: 4 * _LONGEST]  # of up to thirty cards: no more is laid out than is shown
    words = " ".join(plain_words(render_markdown(beginning)).split())
    return words if len(words) <= _LONGEST else words[:_LONGEST].rsplit(" ", 1)[0] + " …"


def _address(path: str, show: Show, after: str = "") -> str:
    asked = {"show": "" if show == "all" else show, "after": after}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{path}?{query}" if query else path
