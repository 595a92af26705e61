"""Acts on a post or a person, each on a page of its own where whom it concerns may appeal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.rules import APPEALS
from forum.acts.posts import hide_post
from forum.acts.repeating import hide_repeats
from forum.acts.threads import UNTOLD
from forum.acts.titles import TitleWish
from forum.acts.undoing import UNDOABLE, undo_act
from forum.acts.warning import warn_person
from forum.addresses import get, post
from forum.errors import Conflict, Forbidden, Invalid
from forum.forms import read_form
from forum.moderation import appeal_commands
from forum.moderation.act_queries import find_newest_act, get_act, may_undo_shown
from forum.moderation.asking import limit, limit_acts, open_moderated
from forum.moderation.inputs import Appeal, AppealAnswer, Hiding, NewWarning, Undoing
from forum.moderation.post_queries import Place, get_place
from forum.moderation.queries import EarlierAct, find_reported_person, list_record
from forum.moderation.queue_pages import PATIENT_DATA, RULE_CHOICES
from forum.moderation.records import ShownAct
from forum.moderation.wording import act_title, what_was_done
from forum.policy import may_hide, may_warn
from forum.records import Person
from forum.rendering import redirect, render_page
from forum.state import account_of, state_of
from forum.viewer import Viewer
from forum.warning import validate_words


@dataclass(frozen=True, slots=True)
class HidingPage:
    """The question before a post is hidden: `moderation/hiding.html`."""

    place: Place
    rules: Sequence[tuple[str, str]]
    typed: Mapping[str, str]
    errors: Mapping[str, str]


async def new_hiding(request: Request) -> Response:
    """Which rule the post breaks, and what its author is told."""
    viewer, place = await _place_to_hide(request)
    return _hiding_form(request, viewer, place, {}, {})


async def _place_to_hide(request: Request) -> tuple[Viewer, Place]:
    viewer = await account_of(request)
    async with state_of(request).database.read() as connection:
        place = await get_place(connection, viewer, request.path_params["id"])
    decision = may_hide(viewer, place.standing)
    if not decision:
        raise Forbidden(decision.reason)
    return viewer, place


def _hiding_form(
    request: Request, viewer: Viewer, place: Place, typed: Mapping[str, str], errors: Mapping[str, str]
) -> Response:
    is_gone = place.standing.is_gone
    rules = PATIENT_DATA if is_gone else RULE_CHOICES
    page = HidingPage(place, rules, {"rule": "patient_data", **typed} if is_gone else typed, errors)
    title, status = f"Mark post {place.number}" if is_gone else f"Hide post {place.number}", 422 if errors else 200
    return render_page(
        request, viewer, "moderation/hiding.html", page, title=title, network_id=place.network_id, status=status
    )


async def create_hiding(request: Request) -> Response:
    """Hide the post, then show the stub that stays, with "Undo"."""
    fields = await read_form(request)
    viewer, place = await _place_to_hide(request)
    try:
        value = validate_words(request, Hiding, fields)
        await limit_acts(request, viewer)
        async with state_of(request).transaction() as tx:
            wish = TitleWish(value.keep_title, value.title) if place.number == 1 else TitleWish()
            removed = await hide_post(tx, viewer, place.id, value.rule, value.reason, wish=wish)
    except Invalid as error:
        return _hiding_form(request, viewer, place, fields, error.errors)
    return redirect(request, place.path, notice="hidden", undo=removed.act_id or "")


@dataclass(frozen=True, slots=True)
class WarningPage:
    """What somebody is warned of: `moderation/warning.html`."""

    path: str
    person: Person
    record: Sequence[EarlierAct]
    typed: Mapping[str, str]
    errors: Mapping[str, str]


async def new_warning(request: Request) -> Response:
    """The form for warning somebody, beside what was done about them before."""
    viewer, found = await open_moderated(request)
    return await _warning_form(request, viewer, found.network.id, {}, {})


async def _warning_form(
    request: Request, viewer: Viewer, network_id: str, typed: Mapping[str, str], errors: Mapping[str, str]
) -> Response:
    account_id = request.path_params["account_id"]
    async with state_of(request).database.read() as connection:
        person = await find_reported_person(connection, viewer, network_id, account_id)
        record = await list_record(connection, viewer, network_id, account_id)
    decision = may_warn(viewer, network_id, account_id)
    if not decision:
        raise Forbidden(decision.reason)
    path = f"/networks/{request.path_params['slug']}/people/{account_id}/warning"
    page = WarningPage(path, person, record, typed, errors)
    title, status = f"Warn {person.name}", 422 if errors else 200
    return render_page(
        request, viewer, "moderation/warning.html", page, title=title, network_id=network_id, status=status
    )


async def create_warning(request: Request) -> Response:
    """Warn the person, then show them."""
    viewer, found = await open_moderated(request)
    fields = await read_form(request)
    account_id = request.path_params["account_id"]
    try:
        value = validate_words(request, NewWarning, fields)
        await limit_acts(request, viewer)
        async with state_of(request).transaction() as tx:
            person = await find_reported_person(tx.connection, viewer, found.network.id, account_id)
            act_id = await warn_person(tx, viewer, found.network.id, account_id, value.reason, value.rule)
    except Invalid as error:
        return await _warning_form(request, viewer, found.network.id, fields, error.errors)
    return redirect(request, f"/people/{account_id}", notice="warned", who=person.name, undo=act_id)


# -- One act ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ActPage:
    """What was done, why, and what can be done about it: `moderation/act.html`."""

    act: ShownAct
    title: str
    what: str
    may_undo: bool
    """And is not asked to judge an appeal, whose answer says why."""
    may_say_why: bool
    """It took something from somebody, who may want to know why they have it back."""
    may_mark: bool
    """The post is out of sight, but not because of patient data, and this viewer may say that it contains such."""
    may_appeal: bool
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    refusal: str


async def show_act(request: Request) -> Response:
    """An act: for whom it concerns, the network's moderators, and whoever judges an appeal."""
    viewer = await account_of(request)
    return await _show(request, viewer, {})


