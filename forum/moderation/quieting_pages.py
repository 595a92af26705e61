"""Where moderators silence a member for a time, or have what they write wait; and end both."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.rules import MEMBERSHIP_CHANGES
from forum.acts.newest import find_own_newest
from forum.acts.people import end_hold, end_silence, hold_all, silence
from forum.addresses import get, post, route
from forum.errors import Forbidden, Invalid, TooMany
from forum.forms import read_form, read_json
from forum.fronts import NetworkHead, network_head
from forum.moderation.quieting_inputs import Holding, Silence, SilenceForm
from forum.moderation.quieting_queries import QuietMember, get_member
from forum.network_reads import Found, get_network
from forum.openapi import operation
from forum.policy import may_moderate, may_quieten
from forum.records import ActKind
from forum.rendering import PRIVATE, redirect, render_page
from forum.state import account_of, state_of
from forum.viewer import Viewer
from forum.warning import validate_words
from ground.columns import now

TAG = "Members"
HOURS = (("1", "1 hour"), ("24", "1 day"), ("168", "1 week"), ("672", "4 weeks"))


@dataclass(frozen=True, slots=True)
class QuietingPage:
    """What a member may write: `moderation/quieting.html`."""

    head: NetworkHead
    member: QuietMember
    why_not: str
    hours: tuple[tuple[str, str], ...]
    typed: Mapping[str, str]
    silence_errors: Mapping[str, str]
    hold_errors: Mapping[str, str]


async def show_writing(request: Request) -> Response:
    """What moderators have asked of this member, and may ask."""
    viewer, found, member = await _open(request)
    return _page(request, viewer, found, member)


async def _open(request: Request) -> tuple[Viewer, Found, QuietMember]:
    viewer = await account_of(request)
    async with state_of(request).database.read() as connection:
        found = await get_network(connection, viewer, request.path_params["slug"])
        decision = may_moderate(viewer, found.network.id)
        if not decision:
            raise Forbidden(decision.reason)
        member = await get_member(connection, viewer, found.network.id, request.path_params["account_id"])
    return viewer, found, member


def _page(
    request: Request,
    viewer: Viewer,
    found: Found,
    member: QuietMember,
    typed: Mapping[str, str] | None = None,
    silence_errors: Mapping[str, str] | None = None,
    hold_errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    decision = may_quieten(viewer, found.network.id, member.person.id, member.role)
    page = QuietingPage(
        head=network_head(viewer, found),
        member=member,
        why_not=decision.reason,
        hours=HOURS,
        typed=typed or {},
        silence_errors=silence_errors or {},
        hold_errors=hold_errors or {},
    )
    title = f"What {member.person.name} writes"
    network_id = found.network.id
    return render_page(
        request, viewer, "moderation/quieting.html", page, title=title, network_id=network_id, status=status
    )


async def _limit(request: Request, viewer: Viewer) -> None:
    verdict = await state_of(request).rate_limits.hit(MEMBERSHIP_CHANGES, viewer.id)
    if not verdict.allowed:
        raise TooMany(verdict.sentence, verdict.retry_after)


def _back(request: Request, notice: str, member: QuietMember, act_id: str = "") -> Response:
    path = f"/networks/{request.path_params['slug']}/members/{request.path_params['account_id']}/writing"
    return redirect(request, path, notice=notice, who=member.person.name, undo=act_id)


async def _offer_undo(request: Request, viewer: Viewer, found: Found, member: QuietMember, kind: ActKind) -> Response:
    """Back, where "Undo" is offered."""
    network_id, account_id = found.network.id, member.person.id
    async with state_of(request).database.read() as connection:
        act_id = await find_own_newest(connection, viewer, kind, network_id=network_id, account_id=account_id)
    return _back(request, "silenced" if kind == "silence" else "holding", member, act_id)


async def create_silence(request: Request) -> Response:
    """Silence the member for a time."""
    fields = await read_form(request)
    viewer, found, member = await _open(request)
    try:
        value = validate_words(request, SilenceForm, fields)
        await _limit(request, viewer)
        until = now() + timedelta(hours=int(value.hours))
        async with state_of(request).transaction() as tx:
            await silence(tx, viewer, found.network.id, member.person.id, until, value.reason)
    except Invalid as error:
        _, _, member = await _open(request)
        return _page(request, viewer, found, member, fields, silence_errors=error.errors, status=422)
    return await _offer_undo(request, viewer, found, member, "silence")


async def delete_silence(request: Request) -> Response:
    """Let the member write again."""
    await read_form(request)
    viewer, found, member = await _open(request)
    async with state_of(request).transaction() as tx:
        await end_silence(tx, viewer, found.network.id, member.person.id)
    return _back(request, "unsilenced", member)


async def create_hold(request: Request) -> Response:
    """Have all that the member writes wait for a moderator."""
    fields = await read_form(request)
    viewer, found, member = await _open(request)
    try:
        value = validate_words(request, Holding, {"reason": fields.get("why", fields.get("reason", ""))})
        await _limit(request, viewer)
        async with state_of(request).transaction() as tx:
            await hold_all(tx, viewer, found.network.id, member.person.id, value.reason)
    except Invalid as error:
        errors = {"why": str(error)}
        return _page(request, viewer, found, member, fields, hold_errors=errors, status=422)
    return await _offer_undo(request, viewer, found, member, "hold")


async def delete_hold(request: Request) -> Response:
    """Let what the member writes be read at once again."""
    await read_form(request)
    viewer, found, member = await _open(request)
    async with state_of(request).transaction() as tx:
        await end_hold(tx, viewer, found.network.id, member.person.id)
    return _back(request, "unheld", member)


# -- The same by the API ------------------------------------------------------------------------


@operation("Silence a member for a time", TAG, {204: None}, body=Silence, refusals=(403,))
async def api_silence(request: Request) -> Response:
    """They read and do not write until then; it ends by itself. For moderators, and not of moderators.

    Where a silence stands that ends later, this is refused: end that one first.
    """
    await account_of(request)
    value = validate_words(request, Silence, await read_json(request))
    viewer, found, member = await _open(request)
    await _limit(request, viewer)
    until = now() + timedelta(hours=value.hours)
    async with state_of(request).transaction() as tx:
        await silence(tx, viewer, found.network.id, member.person.id, until, value.reason)
    return _done()


@operation("Let a silenced member write again", TAG, {204: None}, refusals=(403,))
async def api_end_silence(request: Request) -> Response:
    """Where they may write already, nothing changes."""
    viewer, found, member = await _open(request)
    async with state_of(request).transaction() as tx:
        await end_silence(tx, viewer, found.network.id, member.person.id)
    return _done()


@operation("Have a member's posts wait for a moderator", TAG, {204: None}, body=Holding, refusals=(403,))
async def api_hold(request: Request) -> Response:
    """All that they write from now on, until a moderator ends it."""
    await account_of(request)
    value = validate_words(request, Holding, await read_json(request))
    viewer, found, member = await _open(request)
    await _limit(request, viewer)
    async with state_of(request).transaction() as tx:
        await hold_all(tx, viewer, found.network.id, member.person.id, value.reason)
    return _done()


@operation("Let a member's posts be read at once again", TAG, {204: None}, refusals=(403,))
async def api_end_hold(request: Request) -> Response:
    """What waits already goes on to wait."""
    viewer, found, member = await _open(request)
    async with state_of(request).transaction() as tx:
        await end_hold(tx, viewer, found.network.id, member.person.id)
    return _done()


def _done() -> Response:
    return Response(status_code=204, headers={"Cache-Control": PRIVATE})


_MEMBER = "/networks/{slug:slug}/members/{account_id:id}"
ROUTES: list[BaseRoute] = [
    get(f"{_MEMBER}/writing", show_writing),
    post(f"{_MEMBER}/silence", create_silence),
    post(f"{_MEMBER}/silence/end", delete_silence),
    post(f"{_MEMBER}/hold", create_hold),
    post(f"{_MEMBER}/hold/end", delete_hold),
]
API_ROUTES: list[BaseRoute] = [
    route("PUT", f"/api/v1{_MEMBER}/silence", api_silence),
    route("DELETE", f"/api/v1{_MEMBER}/silence", api_end_silence),
    route("PUT", f"/api/v1{_MEMBER}/hold", api_hold),
    route("DELETE", f"/api/v1{_MEMBER}/hold", api_end_hold),
]
