"""Small acts on a whole thread: its pin, its lock, its title, what one wants to hear of it and has read of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from auth.rules import EDITS
from forum.acts.newest import find_own_newest
from forum.errors import Conflict, Forbidden, Invalid
from forum.forms import read_form, validate
from forum.notices import UNDOABLE
from forum.policy import Decision, may_lock, may_retitle, may_slow
from forum.records import ActKind, Thread
from forum.rendering import PRIVATE, redirect, render_page
from forum.state import account_of, state_of
from forum.threads.announced_commands import send_read
from forum.threads.asking import ask_limits
from forum.threads.inputs import Closure, NewTitle, Pace, WatchChange, parse_ranges
from forum.threads.queries import get_thread
from forum.threads.thread_commands import WHY_OWN, retitle, set_lock, set_pace, set_pin, set_watch
from forum.threads.writing_pages import status_of
from forum.viewer import Viewer
from forum.warning import validate_words

WHY = "Say why. Who began the thread is told, in your words."


@dataclass(frozen=True, slots=True)
class TitlePage:
    """The form for another title: `threads/title.html`."""

    thread: Thread
    title: str
    version: int
    errors: dict[str, str]
    refusal: str
    needs_reason: bool
    """A moderator changes the title of somebody else's thread, and says why."""
    reason: str = ""


_NOTICES: Mapping[ActKind, str] = {
    "pin": "pinned",
    "unpin": "unpinned",
    "lock": "locked",
    "unlock": "unlocked",
    "retitle": "retitled",
}


async def _done_to(request: Request, viewer: Viewer, thread_id: str, kind: ActKind, notice: str = "") -> Response:
    """Back to the thread, where it is said what was done, with "Undo" where a moderator did it and it can be undone."""
    notice = notice or _NOTICES[kind]
    act_id = ""
    if notice in UNDOABLE:
        async with state_of(request).database.read() as connection:
            act_id = await find_own_newest(connection, viewer, kind, thread_id=thread_id)
    return redirect(request, f"/threads/{thread_id}", notice=notice, undo=act_id)


async def update_pin(request: Request) -> Response:
    """Pin the thread to the top of its network, or no longer. A script gets 204."""
    pinned = await _choice(request, "pinned")
    viewer, state, thread_id = await account_of(request), state_of(request), request.path_params["id"]
    async with state.transaction() as tx:
        await set_pin(tx, viewer, thread_id, pinned)
    if "x-fragment" in request.headers:
        return _done()
    return await _done_to(request, viewer, thread_id, "pin" if pinned else "unpin")


@dataclass(frozen=True, slots=True)
class LockPage:
    """Why a thread is locked: `threads/lock.html`."""

    thread: Thread
    is_own: bool
    """The moderator began the thread themselves, and needs not be told."""
    reason: str
    errors: Mapping[str, str]


async def edit_closure(request: Request) -> Response:
    """The form that locks a thread."""
    viewer, thread = await _thread_for(request, may_lock)
    if thread.locked_at is not None:
        return redirect(request, f"/threads/{thread.id}")
    return _lock_form(request, viewer, thread)


def _lock_form(
    request: Request, viewer: Viewer, thread: Thread, reason: str = "", error: Invalid | None = None
) -> Response:
    page = LockPage(thread, thread.author.id == viewer.id, reason, error.errors if error else {})
    title, network_id = "Lock this thread", thread.network_id
    return render_page(
        request, viewer, "threads/lock.html", page, title=title, network_id=network_id, status=status_of(error)
    )


async def update_closure(request: Request) -> Response:
    """Lock the thread, with a reason, or open it again."""
    fields = await read_form(request)
    viewer, thread = await _thread_for(request, may_lock)
    try:
        value = validate_words(request, Closure, fields)
        is_locked = value.locked == "yes"
        if is_locked and not value.reason and thread.locked_at is None:
            raise _no_reason(viewer, thread)
        async with state_of(request).transaction() as tx:
            await set_lock(tx, viewer, thread.id, is_locked, value.reason)
    except Invalid as error:
        return _lock_form(request, viewer, thread, fields.get("reason", ""), error)
    return await _done_to(request, viewer, thread.id, "lock" if is_locked else "unlock")


def _no_reason(viewer: Viewer, thread: Thread) -> Invalid:
    is_own = thread.author.id == viewer.id
    return Invalid({"reason": WHY_OWN if is_own else WHY})


async def _thread_for(request: Request, may: Callable[[Viewer, Thread], Decision]) -> tuple[Viewer, Thread]:
    """The thread with its viewer, who may do this to it. Raises NotFound and Forbidden."""
    viewer = await account_of(request)
    async with state_of(request).database.read() as connection:
        thread = await get_thread(connection, viewer, request.path_params["id"])
    decision = may(viewer, thread)
    if not decision:
        raise Forbidden(decision.reason)
    return viewer, thread


