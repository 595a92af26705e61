"""Leaving and being removed: what somebody holds is shown first, and who takes it over is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from forum.addresses import get, post
from forum.asking import open_administered, open_as_account, open_network
from forum.errors import Forbidden, Invalid
from forum.forms import read_form, validate
from forum.fronts import NetworkHead, network_head
from forum.heir_queries import list_heirs
from forum.heirs import NOBODY, HeldLine, heir_options, held_lines
from forum.holdings import list_held
from forum.membership import LAST_ADMINISTRATOR
from forum.network_reads import Found
from forum.networks.inputs import Ending, Leaving, MemberChange
from forum.networks.leaving_commands import leave_network
from forum.networks.member_pages import decide, is_last, show_with
from forum.parting import would_lose_past
from forum.rendering import redirect, render_page
from forum.state import account_of, state_of
from forum.viewer import Viewer
from forum.warning import validate_words


@dataclass(frozen=True, slots=True)
class DeparturePage:
    """Asks whether to leave, and who takes over: `networks/departure.html`."""

    head: NetworkHead
    is_last: bool
    """They are the last administrator, and name another before they go."""
    is_alone: bool
    """Nobody else belongs to the network: it is told what becomes of it."""
    held: Sequence[HeldLine]
    heirs: Sequence[tuple[str, str]]
    heir: str
    errors: Mapping[str, str]
    loses_past: bool
    """What was written before an opening stays with those who were members then: gone is gone."""


async def new_departure(request: Request) -> Response:
    """Asks whether to leave, and says what becomes of what one wrote and holds."""
    viewer, found = await open_as_account(request)
    if viewer.role_in(found.network.id) is None:
        raise Forbidden("You are no member of this network.")
    return await _ask_to_leave(request, viewer, found, 200)


async def _ask_to_leave(
    request: Request, viewer: Viewer, found: Found, status: int, errors: Mapping[str, str] | None = None
) -> Response:
    network = found.network
    is_alone = network.member_count == 1
    is_the_last = not is_alone and await is_last(request, viewer, network)
    async with state_of(request).database.read() as connection:
        held = await list_held(connection, network.id, viewer.id)
        asks = is_the_last or any(each.holding.passed is not None for each in held)
        people = await list_heirs(connection, viewer, network, [viewer.id], all_members=is_the_last) if asks else ()
        loses_past = await would_lose_past(connection, network.id, viewer.id)
    page = DeparturePage(
        head=network_head(viewer, found),
        is_last=is_the_last,
        is_alone=is_alone,
        held=held_lines(network, held),
        heirs=[("", "Choose somebody")] * is_the_last + heir_options(people, viewer.id) + [NOBODY] * (not is_the_last),
        heir=request.scope.get("confer.form", {}).get("heir", "" if is_the_last or not people else people[0].id),
        errors=errors or {},
        loses_past=loses_past,
    )
    title = f"Leave {network.name}"
    return render_page(
        request, viewer, "networks/departure.html", page, title=title, network_id=network.id, status=status
    )


async def create_departure(request: Request) -> Response:
    """Leave, withdraw a request, or decline an invitation."""
    viewer = await account_of(request)
    slug = request.path_params["slug"]
    fields = await read_form(request)
    try:
        leaving = validate(Leaving, {name: value for name, value in fields.items() if name != "alone"})
        async with state_of(request).transaction() as tx:
            # Who leaves as the last of all has read what becomes of the network.
            was = await leave_network(tx, viewer, slug, may_be_last=fields.get("alone") == "yes", heir=leaving.heir)
    except Invalid as error:
        viewer, found = await open_network(request)
        return await _ask_to_leave(request, viewer, found, 422, error.errors)
    except Forbidden as error:
        viewer, found = await open_network(request)
        errors = {"heir": LAST_ADMINISTRATOR} if str(error) == LAST_ADMINISTRATOR else {"": str(error)}
        return await _ask_to_leave(request, viewer, found, 403, errors)
    if was in ("active", "left"):
        return redirect(request, "/", notice="left")
    if was == "requested":
        return redirect(request, f"/networks/{slug}", notice="asked-withdrawn")
    return redirect(request, "/", notice="invitation-declined")


async def new_removal(request: Request) -> Response:
    """Asks whether to remove somebody, and who takes over what they hold."""
    viewer, found = await open_administered(request)
    return await show_with(request, viewer, found, "networks/removal.html")


async def new_ban(request: Request) -> Response:
    """Asks whether to remove somebody for good, and says what that means."""
    viewer, found = await open_administered(request)
    return await show_with(request, viewer, found, "networks/ban.html")


async def create_removal(request: Request) -> Response:
    """Remove a member, who may ask again."""
    return await decide(
        request, "member-removed", partial(_ending, request, "removed"), template="networks/removal.html"
    )


async def create_ban(request: Request) -> Response:
    """Remove somebody for good: they may not ask again."""
    return await decide(request, "member-banned", partial(_ending, request, "banned"), template="networks/ban.html")


def _ending(request: Request, status: Literal["removed", "banned"], fields: Mapping[str, str]) -> MemberChange:
    ending = validate_words(request, Ending, fields)
    return MemberChange(status=status, reason=ending.reason, heir=ending.heir)


_NETWORK = "/networks/{slug:slug}"
_MEMBER = f"{_NETWORK}/members/{{account_id:id}}"
ROUTES: list[BaseRoute] = [
    get(f"{_MEMBER}/removal", new_removal),
    post(f"{_MEMBER}/removal", create_removal),
    get(f"{_MEMBER}/ban", new_ban),
    post(f"{_MEMBER}/ban", create_ban),
    get(f"{_NETWORK}/departure", new_departure),
    post(f"{_NETWORK}/departure", create_departure),
]
