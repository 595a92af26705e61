"""The forms in which a card is made and changed."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import get_args

from starlette.requests import Request
from starlette.responses import Response

from auth.rules import CARDS, EDITS
from forum.asking import limit, open_as_account
from forum.cards import WORDS, Card, Source
from forum.errors import AlreadySent, Conflict, Forbidden, Invalid, TooMany
from forum.forms import read_form, request_key
from forum.fronts import NetworkHead, network_head
from forum.knowledge.commands import change_card, make_card
from forum.knowledge.inputs import HELD_FOR, LONGEST, MOST, CardChange, NewCard
from forum.knowledge.queries import get_card, list_heirs, list_made_of
from forum.knowledge.source_queries import Origin, find_origin, list_origins
from forum.network_reads import Found, get_network_by_id
from forum.policy import may_change_card, may_hide_wordings, may_make_card
from forum.records import Person
from forum.rendering import redirect, render_page
from forum.state import account_of, state_of
from forum.viewer import Viewer
from forum.warning import validate_words
from ground.columns import is_id, now

SOURCES: tuple[Source, ...] = get_args(Source)
_FIELDS = (*WORDS, "review_on")


@dataclass(frozen=True, slots=True)
class WritingPage:
    """The form: `knowledge/write.html`."""

    head: NetworkHead
    card: Card | None
    """None for a new one."""
    origin: Origin | None
    """What it is made of, where the viewer may read that."""
    made_already: Sequence[Card]
    heirs: Sequence[Person]
    may_hide: bool
    """Whether what it said before may be kept to the moderators."""
    most: Mapping[str, int]
    first_day: str
    last_day: str
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    instead: Mapping[str, str]
    """What stands now where something else was typed, after somebody else changed it meanwhile."""
    key: str


async def new_card(request: Request) -> Response:
    """The form; of a post, thread or document it takes the title and nothing more."""
    viewer, found = await open_as_account(request)
    _refuse(viewer, found)
    typed = {"contact": viewer.account.name if viewer.account else ""}
    typed["review_on"] = (now().date() + HELD_FOR).isoformat()
    chosen = ((kind, request.query_params.get(kind, "")) for kind in SOURCES)
    kind, source_id = next(((kind, value) for kind, value in chosen if is_id(value)), (None, ""))
    if kind is not None:
        async with state_of(request).database.read() as connection:
            origin = await find_origin(connection, viewer, kind, source_id)
        if origin is not None and origin.network_id == found.network.id:
            typed |= {"source_kind": kind, "source_id": source_id}
            typed["title"] = origin.title if origin.is_for_all else ""
    return await _form(request, viewer, found, None, typed)


def _refuse(viewer: Viewer, found: Found) -> None:
    decision = may_make_card(viewer, found.network.id)
    if not decision:
        raise Forbidden(decision.reason)


async def create_card(request: Request) -> Response:
    """Make it, or give the form back with its words."""
    viewer, found = await open_as_account(request)
    _refuse(viewer, found)
    fields = await read_form(request)
    try:
        value = validate_words(request, NewCard, _said(fields, (*_FIELDS, "source_kind", "source_id")))
        key = request_key(request, value, fields.get("key"))
        await limit(request, CARDS, viewer.id)
        async with state_of(request).transaction() as tx:
            made = await make_card(tx, viewer, found.network.id, value, key)
    except (Invalid, AlreadySent, TooMany) as error:
        return await _form(request, viewer, found, None, fields, error)
    return redirect(request, f"/cards/{made.object_id}", notice="card-made")


def _said(fields: Mapping[str, str], names: Sequence[str]) -> dict[str, object]:
    """The fields as the model takes them; what a form leaves empty besides its words is not said."""
    return {name: fields[name] for name in names if name in fields and (name in WORDS or fields[name])}


async def edit_card(request: Request) -> Response:
    """The form with the card's words."""
    viewer = await account_of(request)
    card, found = await _open(request, viewer)
    return await _form(request, viewer, found, card, _typed(card))


