"""Posts that wait for a moderator: the list of a network, and what becomes of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from auth.rules import EDITS
from forum.errors import Conflict, Forbidden, Invalid
from forum.forms import read_form
from forum.fronts import NetworkHead, network_head
from forum.network_reads import Found, get_network
from forum.policy import may_see_held
from forum.rendering import redirect, render_page
from forum.state import State, account_of, state_of
from forum.threads.asking import ask_limits
from forum.threads.held_queries import (
    PAGE_SIZE,
    HeldPost,
    TurnedDown,
    find_place,
    find_turning_down,
    get_held,
    get_own_held,
    list_held,
)
from forum.threads.holding_commands import approve, reject, withdraw
from forum.threads.inputs import Rejection
from forum.threads.pacing import lay_out_held
from forum.threads.writing import lay_out
from forum.viewer import Viewer, viewer_of_account
from forum.warning import validate_words
from ground.columns import is_id


@dataclass(frozen=True, slots=True)
class ShownHeld:
    """A post in the list, laid out."""

    held: HeldPost
    html: Markup
    is_own: bool
    reason: str = ""
    errors: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class HeldPage:
    """What waits in a network: `threads/held.html`."""

    head: NetworkHead
    held: Sequence[ShownHeld]
    first: str
    later: str
    hold_first: int
    refusal: str


async def list_waiting(request: Request) -> Response:
    """What waits, longest first; for moderators."""
    viewer, found = await _moderated(request)
    return await _page(request, viewer, found)


async def _moderated(request: Request) -> tuple[Viewer, Found]:
    viewer = await account_of(request)
    async with state_of(request).database.read() as connection:
        found = await get_network(connection, viewer, request.path_params["slug"])
    decision = may_see_held(viewer, found.network.id)
    if not decision:
        raise Forbidden(decision.reason)
    return viewer, found


async def _page(
    request: Request,
    viewer: Viewer,
    found: Found,
    refusal: str = "",
    wrong: tuple[str, str, Mapping[str, str]] | None = None,
    status: int = 200,
) -> Response:
    """The list; `wrong` is the id of a post whose rejection can't be taken, what was typed, and why."""
    after = request.query_params.get("after", "")
    after = after if is_id(after) else ""
    async with state_of(request).database.read() as connection:
        held = await list_held(connection, viewer, found.network.id, after, PAGE_SIZE + 1)
    path = f"/networks/{found.network.slug}/held"
    shown = [
        ShownHeld(each, lay_out_held(each.body), each.author.id == viewer.id, *_typed(each.id, wrong))
        for each in held[:PAGE_SIZE]
    ]
    page = HeldPage(
        head=network_head(viewer, found),
        held=shown,
        first=path if after else "",
        later=f"{path}?after={held[PAGE_SIZE - 1].id}" if len(held) > PAGE_SIZE else "",
        hold_first=found.network.hold_first,
        refusal=refusal,
    )
    title = f"Waiting posts in {found.network.name}"
    return render_page(
        request, viewer, "threads/held.html", page, title=title, network_id=found.network.id, status=status
    )


def _named(held_id: str, errors: Mapping[str, str]) -> Mapping[str, str]:
    """By the field of this post among all on the page."""
    return {f"{name}-{held_id}": sentence for name, sentence in errors.items()}


def _typed(held_id: str, wrong: tuple[str, str, Mapping[str, str]] | None) -> tuple[str, Mapping[str, str] | None]:
    return (wrong[1], wrong[2]) if wrong is not None and wrong[0] == held_id else ("", None)


@dataclass(frozen=True, slots=True)
class OneHeldPage:
    """What waits, or waited, for who wrote it and for moderators: `threads/held_one.html`."""

    head: NetworkHead
    held: HeldPost
    html: Markup
    is_own: bool
    may_decide: bool
    refusal: str
    turned_down: TurnedDown | None


async def show_held(request: Request) -> Response:
    """One of them: what it says, and what became of it. An approved one is where it was posted."""
    return await _show_one(request)


