"""What is done to a card by one button: it is still right, it goes, it comes back; and "We use this too"."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from auth.rules import CARDS, EDITS
from forum.asking import limit
from forum.cards import Card
from forum.errors import AlreadySent, Conflict, Forbidden, Invalid, TooMany
from forum.forms import read_form, request_key, validate
from forum.fronts import NetworkHead, network_head
from forum.knowledge.card_pages import render_card
from forum.knowledge.commands import confirm_card
from forum.knowledge.inputs import CardConfirmation, CardRemoval, NewUse
from forum.knowledge.queries import get_card
from forum.knowledge.removing_commands import let_read, remove_card, restore_card
from forum.knowledge.use_commands import end_use, say_use
from forum.network_reads import Found, get_network_by_id
from forum.policy import looks_after_card, may_remove_card
from forum.rendering import redirect, render_page
from forum.state import account_of, state_of
from forum.viewer import Viewer


@dataclass(frozen=True, slots=True)
class RemovalPage:
    """The question before a card is removed: `knowledge/removal.html`."""

    head: NetworkHead
    card: Card
    is_own: bool
    typed: Mapping[str, str]
    errors: Mapping[str, str]


def _id(request: Request) -> str:
    return str(request.path_params["card_id"])


def _back(request: Request, notice: str) -> Response:
    return redirect(request, f"/cards/{_id(request)}", notice=notice)


async def confirm(request: Request) -> Response:
    """Say that it is still right, for another year."""
    await read_form(request)
    viewer = await account_of(request)
    await limit(request, EDITS, viewer.id)
    async with state_of(request).transaction() as tx:
        await confirm_card(tx, viewer, _id(request), CardConfirmation())
    return _back(request, "card-confirmed")


async def clear(request: Request) -> Response:
    """A moderator lets everybody read it again."""
    await read_form(request)
    viewer = await account_of(request)
    await limit(request, EDITS, viewer.id)
    async with state_of(request).transaction() as tx:
        await let_read(tx, viewer, _id(request))
    return _back(request, "card-cleared")


# -- Taking it away --------------------------------------------------------------------------------


async def new_removal(request: Request) -> Response:
    """The question."""
    viewer = await account_of(request)
    card, found = await _open(request, viewer)
    return _question(request, viewer, card, found)


async def _open(request: Request, viewer: Viewer) -> tuple[Card, Found]:
    async with state_of(request).database.read() as connection:
        card = await get_card(connection, viewer, _id(request))
        found = await get_network_by_id(connection, viewer, card.network_id)
    decision = may_remove_card(viewer, card)
    if not decision:
        raise Forbidden(decision.reason)
    return card, found


def _question(
    request: Request,
    viewer: Viewer,
    card: Card,
    found: Found,
    typed: Mapping[str, str] | None = None,
    error: Invalid | None = None,
) -> Response:
    errors = error.errors if error else {}
    page = RemovalPage(network_head(viewer, found), card, looks_after_card(viewer, card), typed or {}, errors)
    return render_page(
        request,
        viewer,
        "knowledge/removal.html",
        page,
        title=f"Remove {card.words.title}",
        network_id=card.network_id,
        status=422 if error else 200,
    )


async def remove(request: Request) -> Response:
    """Take it away, and show what can still be done for thirty days."""
    fields = await read_form(request)
    viewer = await account_of(request)
    card, found = await _open(request, viewer)
    try:
        value = validate(CardRemoval, {"reason": fields.get("reason", "")})
        await limit(request, EDITS, viewer.id)
        async with state_of(request).transaction() as tx:
            await remove_card(tx, viewer, card.id, value.reason)
    except Invalid as error:
        return _question(request, viewer, card, found, fields, error)
    return _back(request, "card-removed")


async def restore(request: Request) -> Response:
    """Bring it back."""
    await read_form(request)
    viewer = await account_of(request)
    await limit(request, EDITS, viewer.id)
    async with state_of(request).transaction() as tx:
        await restore_card(tx, viewer, _id(request))
    return _back(request, "card-restored")


# -- "We use this too" -----------------------------------------------------------------------------


async def say(request: Request) -> Response:
    """Say that one uses it, or one's network does; or give the page back with what was typed."""
    fields = await read_form(request)
    viewer = await account_of(request)
    try:
        value = validate(NewUse, {name: fields[name] for name in ("words", "network") if name in fields})
        key = request_key(request, value, fields.get("key"))
        await limit(request, CARDS, viewer.id)
        async with state_of(request).transaction() as tx:
            await say_use(tx, viewer, _id(request), value, key)
    except Invalid as error:
        return await render_card(request, viewer, typed=fields, errors=error.errors, status=422)
    except (Conflict, AlreadySent, TooMany) as error:
        status = 409 if isinstance(error, Conflict) else 429 if isinstance(error, TooMany) else 422
        return await render_card(request, viewer, typed=fields, errors={"": str(error)}, status=status)
    return _back(request, "card-used")


async def end(request: Request) -> Response:
    """Take it back."""
    await read_form(request)
    viewer = await account_of(request)
    async with state_of(request).transaction() as tx:
        await end_use(tx, viewer, _id(request), request.path_params["use_id"])
    return _back(request, "card-use-ended")
