"""The members of a network: who they are, joining and leaving, and what administrators do with one of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.rules import JOINING, MEMBERSHIP_CHANGES
from forum.addresses import get, post
from forum.asking import limit, open_administered, open_as_account, open_network, read_page_query
from forum.errors import Conflict, Forbidden, Invalid, NotFound, SignInNeeded
from forum.forms import read_form, validate
from forum.fronts import NetworkHead, network_head, render_front
from forum.membership import LAST_ADMINISTRATOR
from forum.network_reads import Found, find_network
from forum.networks.inputs import Joining, MemberChange, MemberList, NewRole, Reason
from forum.networks.member_commands import MEANWHILE, decide_first, join_network, leave_network
from forum.networks.member_queries import get_member, list_members
from forum.policy import may_admit, may_see_invited, may_see_requests
from forum.records import Member, Network, Role, Status
from forum.rendering import redirect, render_page
from forum.state import account_of, state_of
from forum.viewer import Viewer

PAGE_SIZE = 50
ONLY_MEMBER = "You are the only member, and a network needs an administrator. Invite others first."
STATUS_NAMES: dict[Status, str] = {
    "active": "Members",
    "invited": "Invited",
    "refused": "Refused",
    "left": "Left",
    "removed": "Removed",
    "banned": "Banned",
}
STANDS: dict[Status, str] = {
    "active": "is a member now",
    "requested": "asks to join",
    "refused": "was refused",
    "left": "has left",
    "removed": "was removed",
    "banned": "was removed for good",
}
"""What a person is at this moment, for whoever comes too late to change it."""
ROLE_CHOICES: tuple[tuple[Role, str, str], ...] = (
    ("member", "Member", "Reads and writes."),
    (
        "moderator",
        "Moderator",
        "Also pins, locks and removes what others wrote; sees who asks to join, with their words, and who was refused, "
        "has left or was removed, and why.",
    ),
    (
        "administrator",
        "Administrator",
        "Also invites, admits and removes people, and changes the network’s settings.",
    ),
)


@dataclass(frozen=True, slots=True)
class MembersPage:
    """A part of the people of one status: `networks/members.html`."""

    head: NetworkHead
    status: Status
    q: str
    filters: Sequence[tuple[str, str, str]]
    members: Sequence[Member]
    first: str
    later: str
    may_manage: bool
    me: str


async def show_members(request: Request) -> Response:
    """The members by role and name, searched; for moderators also who left, was refused, removed or banned.

    Administrators also see whom they invited.
    """
    viewer, found = await open_network(request)
    if not viewer.is_signed_in:
        raise SignInNeeded
    network = found.network
    words = request.query_params.get("q", "")[:200]
    asked = read_page_query(request, MemberList, limit=PAGE_SIZE, q=words)
    if asked.status == "requested":
        return redirect(request, f"/networks/{network.slug}/requests")
    async with state_of(request).database.read() as connection:
        part = await list_members(connection, viewer, network, asked)
    path = f"/networks/{network.slug}/members"

    def address(status: Status, **more: str) -> str:
        kept = {"status": status if status != "active" else "", "q": asked.q} | more
        query = urlencode({name: value for name, value in kept.items() if value})
        return f"{path}?{query}" if query else path

    page = MembersPage(
        head=network_head(viewer, found),
        status=asked.status,
        q=asked.q,
        filters=[(key, STATUS_NAMES[key], address(key, q="")) for key in _lists_for(viewer, network)],
        members=part.items,
        first=address(asked.status) if asked.after else "",
        later=address(asked.status, after=part.next) if part.next else "",
        may_manage=bool(may_admit(viewer, network)),
        me=viewer.id,
    )
    title = f"Members of {network.name}"
    return render_page(request, viewer, "networks/members.html", page, title=title, network_id=network.id)


def _lists_for(viewer: Viewer, network: Network) -> list[Status]:
    """Which lists of people this viewer may choose from."""
    if not may_see_requests(viewer, network):
        return []
    return [status for status in STATUS_NAMES if status != "invited" or may_see_invited(viewer, network)]


async def create_membership(request: Request) -> Response:
    """Join, ask to join, or accept an invitation."""
    viewer = await account_of(request)
    slug = request.path_params["slug"]
    fields = await read_form(request)
    state = state_of(request)
    try:
        joining = validate(Joining, fields)
        await limit(request, JOINING, viewer.id)
    except Invalid as error:
        async with state.database.read() as connection:
            found = await find_network(connection, viewer, slug)
        if found is None:
            raise NotFound from error
        if found.is_readable:
            raise
        return await render_front(
            request, viewer, found, words=fields.get("words", ""), errors=error.errors, status=422
        )
    async with state.transaction() as tx:
        status = await join_network(tx, viewer, slug, joining.words)
    # Of a request the page itself says what becomes of it.
    return redirect(request, f"/networks/{slug}", notice="joined" if status == "active" else "")


@dataclass(frozen=True, slots=True)
class DeparturePage:
    """Asks whether to leave: `networks/departure.html`."""

    head: NetworkHead
    last_administrator: str
    """Why they can't, where they can't."""
    is_alone: bool
    """Nobody else belongs to the network: it is told what becomes of it."""


async def new_departure(request: Request) -> Response:
    """Asks whether to leave, and says what becomes of what one wrote."""
    viewer, found = await open_as_account(request)
    if viewer.role_in(found.network.id) is None:
        raise Forbidden("You are no member of this network.")
    return await _ask_to_leave(request, viewer, found, 200)


async def _ask_to_leave(request: Request, viewer: Viewer, found: Found, status: int) -> Response:
    network = found.network
    is_alone = network.member_count == 1
    is_last = not is_alone and await _is_last(request, viewer, network)
    page = DeparturePage(network_head(viewer, found), LAST_ADMINISTRATOR if is_last else "", is_alone)
    title = f"Leave {network.name}"
    return render_page(
        request, viewer, "networks/departure.html", page, title=title, network_id=network.id, status=status
    )


async def _is_last(request: Request, viewer: Viewer, network: Network) -> bool:
    if viewer.role_in(network.id) != "administrator":
        return False
    async with state_of(request).database.read() as connection:
        part = await list_members(connection, viewer, network, MemberList(limit=2))
    return sum(member.role == "administrator" for member in part.items) < 2


async def create_departure(request: Request) -> Response:
    """Leave, withdraw a request, or decline an invitation."""
    viewer = await account_of(request)
    slug = request.path_params["slug"]
    fields = await read_form(request)
    try:
        async with state_of(request).transaction() as tx:
            # Who leaves as the last of all has read what becomes of the network.
            was = await leave_network(tx, viewer, slug, may_be_last=fields.get("alone") == "yes")
    except Forbidden:
        viewer, found = await open_network(request)
        return await _ask_to_leave(request, viewer, found, 403)
    if was in ("active", "left"):
        return redirect(request, "/", notice="left")
    if was == "requested":
        return redirect(request, f"/networks/{slug}", notice="asked-withdrawn")
    return redirect(request, "/", notice="invitation-declined")


@dataclass(frozen=True, slots=True)
class MemberPage:
    """What an administrator can do with one person: `networks/member.html`."""

    head: NetworkHead
    member: Member
    roles: Sequence[tuple[Role, str, str]]
    is_me: bool
    last_administrator: str
    """Why the role can't be changed, where it can't."""
    errors: Mapping[str, str]
    reason: str


async def show_member(request: Request) -> Response:
    """One person in the network, for its administrators: role, removal, a ban."""
    viewer, found = await open_administered(request)
    return await _show(request, viewer, found, "networks/member.html")


async def new_ban(request: Request) -> Response:
    """Asks whether to remove somebody for good, and says what that means."""
    viewer, found = await open_administered(request)
    return await _show(request, viewer, found, "networks/ban.html")


async def _show(
    request: Request,
    viewer: Viewer,
    found: Found,
    template: str,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    async with state_of(request).database.read() as connection:
        member = await get_member(connection, viewer, found.network, request.path_params["account_id"])
    is_me = member.person.id == viewer.id
    page = MemberPage(
        head=network_head(viewer, found),
        member=member,
        roles=ROLE_CHOICES,
        is_me=is_me,
        last_administrator=await _why_not(request, viewer, found.network) if is_me else "",
        errors={"": meanwhile([member])} if status == 409 else errors or {},
        reason=request.scope.get("confer.form", {}).get("reason", ""),
    )
    title = f"{member.person.name} in {found.network.name}"
    return render_page(request, viewer, template, page, title=title, network_id=found.network.id, status=status)


async def _why_not(request: Request, viewer: Viewer, network: Network) -> str:
    """Why the viewer can't give themselves another role; empty where they can."""
    if network.member_count == 1:
        return ONLY_MEMBER
    return LAST_ADMINISTRATOR if await _is_last(request, viewer, network) else ""


