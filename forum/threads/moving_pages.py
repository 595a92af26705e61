"""Where a moderator moves a thread to another network: says first who will be able to read it there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from auth.rules import EDITS
from forum.acts.newest import find_own_newest
from forum.errors import Conflict, Forbidden, ForumError, Invalid, NotFound
from forum.forms import read_form, read_json
from forum.network_reads import audience_words, get_network, get_network_by_id
from forum.openapi import operation
from forum.policy import is_wider, may_move
from forum.records import Network, Thread
from forum.rendering import redirect, render_page
from forum.state import State, account_of, state_of
from forum.threads import moving_back_commands as moving_back_commands  # it names how a move is undone
from forum.threads.asking import ask_limits
from forum.threads.inputs import Move
from forum.threads.moderating_pages import WHY
from forum.threads.moving_commands import move_thread
from forum.threads.moving_queries import count_written, left_there, list_targets, shown_there
from forum.threads.presenting import ApiThread, api_thread
from forum.threads.queries import get_thread
from forum.threads.thread_commands import WHY_OWN
from forum.threads.writing_pages import status_of
from forum.versions import object_answer
from forum.viewer import Viewer
from forum.warning import validate_words

ELSEWHERE = "Choose one of your other networks in which you are a moderator or an administrator."


@dataclass(frozen=True, slots=True)
class MovePage:
    """The form: `threads/move.html`."""

    thread: Thread
    network: Network
    places: Sequence[tuple[str, str, str]]
    """Where it can go: address, name, and who reads there."""
    leaves: str
    """What becomes of who reads it now."""
    wide: Network | None
    """The network that was chosen, where more people may come to see the thread: to be confirmed by its name."""
    shown: str
    """What comes to be read there, and by whom."""
    chosen: str
    is_own: bool
    """The mover began the thread themselves, and needs not be told."""
    reason: str
    confirm: str
    errors: Mapping[str, str]
    refusal: str


async def edit_place(request: Request) -> Response:
    """The form."""
    viewer = await account_of(request)
    async with state_of(request).database.read() as connection:
        thread = await get_thread(connection, viewer, request.path_params["id"])
    return await _form(request, viewer, thread, {})


async def _form(
    request: Request, viewer: Viewer, thread: Thread, fields: Mapping[str, str], error: ForumError | None = None
) -> Response:
    # Whether it can go anywhere at all: asked of a network that is moderated for certain, its own.
    decision = may_move(viewer, thread, thread.network_id)
    if not decision:
        raise Forbidden(decision.reason)
    async with state_of(request).database.read() as connection:
        network = (await get_network_by_id(connection, viewer, thread.network_id)).network
        targets = await list_targets(connection, viewer, thread)
        written = await count_written(connection, thread)
    errors = dict(error.errors) if isinstance(error, Invalid) else {}
    is_asked = "confirm" in errors or "confirm" in fields
    chosen = [each for each in targets if each.slug == fields.get("network") and is_asked]
    wide = next((each for each in chosen if is_wider(each.access, network.access)), None)
    if "confirm" not in fields:  # what it shows to whom is only said now
        errors.pop("confirm", None)
    page = MovePage(
        thread=thread,
        network=network,
        places=[(each.slug, each.name, _who_reads(network, each)) for each in targets],
        leaves=left_there(network, [wide] if wide else targets),
        wide=wide,
        shown=shown_there(written, wide) if wide else "",
        chosen=fields.get("network", ""),
        is_own=thread.author.id == viewer.id,
        reason=fields.get("reason", ""),
        confirm=fields.get("confirm", ""),
        errors=errors,
        refusal=str(error) if isinstance(error, Conflict) else "",
    )
    title = "Move this thread"
    return render_page(
        request, viewer, "threads/move.html", page, title=title, network_id=thread.network_id, status=status_of(error)
    )


def _who_reads(network: Network, target: Network) -> str:
    words = audience_words(target.access, target.name, target.member_count)
    return f"{words} You see first what that shows to whom." if is_wider(target.access, network.access) else words


async def update_place(request: Request) -> Response:
    """Move the thread, then show it where it is now."""
    fields = await read_form(request)
    viewer, state = await account_of(request), state_of(request)
    async with state.database.read() as connection:
        thread = await get_thread(connection, viewer, request.path_params["id"])
    decision = may_move(viewer, thread, thread.network_id)
    if not decision:
        raise Forbidden(decision.reason)
    try:
        value = validate_words(request, Move, {name: fields.get(name, "") for name in Move.model_fields})
        await _move(state, viewer, thread, value)
    except (Invalid, Conflict) as error:
        return await _form(request, viewer, thread, fields, error)
    async with state_of(request).database.read() as connection:
        act_id = await find_own_newest(connection, viewer, "move", thread_id=thread.id)
    return redirect(request, f"/threads/{thread.id}", notice="moved", undo=act_id)


async def _move(state: State, viewer: Viewer, thread: Thread, value: Move) -> None:
    if not value.reason:
        raise Invalid({"reason": WHY_OWN if thread.author.id == viewer.id else WHY})
    await ask_limits(state, viewer, EDITS)
    async with state.database.read() as connection:
        try:
            target = (await get_network(connection, viewer, value.network)).network
        except NotFound as error:
            # The same for a network that they may not know of, and for none.
            raise Invalid({"network": ELSEWHERE}) from error
    async with state.transaction() as tx:
        await move_thread(tx, viewer, thread.id, target, value.reason, value.confirm)


@operation(
    "Move a thread to another network", "Threads", {200: ApiThread}, body=Move, refusals=(403, 409), has_etag=True
)
async def api_move_thread(request: Request) -> Response:
    """For who moderates both, with a `reason`; where not both are open, for an administrator of the one it leaves.

    It keeps its id and address; its number is another one, and so is who may read it. Where more people may come to see
    it than before, with `confirm`: the name of the other network, typed.
    """
    viewer, state = await account_of(request), state_of(request)
    value = validate_words(request, Move, await read_json(request))
    async with state.database.read() as connection:
        thread = await get_thread(connection, viewer, request.path_params["id"])
    decision = may_move(viewer, thread, thread.network_id)
    if not decision:
        raise Forbidden(decision.reason)
    await _move(state, viewer, thread, value)
    async with state.database.read() as connection:
        thread = await get_thread(connection, viewer, thread.id)
    return object_answer(request, api_thread(thread, state.settings.public_url), thread.version)
