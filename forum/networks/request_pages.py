"""Those who ask to join: each with their words, to be admitted or refused, one or many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.rules import MEMBERSHIP_CHANGES
from forum.addresses import get, post
from forum.errors import Forbidden, Invalid
from forum.forms import read_form, validate
from forum.fronts import NetworkHead, network_head
from forum.networks.asking import limit, open_administered, open_as_account, read_page_query
from forum.networks.inputs import MOST_ANSWERED, Answer, MemberChange, MemberList
from forum.networks.member_commands import admit_or_refuse
from forum.networks.member_queries import list_members
from forum.policy import may_admit, may_see_requests
from forum.records import Member
from forum.rendering import redirect, render_page
from forum.state import state_of
from ground.columns import is_id

PAGE_SIZE = 50
WHO = "who-"
"""Checkboxes are called by this and an account's id: a form may not hold one name twice."""


@dataclass(frozen=True, slots=True)
class RequestsPage:
    """Those who wait: `networks/requests.html`."""

    head: NetworkHead
    waiting: Sequence[Member]
    first: str
    later: str
    may_answer: bool
    who: str = WHO


async def list_requests(request: Request) -> Response:
    """Those who ask to join, longest first; moderators read, administrators answer."""
    viewer, found = await open_as_account(request)
    network = found.network
    decision = may_see_requests(viewer, network)
    if not decision:
        raise Forbidden(decision.reason)
    asked = read_page_query(request, MemberList, limit=PAGE_SIZE, status="requested", q="")
    async with state_of(request).database.read() as connection:
        part = await list_members(connection, viewer, network, asked)
    path = f"/networks/{network.slug}/requests"
    page = RequestsPage(
        head=network_head(viewer, found),
        waiting=part.items,
        first=path if asked.after else "",
        later=f"{path}?after={part.next}" if part.next else "",
        may_answer=bool(may_admit(viewer, network)),
    )
    title = f"Requests to join {network.name}"
    return render_page(request, viewer, "networks/requests.html", page, title=title, network_id=network.id)


async def answer_requests(request: Request) -> Response:
    """Admit or refuse the chosen people, all with the same words; then back to where it was asked."""
    viewer, _ = await open_administered(request)
    fields = await read_form(request)
    chosen = [name.removeprefix(WHO) for name in fields if name.startswith(WHO)]
    answer = validate(Answer, {name: value for name, value in fields.items() if not name.startswith(WHO)})
    if not chosen or len(chosen) > MOST_ANSWERED or not all(map(is_id, chosen)):
        raise Invalid({"": "Choose first whom to answer: tick the boxes beside their names."})
    await limit(request, MEMBERSHIP_CHANGES, viewer.id)
    status: Literal["active", "refused"] = "active" if answer.answer == "admit" else "refused"
    wanted = MemberChange(status=status, reason=answer.reason)
    slug = request.path_params["slug"]
    async with state_of(request).transaction() as tx:
        await admit_or_refuse(tx, viewer, slug, chosen, wanted)
    back = "/" if answer.back == "home" else f"/networks/{slug}/requests"
    return redirect(request, back, notice="admitted" if status == "active" else "refused")


ROUTES: list[BaseRoute] = [
    get("/networks/{slug:slug}/requests", list_requests),
    post("/networks/{slug:slug}/requests", answer_requests),
]