async def _show(
    request: Request, viewer: Viewer, typed: Mapping[str, str], error: Invalid | Conflict | Forbidden | None = None
) -> Response:
    async with state_of(request).database.read() as connection:
        act = await get_act(connection, viewer, request.path_params["act_id"])
        may_mark = await _may_mark(connection, viewer, act)
    is_undoable = act.kind in UNDOABLE and act.gives_back
    page = ActPage(
        act=act,
        title=act_title(act),
        what=what_was_done(act),
        may_undo=not act.is_judged and is_undoable and act.is_in_reach and bool(may_undo_shown(viewer, act)),
        may_say_why=act.kind not in UNTOLD,
        may_mark=may_mark,
        may_appeal=act.is_mine and is_undoable and act.appealed_at is None,
        typed=typed,
        errors=dict(error.errors) if isinstance(error, Invalid) else {},
        refusal=str(error) if error is not None and not isinstance(error, Invalid) else "",
    )
    statuses = {Invalid: 422, Conflict: 409, Forbidden: 403}
    status = statuses[type(error)] if error is not None else 200
    network_id = act.network_id if viewer.role_in(act.network_id) else ""
    return render_page(
        request, viewer, "moderation/act.html", page, title=page.title, network_id=network_id, status=status
    )


async def _may_mark(connection: AsyncConnection, viewer: Viewer, act: ShownAct) -> bool:
    if not act.is_moderated or act.post_id is None or act.thread_id is None:
        return False
    standing = (await get_place(connection, viewer, act.post_id)).standing
    return standing.is_gone and bool(may_hide(viewer, standing))


async def show_newest_act(request: Request) -> Response:
    """On to what was done with this post last."""
    viewer = await account_of(request)
    async with state_of(request).database.read() as connection:
        act_id = await find_newest_act(connection, viewer, request.path_params["id"])
    return redirect(request, f"/acts/{act_id}")


async def create_undo(request: Request) -> Response:
    """Take the act back, then show what it was about."""
    fields = await read_form(request)
    viewer = await account_of(request)
    try:
        value = validate_words(request, Undoing, fields)
        await limit_acts(request, viewer)
        async with state_of(request).transaction() as tx:
            done = await undo_act(tx, viewer, request.path_params["act_id"], value.reason)
    except (Invalid, Conflict) as error:
        return await _show(request, viewer, fields, error)
    where = f"/posts/{done.post_id}" if done.post_id else f"/acts/{done.id}"
    if done.document_id is not None:
        where = f"/documents/{done.document_id}"
    if done.card_id is not None:
        where = f"/cards/{done.card_id}"
    if done.post_id is None and done.thread_id is not None:
        where = f"/threads/{done.thread_id}"
    return redirect(request, where, notice="act-undone" if done.is_told_besides(viewer.id) else "act-undone-alone")


async def create_repeats_hiding(request: Request) -> Response:
    """Hide what repeats the words of the hidden post, too, then show the act again."""
    viewer = await account_of(request)
    act_id = request.path_params["act_id"]
    await limit_acts(request, viewer)
    async with state_of(request).transaction() as tx:
        await hide_repeats(tx, viewer, act_id)
    return redirect(request, f"/acts/{act_id}", notice="repeats-hidden")


async def create_appeal(request: Request) -> Response:
    """Ask that somebody else looks at it."""
    fields = await read_form(request)
    viewer = await account_of(request)
    try:
        value = validate_words(request, Appeal, fields)
        await limit(request, APPEALS, viewer.id)
        async with state_of(request).transaction() as tx:
            await appeal_commands.appeal(tx, viewer, request.path_params["act_id"], value.words)
    except (Invalid, Conflict) as error:
        return await _show(request, viewer, fields, error)
    return redirect(request, f"/acts/{request.path_params['act_id']}", notice="appealed")


async def create_answer(request: Request) -> Response:
    """Let it stand or take it back."""
    fields = await read_form(request)
    viewer = await account_of(request)
    act_id = request.path_params["act_id"]
    try:
        value = validate_words(request, AppealAnswer, fields)
        await limit_acts(request, viewer)
        async with state_of(request).transaction() as tx:
            await appeal_commands.answer_appeal(tx, viewer, act_id, value.outcome, value.answer)
    except (Invalid, Conflict) as error:
        return await _show(request, viewer, fields, error)
    return redirect(request, f"/acts/{act_id}", notice="appeal-answered")


ROUTES: list[BaseRoute] = [
    get("/posts/{id:id}/hiding", new_hiding),
    post("/posts/{id:id}/hiding", create_hiding),
    get("/posts/{id:id}/act", show_newest_act),
    get("/networks/{slug:slug}/people/{account_id:id}/warning", new_warning),
    post("/networks/{slug:slug}/people/{account_id:id}/warning", create_warning),
    get("/acts/{act_id:id}", show_act),
    post("/acts/{act_id:id}/undo", create_undo),
    post("/acts/{act_id:id}/repeats", create_repeats_hiding),
    post("/acts/{act_id:id}/appeal", create_appeal),
    post("/acts/{act_id:id}/answer", create_answer),
]
