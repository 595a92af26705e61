"""The members of a network: who they are, joining and leaving, and what administrators do with one of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.rules import JOINING, MEMBERSHIP_CHANGES
from forum.acts.newest import find_own_newest
from forum.addresses import get, post
from forum.asking import limit, open_administered, open_network, read_page_query, read_viewer_anew
from forum.errors import Conflict, Forbidden, Invalid, NotFound, SignInNeeded
from forum.fields import ROLE_CHOICES
from forum.forms import read_form, validate
from forum.fronts import NetworkHead, network_head, render_front
from forum.heir_queries import list_heirs
from forum.heirs import NOBODY, HeldLine, heir_options, held_lines
from forum.holdings import list_held
from forum.membership import LAST_ADMINISTRATOR
from forum.network_reads import Found, find_network
from forum.networks.inputs import Joining, MemberChange, MemberList, NewRole
from forum.networks.member_commands import MEANWHILE, decide_first, join_network
from forum.networks.member_queries import find_removal, get_member, list_members
from forum.networks.roll import history_words
from forum.networks.roll_pages import Roll, read_roll, roll_address
from forum.networks.roll_queries import State, list_states
from forum.policy import may_administer, may_see_invited, may_see_requests
from forum.records import ActKind, Member, Network, Role, Status
from forum.rendering import redirect, render_page
from forum.state import account_of, state_of
from forum.viewer import Viewer
from forum.warning import validate_words

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
    roll: Roll | None = None
    """What only administrators see of the members, and of those who were."""


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
    manages = bool(may_administer(viewer, network))
    if manages and asked.status != "invited":
        return await _show_roll(request, viewer, found)
    async with state_of(request).database.read() as connection:
        part = await list_members(connection, viewer, network, asked)
    page = MembersPage(
        head=network_head(viewer, found),
        status=asked.status,
        q=asked.q,
        filters=_filters(viewer, network),
        members=part.items,
        first=_address(network, asked.status, asked.q) if asked.after else "",
        later=_address(network, asked.status, asked.q, part.next) if part.next else "",
        may_manage=manages,
        me=viewer.id,
    )
    return _rendered(request, viewer, network, page)


def _rendered(request: Request, viewer: Viewer, network: Network, page: MembersPage) -> Response:
    title = f"Members of {network.name}"
    return render_page(request, viewer, "networks/members.html", page, title=title, network_id=network.id)


def _address(network: Network, status: Status, q: str = "", after: str = "") -> str:
    kept = {"status": status if status != "active" else "", "q": q, "after": after}
    query = urlencode({name: value for name, value in kept.items() if value})
    path = f"/networks/{network.slug}/members"
    return f"{path}?{query}" if query else path


def _filters(viewer: Viewer, network: Network) -> list[tuple[str, str, str]]:
    return [(key, STATUS_NAMES[key], _address(network, key)) for key in _lists_for(viewer, network)]


async def _show_roll(request: Request, viewer: Viewer, found: Found) -> Response:
    """The same list for administrators, with organisations and last visits, in the order of their choice."""
    network = found.network
    part = await read_roll(request, viewer, network)
    path, asked = f"/networks/{network.slug}/members", part.roll.asked
    page = MembersPage(
        head=network_head(viewer, found),
        status=asked.status,
        q=asked.q,
        filters=_filters(viewer, network),
        members=[line.member for line in part.roll.lines.values()],
        first=roll_address(path, asked, part.earlier),
        later=roll_address(path, asked, part.later),
        may_manage=True,
        me=viewer.id,
        roll=part.roll,
    )
    return _rendered(request, viewer, network, page)


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
        joining = validate_words(request, Joining, fields)
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
    held: Sequence[HeldLine]
    """What they hold, which somebody must take over."""
    heirs: Sequence[tuple[str, str]]
    heir: str
    history: Sequence[tuple[State, str]]
    """What they were here from time to time, the latest first."""
    removal_id: str
    """The act that removed a member, or banned them: undone, they belong again. Empty where there is none."""


async def show_member(request: Request) -> Response:
    """One person in the network, for its administrators: role, removal, a ban."""
    viewer, found = await open_administered(request)
    return await show_with(request, viewer, found, "networks/member.html")


async def show_with(
    request: Request,
    viewer: Viewer,
    found: Found,
    template: str,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """A page about one person, with what they hold; with `errors` what was typed, and what must change."""
    typed = request.scope.get("confer.form", {})
    async with state_of(request).database.read() as connection:
        member = await get_member(connection, viewer, found.network, request.path_params["account_id"])
        held = await list_held(connection, found.network.id, member.person.id)
        heirs = await list_heirs(connection, viewer, found.network, [member.person.id]) if held else []
        states = await list_states(connection, viewer, found.network, member.person.id)
        removal_id = await find_removal(connection, viewer, found.network, member)
    is_me = member.person.id == viewer.id
    page = MemberPage(
        head=network_head(viewer, found),
        member=member,
        roles=ROLE_CHOICES,
        is_me=is_me,
        last_administrator=await _why_not(request, viewer, found.network) if is_me else "",
        errors={"": meanwhile([member])} if status == 409 else errors or {},
        reason=typed.get("reason", ""),
        held=held_lines(found.network, held),
        heirs=[*heir_options(heirs, viewer.id), NOBODY],
        heir=typed.get("heir", "" if is_me else viewer.id),
        history=history_words(states),
        removal_id=removal_id,
    )
    title = f"{member.person.name} in {found.network.name}"
    return render_page(request, viewer, template, page, title=title, network_id=found.network.id, status=status)


async def is_last(request: Request, viewer: Viewer, network: Network) -> bool:
    """Whether the viewer is the only administrator that the network has."""
    if viewer.role_in(network.id) != "administrator":
        return False
    async with state_of(request).database.read() as connection:
        part = await list_members(connection, viewer, network, MemberList(limit=2))
    return sum(member.role == "administrator" for member in part.items) < 2


async def _why_not(request: Request, viewer: Viewer, network: Network) -> str:
    """Why the viewer can't give themselves another role; empty where they can."""
    if network.member_count == 1:
        return ONLY_MEMBER
    return LAST_ADMINISTRATOR if await is_last(request, viewer, network) else ""


