"""Those who ask to join: each with their words, to be admitted or refused, one or many at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.rules import MEMBERSHIP_CHANGES
from forum.addresses import get, post
from forum.asking import limit, open_administered, open_as_account, read_page_query
from forum.errors import Forbidden, Invalid
from forum.forms import read_form
from forum.fronts import NetworkHead, network_head
from forum.network_reads import Found
from forum.networks.inputs import MOST_ANSWERED, Answer, MemberChange, MemberList
from forum.networks.member_commands import admit_or_refuse
from forum.networks.member_pages import meanwhile
from forum.networks.member_queries import list_members, list_named
from forum.networks.organisation_queries import Fellows, list_fellows
from forum.notices import name_all
from forum.policy import may_admit, may_see_requests
from forum.records import Member
from forum.rendering import redirect, render_page, spell
from forum.state import state_of
from forum.viewer import Viewer
from forum.warning import validate_words
from ground.columns import is_id, now

PAGE_SIZE = 50
WHO = "who-"
"""Checkboxes are called by this and an account's id: a form may not hold one name twice."""


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """Somebody who waits, for how long, and for administrators who of their organisation is here already."""

    member: Member
    waits: str
    organisation: str
    fellows: str


@dataclass(frozen=True, slots=True)
class RequestsPage:
    """Those who wait: `networks/requests.html`."""

    head: NetworkHead
    waiting: Sequence[WaitingLine]
    first: str
    later: str
    may_answer: bool
    invites: bool
    """Nobody can ask to join a network of this kind: its administrators invite."""
    reason: str
    errors: Mapping[str, str]
    is_about_many: bool
    """The errors are about the form that answers several at once."""
    who: str = WHO


async def list_requests(request: Request) -> Response:
    """Those who ask to join, longest first; moderators read, administrators answer."""
    viewer, found = await open_as_account(request)
    decision = may_see_requests(viewer, found.network)
    if not decision:
        raise Forbidden(decision.reason)
    return await _page(request, viewer, found)


async def _page(
    request: Request,
    viewer: Viewer,
    found: Found,
    reason: str = "",
    errors: Mapping[str, str] | None = None,
    *,
    is_about_many: bool = False,
    status: int = 200,
) -> Response:
    """The list; with `errors` as it was, and what must change in the answer."""
    network = found.network
    asked = read_page_query(request, MemberList, limit=PAGE_SIZE, status="requested", q="")
    async with state_of(request).database.read() as connection:
        part = await list_members(connection, viewer, network, asked)
        waiting_ids = [member.person.id for member in part.items]
        answers = bool(may_admit(viewer, network))
        fellows = await list_fellows(connection, viewer, network, waiting_ids) if answers else {}
    path = f"/networks/{network.slug}/requests"
    page = RequestsPage(
        head=network_head(viewer, found),
        waiting=[_line(member, fellows.get(member.person.id)) for member in part.items],
        first=path if asked.after else "",
        later=f"{path}?after={part.next}" if part.next else "",
        may_answer=answers,
        invites=network.access in ("open", "secret"),
        reason=reason,
        errors=errors or {},
        is_about_many=is_about_many,
    )
    title = f"Requests to join {network.name}"
    return render_page(
        request, viewer, "networks/requests.html", page, title=title, network_id=network.id, status=status
    )


def _line(member: Member, fellows: Fellows | None) -> WaitingLine:
    days = (now() - member.created_at).days
    waits = f"waits for {spell(days, 'day', 'days')}" if days else ""
    if fellows is None:
        return WaitingLine(member, waits, member.person.organisation, "")
    others = fellows.count - len(fellows.names)
    names = [*fellows.names, *([spell(others, "other", "others")] if others else [])]
    here = f"Already here: {', '.join(names[:-1])}{' and ' if names[:-1] else ''}{names[-1]}" if names else ""
    return WaitingLine(member, waits, fellows.organisation, here or "Nobody of theirs is here yet")


async def answer_requests(request: Request) -> Response:
    """Admit or refuse the chosen people, all with the same words; then back to where it was asked."""
    viewer, found = await open_administered(request)
    fields = await read_form(request)
    chosen = [name.removeprefix(WHO) for name in fields if name.startswith(WHO)]
    try:
        given = {name: value for name, value in fields.items() if not name.startswith(WHO)}
        answer = validate_words(request, Answer, given)
        if not chosen or len(chosen) > MOST_ANSWERED or not all(map(is_id, chosen)):
            raise Invalid({"": "Choose first whom to answer: tick the boxes beside their names."})
    except Invalid as error:
        reason = fields.get("reason", "")
        return await _page(request, viewer, found, reason, error.errors, is_about_many=len(chosen) != 1, status=422)
    await limit(request, MEMBERSHIP_CHANGES, viewer.id)
    status: Literal["active", "refused"] = "active" if answer.answer == "admit" else "refused"
    wanted = MemberChange(status=status, reason=answer.reason)
    slug = request.path_params["slug"]
    async with state_of(request).transaction() as tx:
        answered = await admit_or_refuse(tx, viewer, slug, chosen, wanted)
    async with state_of(request).database.read() as connection:
        members = await list_named(connection, viewer, found.network, chosen)
    names = [member.person.name for member in members if member.person.id in answered]
    notice = "admitted" if status == "active" else "refused"
    if len(answered) < len(chosen):
        viewer, found = await open_administered(request)  # with the number of those who still wait
        others = [member for member in members if member.person.id not in answered]
        said = ([f"{notice.capitalize()} {name_all(names)}."] if names else []) + _passed_over(others, chosen, members)
        return await _page(request, viewer, found, answer.reason, {"": " ".join(said)}, status=409)
    back = "/" if answer.back == "home" else f"/networks/{slug}/requests"
    return redirect(request, back, notice=notice, who=name_all(names))


def _passed_over(others: Sequence[Member], chosen: Sequence[str], known: Sequence[Member]) -> list[str]:
    """What became of those who were answered by somebody else before, or take their request back."""
    said = [meanwhile(others)] if others else []
    if len(known) < len(chosen):
        said.append("Whoever else you chose has taken their request back.")
    return said


ROUTES: list[BaseRoute] = [
    get("/networks/{slug:slug}/requests", list_requests),
    post("/networks/{slug:slug}/requests", answer_requests),
]