def _typed(card: Card) -> dict[str, str]:
    said: dict[str, str] = asdict(card.words)
    owner = card.owner.id if card.owner else ""
    return {**said, "review_on": card.review_on.isoformat(), "owner": owner, "version": str(card.version)}


async def _open(request: Request, viewer: Viewer) -> tuple[Card, Found]:
    async with state_of(request).database.read() as connection:
        card = await get_card(connection, viewer, request.path_params["card_id"])
        found = await get_network_by_id(connection, viewer, card.network_id)
    decision = may_change_card(viewer, card)
    if not decision:
        raise Forbidden(decision.reason)
    return card, found


async def update_card(request: Request) -> Response:
    """Save it, or give the form back with what was typed; and with what it says now, where somebody came first."""
    fields = await read_form(request)
    viewer = await account_of(request)
    card, found = await _open(request, viewer)
    try:
        said = _said(_unless_same(fields, card), (*_FIELDS, "owner"))
        wanted = validate_words(request, CardChange, {**said, "hide_earlier": fields.get("hide_earlier") == "yes"})
        await limit(request, EDITS, viewer.id)
        async with state_of(request).transaction() as tx:
            await change_card(tx, viewer, card.id, wanted, _version(fields))
    except (Invalid, Conflict, TooMany) as error:
        card, found = await _open(request, viewer)
        newest = {**fields, "version": str(card.version)} if isinstance(error, Conflict) else fields
        return await _form(request, viewer, found, card, newest, error)
    return redirect(request, f"/cards/{card.id}", notice="saved")


def _unless_same(fields: Mapping[str, str], card: Card) -> Mapping[str, str]:
    """Without a day that is as it was: one that has gone by may stay while the words change."""
    return {name: value for name, value in fields.items() if (name, value) != ("review_on", card.review_on.isoformat())}


def _version(fields: Mapping[str, str]) -> int | None:
    text = fields.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


async def _form(
    request: Request,
    viewer: Viewer,
    found: Found,
    card: Card | None,
    typed: Mapping[str, str],
    error: Exception | None = None,
) -> Response:
    origin, made_already, heirs = await _around(request, viewer, found, card, typed)
    is_conflict = isinstance(error, Conflict)
    page = WritingPage(
        head=network_head(viewer, found),
        card=card,
        origin=origin,
        made_already=made_already,
        heirs=heirs,
        may_hide=card is not None and bool(may_hide_wordings(viewer, card)),
        most=MOST,
        first_day=now().date().isoformat(),
        last_day=(now().date() + LONGEST).isoformat(),
        typed=typed,
        errors=error.errors if isinstance(error, Invalid) else {"": str(error)} if error else {},
        instead=_instead(card, typed) if card is not None and is_conflict else {},
        key=secrets.token_urlsafe(16),
    )
    status = 409 if is_conflict else 429 if isinstance(error, TooMany) else 422 if error else 200
    return render_page(
        request,
        viewer,
        "knowledge/write.html",
        page,
        title=f"Change {card.words.title}" if card else "Make a card",
        network_id=found.network.id,
        status=status,
    )


async def _around(
    request: Request, viewer: Viewer, found: Found, card: Card | None, typed: Mapping[str, str]
) -> tuple[Origin | None, Sequence[Card], Sequence[Person]]:
    """What it is made of, what was made of that before, and who may look after it."""
    async with state_of(request).database.read() as connection:
        if card is not None:
            origins = await list_origins(connection, viewer, [card])
            return origins.get(card.id), (), await list_heirs(connection, viewer, card)
        kind, source_id = typed.get("source_kind", ""), typed.get("source_id", "")
        if kind not in SOURCES or not is_id(source_id):
            return None, (), ()
        origin = await find_origin(connection, viewer, kind, source_id)
        if origin is None or origin.network_id != found.network.id:
            return None, (), ()
        return origin, await list_made_of(connection, viewer, found.network.id, source_id), ()


def _instead(card: Card, typed: Mapping[str, str]) -> dict[str, str]:
    now_said = _typed(card)
    return {
        name: now_said[name] for name in WORDS if typed.get(name, "").replace("\r\n", "\n").strip() != now_said[name]
    }