@dataclass(frozen=True, slots=True)
class PacePage:
    """The form for a thread's pace: `threads/pace.html`."""

    thread: Thread
    paces: tuple[tuple[str, str], ...]
    pace: str
    reason: str
    errors: Mapping[str, str]


PACES = (
    ("0", "No limit: people post as they like"),
    ("5", "Once in 5 minutes"),
    ("15", "Once in 15 minutes"),
    ("60", "Once in an hour"),
    ("360", "Once in 6 hours"),
    ("1440", "Once a day"),
)


async def edit_pace(request: Request) -> Response:
    """The form that slows a thread down."""
    viewer, thread = await _thread_for(request, may_slow)
    return _pace_form(request, viewer, thread, {})


def _pace_form(
    request: Request, viewer: Viewer, thread: Thread, typed: Mapping[str, str], error: Invalid | None = None
) -> Response:
    pace = typed.get("minutes", str(thread.slow_minutes))
    page = PacePage(thread, PACES, pace, typed.get("reason", ""), error.errors if error else {})
    title, network_id = "Slow this thread down", thread.network_id
    return render_page(
        request, viewer, "threads/pace.html", page, title=title, network_id=network_id, status=status_of(error)
    )


async def update_pace(request: Request) -> Response:
    """Slow the thread down, with a reason, or let everybody write as they like."""
    fields = await read_form(request)
    viewer, thread = await _thread_for(request, may_slow)
    try:
        value = validate_words(request, Pace, fields)
        minutes = int(value.minutes)
        async with state_of(request).transaction() as tx:
            await set_pace(tx, viewer, thread.id, minutes, value.reason)
    except Invalid as error:
        return _pace_form(request, viewer, thread, fields, error)
    return await _done_to(request, viewer, thread.id, "slow", notice="slowed" if minutes else "unslowed")


async def _choice(request: Request, name: str) -> bool:
    value = (await read_form(request)).get(name)
    if value not in ("yes", "no"):
        raise Invalid({name: "Choose yes or no."})
    return value == "yes"


async def edit_title(request: Request) -> Response:
    """The form for another title."""
    viewer, thread = await _thread_for(request, may_retitle)
    return _title_form(
        request, viewer, TitlePage(thread, thread.title, thread.version, {}, "", thread.author.id != viewer.id)
    )


def _title_form(request: Request, viewer: Viewer, page: TitlePage, status: int = 200) -> Response:
    network_id = page.thread.network_id
    return render_page(
        request, viewer, "threads/title.html", page, title="Change the title", network_id=network_id, status=status
    )


async def update_title(request: Request) -> Response:
    """Give the thread another title; where somebody else did meanwhile, the form again with both."""
    fields = await read_form(request)
    viewer, thread = await _thread_for(request, may_retitle)
    state = state_of(request)
    typed, reason, is_other = fields.get("title", ""), fields.get("reason", ""), thread.author.id != viewer.id
    try:
        value = validate_words(request, NewTitle, {"title": typed, "reason": reason})
        if is_other and not value.reason and value.title != thread.title:
            raise _no_reason(viewer, thread)
        await ask_limits(state, viewer, EDITS)
        if fields.get("before", thread.title) != thread.title:
            raise Conflict(f"Somebody else changed the title to “{thread.title}” meanwhile. Save again to replace it.")
        async with state.transaction() as tx:
            await retitle(tx, viewer, thread.id, value.title, value.reason)
    except (Invalid, Conflict) as error:
        errors = dict(error.errors) if isinstance(error, Invalid) else {}
        refusal = str(error) if isinstance(error, Conflict) else ""
        page = TitlePage(thread, typed, thread.version, errors, refusal, is_other, reason)
        return _title_form(request, viewer, page, status_of(error))
    return await _done_to(request, viewer, thread.id, "retitle")


async def update_watch(request: Request) -> Response:
    """Say how much one wants to hear of the thread."""
    value = validate(WatchChange, await read_form(request))
    viewer, state, thread_id = await account_of(request), state_of(request), request.path_params["id"]
    async with state.transaction() as tx:
        await set_watch(tx, viewer, thread_id, value.level)
    return redirect(request, f"/threads/{thread_id}", notice="watch-changed")


async def mark_thread_read(request: Request) -> Response:
    """Note posts as read: `ranges` such as "1-40,43". A script gets 204."""
    ranges = parse_ranges((await read_form(request)).get("ranges", ""))
    viewer, state, thread_id = await account_of(request), state_of(request), request.path_params["id"]
    await send_read(state, viewer, thread_id, ranges)
    if "x-fragment" in request.headers:
        return _done()
    return redirect(request, f"/threads/{thread_id}", notice="all-read")


def _done() -> Response:
    return Response(status_code=204, headers={"Cache-Control": PRIVATE})