async def update_role(request: Request) -> Response:
    """Give a member another role."""

    def read(fields: Mapping[str, str]) -> MemberChange:
        wanted = validate(NewRole, fields)
        return MemberChange(role=wanted.role, heir=wanted.heir)

    return await decide(request, "role-changed", read)


async def delete_ban(request: Request) -> Response:
    """Lift a ban: the person may ask to join again."""
    return await decide(request, "member-restored", lambda _: MemberChange(status="removed"))


_ACTS: Mapping[str, ActKind] = {"member-removed": "expel", "member-banned": "ban"}
"""What can be undone, by the notice that says it."""


async def decide(
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
        return await show_with(request, viewer, found, template, error.errors, 422)
    except Conflict:
        return await show_with(request, viewer, found, "networks/member.html", {}, 409)
    except Forbidden as error:
        # Perhaps the viewer was removed in this very moment: then there is nothing here for them any more.
        await read_viewer_anew(request)
        viewer, found = await open_administered(request)
        return await show_with(request, viewer, found, template, {"": str(error)}, 403)
    async with state_of(request).database.read() as connection:
        member = await get_member(connection, viewer, found.network, request.path_params["account_id"])
        act_id = ""
        if notice in _ACTS:
            network_id, account_id = found.network.id, member.person.id
            act_id = await find_own_newest(
                connection, viewer, _ACTS[notice], network_id=network_id, account_id=account_id
            )
    return redirect(request, f"/networks/{slug}/members", notice=notice, who=member.person.name, undo=act_id)


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
    post(f"{_MEMBER}/ban/end", delete_ban),
    post(f"{_NETWORK}/membership", create_membership),
]