async def _show_one(request: Request, refusal: str = "") -> Response:
    viewer = await account_of(request)
    async with state_of(request).database.read() as connection:
        found = await get_network(connection, viewer, request.path_params["slug"])
        held = await get_held(connection, viewer, request.path_params["held_id"])
        turned_down = await find_turning_down(connection, viewer, held)
        place = None if held.network_id == found.network.id else await find_place(connection, viewer, held)
    if place is not None:
        return redirect(request, place)
    if held.outcome == "approved":
        return redirect(request, _posted_at(held), notice="posted-before" if refusal else "")
    head, is_own = network_head(viewer, found), held.author.id == viewer.id
    may_decide = bool(may_see_held(viewer, found.network.id))
    page = OneHeldPage(head, held, lay_out_held(held.body), is_own, may_decide, refusal, turned_down)
    title, network_id = "A post that waits" if not held.outcome else "A post that was not taken", found.network.id
    status = 409 if refusal else 200
    return render_page(
        request, viewer, "threads/held_one.html", page, title=title, network_id=network_id, status=status
    )


def _posted_at(held: HeldPost) -> str:
    """Where words stand that were approved."""
    return f"/posts/{held.id}" if held.thread_id else f"/threads/{held.id}"


@dataclass(frozen=True, slots=True)
class OwnHeldPage:
    """What became of one's own words in a network that one may no longer read: `threads/held_own.html`."""

    held: HeldPost
    html: Markup
    network_name: str
    turned_down: TurnedDown | None


async def show_own_held(request: Request) -> Response:
    """What one wrote and a moderator was to read: in its network, or where one was removed from that, on its own."""
    viewer = await account_of(request)
    held_id = request.path_params["held_id"]
    async with state_of(request).database.read() as connection:
        own = await get_own_held(connection, viewer, held_id)
        turned_down = await find_turning_down(connection, viewer, own.held)
    if own.slug:
        is_posted = own.held.outcome == "approved"
        return redirect(request, _posted_at(own.held) if is_posted else f"/networks/{own.slug}/held/{held_id}")
    page = OwnHeldPage(own.held, lay_out_held(own.held.body), own.network_name, turned_down)
    return render_page(request, viewer, "threads/held_own.html", page, title="What you wrote")


async def approve_held(request: Request) -> Response:
    """Post what waits; then the rest of the list."""
    viewer, state, held_id = await account_of(request), state_of(request), request.path_params["held_id"]
    await read_form(request)
    await ask_limits(state, viewer, EDITS)
    try:
        held = await approve_as_written(state, viewer, held_id)
    except Conflict as error:
        return await _page(request, *await _moderated(request), refusal=str(error), status=409)
    return redirect(request, f"/networks/{request.path_params['slug']}/held", notice="approved", who=held.author.name)


async def approve_as_written(state: State, viewer: Viewer, held_id: str) -> HeldPost:
    """Lay the words out as their author's, and post them. Raises as `holding_commands.approve`."""
    async with state.database.read() as connection:
        held = await get_held(connection, viewer, held_id)
    author = await viewer_of_account(state.database, held.author.id)
    written = await lay_out(state.database, author or viewer, held.network_id, held.body, held.thread_id or "")
    async with state.transaction() as tx:
        return await approve(tx, viewer, author, held_id, written)


async def reject_held(request: Request) -> Response:
    """Turn down what waits, with a reason; then the rest of the list."""
    fields = await read_form(request)
    viewer, state, held_id = await account_of(request), state_of(request), request.path_params["held_id"]
    try:
        value = validate_words(
            request, Rejection, {"reason": fields.get(f"reason-{held_id}", fields.get("reason", ""))}
        )
        await ask_limits(state, viewer, EDITS)
        async with state.transaction() as tx:
            held = await reject(tx, viewer, held_id, value.reason)
            turned_down = await find_turning_down(tx.connection, viewer, replace(held, outcome="rejected"))
    except Invalid as error:
        wrong = (held_id, fields.get(f"reason-{held_id}", ""), _named(held_id, error.errors))
        return await _page(request, *await _moderated(request), wrong=wrong, status=422)
    except Conflict as error:
        return await _page(request, *await _moderated(request), refusal=str(error), status=409)
    undo = turned_down.act_id if turned_down is not None else ""
    return redirect(
        request, f"/networks/{request.path_params['slug']}/held", notice="rejected", who=held.author.name, undo=undo
    )


async def withdraw_held(request: Request) -> Response:
    """Take back what one wrote while it waits; then back to where it would have stood. Too late, what became of it."""
    viewer, state, held_id = await account_of(request), state_of(request), request.path_params["held_id"]
    await read_form(request)
    try:
        async with state.transaction() as tx:
            held = await withdraw(tx, viewer, held_id)
    except Conflict as error:
        return await _show_one(request, str(error))
    place = f"/threads/{held.thread_id}" if held.thread_id else f"/networks/{request.path_params['slug']}"
    return redirect(request, place, notice="withdrawn")
