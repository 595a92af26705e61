"""One card: what was found to work, who uses it too, and what it said before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from forum.cards import WORDS, Card, CardUse, CardWords, Wording
from forum.fronts import NetworkHead, network_head
from forum.knowledge.queries import get_card, get_wording, list_wordings
from forum.knowledge.source_queries import Origin, list_origins
from forum.knowledge.use_queries import Speaker, list_uses, speakers
from forum.network_reads import Found, get_network_by_id
from forum.policy import (
    CardStanding,
    looks_after_card,
    may_change_card,
    may_confirm_card,
    may_end_use,
    may_look_at_card,
    may_remove_card,
    may_report_card,
    may_restore_card,
)
from forum.rendering import render_page
from forum.state import state_of, viewer_of
from forum.text import render_markdown
from forum.viewer import Viewer
from ground.columns import now

IN_MARKDOWN = ("problem", "done", "result", "evidence")
TITLES: Mapping[str, str] = {
    "problem": "The problem",
    "done": "What was done",
    "place": "Where",
    "result": "What came of it",
    "evidence": "What shows it",
    "contact": "Whom to ask",
}
MOST_WORDINGS = 20


@dataclass(frozen=True, slots=True)
class Part:
    """One part of what a card says: as HTML, or as a line of text."""

    title: str
    html: str
    line: str


@dataclass(frozen=True, slots=True)
class MayWithCard:
    """What the viewer may do with it."""

    change: bool
    confirm: bool
    remove: bool
    restore: bool
    clear: bool
    report: bool


@dataclass(frozen=True, slots=True)
class UseRow:
    """Somebody who uses it too."""

    use: CardUse
    may_end: bool


@dataclass(frozen=True, slots=True)
class CardPage:
    """A card: `knowledge/card.html`; an earlier wording is marked across it."""

    head: NetworkHead
    card: Card
    shown: Wording | None
    """An earlier wording, where that is looked at."""
    title: str
    parts: Sequence[Part]
    is_due: bool
    is_own: bool
    origin: Origin | None
    wordings: Sequence[Wording]
    uses: Sequence[UseRow]
    speakers: Sequence[Speaker]
    may: MayWithCard
    typed: Mapping[str, str]
    errors: Mapping[str, str]


async def show_card(request: Request) -> Response:
    """The card as it reads now."""
    return await render_card(request, await viewer_of(request))


async def show_wording(request: Request) -> Response:
    """The card as it read at one time; marked, and leading to how it reads now."""
    return await render_card(request, await viewer_of(request), number=request.path_params["number"])


async def render_card(
    request: Request,
    viewer: Viewer,
    *,
    number: int | None = None,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """The page, also with a form on it that is given back."""
    page, found = await _make_page(request, viewer, number, typed or {}, errors or {})
    return render_page(
        request,
        viewer,
        "knowledge/card.html",
        page,
        title=page.title,
        network_id=page.card.network_id,
        status=status,
        indexed=found.network.access == "open" and page.shown is None and page.card.removed_at is None,
    )


async def _make_page(
    request: Request, viewer: Viewer, number: int | None, typed: Mapping[str, str], errors: Mapping[str, str]
) -> tuple[CardPage, Found]:
    async with state_of(request).database.read() as connection:
        card = await get_card(connection, viewer, request.path_params["card_id"])
        found = await get_network_by_id(connection, viewer, card.network_id)
        wordings = await list_wordings(connection, viewer, card, at_most=MOST_WORDINGS)
        earlier = None if number in (None, card.number) else await get_wording(connection, viewer, card, number or 0)
        origins = await list_origins(connection, viewer, [card])
        uses = await list_uses(connection, viewer, card)
    words = earlier.words if earlier else card.words
    page = CardPage(
        head=network_head(viewer, found),
        card=card,
        shown=earlier,
        title=words.title,
        parts=parts_of(words),
        is_due=card.is_due(now().date()),
        is_own=looks_after_card(viewer, card),
        origin=origins.get(card.id),
        wordings=wordings,
        uses=[_row(viewer, card, use) for use in uses],
        speakers=[] if earlier else speakers(viewer, card, found.network, uses),
        may=_may(viewer, card),
        typed=typed,
        errors=errors,
    )
    return page, found


def parts_of(words: CardWords) -> list[Part]:
    """What a card says beside its title, without what was left empty."""
    said = {name: getattr(words, name) for name in WORDS if name in TITLES}
    return [
        Part(TITLES[name], render_markdown(text, {}), "") if name in IN_MARKDOWN else Part(TITLES[name], "", text)
        for name, text in said.items()
        if text
    ]


def _row(viewer: Viewer, card: Card, use: CardUse) -> UseRow:
    return UseRow(use, bool(may_end_use(viewer, card, use)))


def _may(viewer: Viewer, card: Card) -> MayWithCard:
    return MayWithCard(
        change=bool(may_change_card(viewer, card)),
        confirm=bool(may_confirm_card(viewer, card)),
        remove=bool(may_remove_card(viewer, card)),
        restore=bool(may_restore_card(viewer, card)),
        clear=bool(may_look_at_card(viewer, card)),
        report=bool(may_report_card(viewer, _standing(card))),
    )


def _standing(card: Card) -> CardStanding:
    owner_id = card.owner.id if card.owner else None
    return CardStanding(card.network_id, owner_id, card.author.id, card.removed_at is not None)