async def update_role(request: Request) -> Response:
    """Give a member another role."""
    return await _decide(request, "role-changed", lambda fields: MemberChange(role=validate(NewRole, fields).role))


async def create_removal(request: Request) -> Response:
    """Remove a member, who may ask again."""
    return await _decide(request, "member-removed", lambda fields: _ending("removed", fields))


async def create_ban(request: Request) -> Response:
    """Remove somebody for good: they may not ask again."""
    return await _decide(
        request, "member-banned", lambda fields: _ending("banned", fields), template="networks/ban.html"
    )


async def delete_ban(request: Request) -> Response:
    """Lift a ban: the person may ask to join again."""
    return await _decide(request, "member-restored", lambda _: MemberChange(status="removed"))


def _ending(status: Literal["removed", "banned"], fields: Mapping[str, str]) -> MemberChange:
    return MemberChange(status=status, reason=validate(Reason, fields).reason)


async def _decide(
    request: Request,
    notice: str,
    read: Callable[[Mapping[str, str]], MemberChange],
    template: str = "networks/member.html",
) -> Response:
    """Do what the form says, or show the page again with the sentence why not."""
    viewer, found = await open_administered(request)
    fields = await read_form(request)
    slug = request.path_params["slug"]
    try:
        wanted = read(fields)
        await limit(request, MEMBERSHIP_CHANGES, viewer.id)
        async with state_of(request).transaction() as tx:
            await decide_first(tx, viewer, slug, request.path_params["account_id"], wanted)
    except Invalid as error:
        return await _show(request, viewer, found, template, error.errors, 422)
    except Conflict:
        return await _show(request, viewer, found, "networks/member.html", {}, 409)
    except Forbidden as error:
        return await _show(request, viewer, found, template, {"": str(error)}, 403)
    async with state_of(request).database.read() as connection:
        member = await get_member(connection, viewer, found.network, request.path_params["account_id"])
    return redirect(request, f"/networks/{slug}/members", notice=notice, who=member.person.name)


def meanwhile(members: Sequence[Member]) -> str:
    """What is said to whoever comes too late: how these people stand now."""
    stand = "; ".join(f"{member.person.name} {STANDS[member.status]}" for member in members)
    return f"{MEANWHILE.removesuffix('.')}: {stand}."


_NETWORK = "/networks/{slug:slug}"
_MEMBER = f"{_NETWORK}/members/{{account_id:id}}"
ROUTES: list[BaseRoute] = [
    get(f"{_NETWORK}/members", show_members),
    get(_MEMBER, show_member),
    post(f"{_MEMBER}/role", update_role),
    post(f"{_MEMBER}/removal", create_removal),
    get(f"{_MEMBER}/ban", new_ban),
    post(f"{_MEMBER}/ban", create_ban),
    post(f"{_MEMBER}/ban/end", delete_ban),
    post(f"{_NETWORK}/membership", create_membership),
    get(f"{_NETWORK}/departure", new_departure),
    post(f"{_NETWORK}/departure", create_departure),
]
