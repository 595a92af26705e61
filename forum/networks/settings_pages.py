"""How a network is called and looks, and who may see it: two of its settings, each with a form of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.rules import MEMBERSHIP_CHANGES
from forum.addresses import get, post
from forum.asking import limit, open_administered
from forum.choices import ACCESS_CHOICES
from forum.errors import Invalid, Stale
from forum.forms import read_form, validate
from forum.fronts import NetworkHead, network_head
from forum.network_reads import Found, get_network_by_id
from forum.networks.commands import change_network
from forum.networks.inputs import AccessChange, NetworkChange, NetworkLook
from forum.networks.reach_queries import Effects, count_parted, count_reach, effects_of
from forum.records import ACCENTS, Access, Network
from forum.rendering import redirect, render_page
from forum.state import state_of
from forum.viewer import Viewer

MEANWHILE = (
    "Somebody has changed this network since you opened this page. Where your words differ from theirs, "
    "theirs stand beside. If you save now, yours take their place."
)


@dataclass(frozen=True, slots=True)
class LookPage:
    """Name, purpose and colour: `networks/look.html`."""

    head: NetworkHead
    network: Network
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    accents: Sequence[str]


@dataclass(frozen=True, slots=True)
class AccessPage:
    """Who may see the network, typed to confirm: `networks/access.html`."""

    head: NetworkHead
    network: Network
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    choices: Sequence[tuple[str, str, str]]
    wanted: str
    """The kind that was chosen; empty as long as none was."""
    wanted_name: str
    effects: Effects | None


async def edit_look(request: Request) -> Response:
    """The form with the network's name, purpose and colour."""
    viewer, found = await open_administered(request)
    network = found.network
    typed = {"name": network.name, "purpose": network.purpose, "accent": network.accent}
    return _look(request, viewer, found, typed, {}, 200)


def _look(
    request: Request, viewer: Viewer, found: Found, typed: Mapping[str, str], errors: Mapping[str, str], status: int
) -> Response:
    network = found.network
    page = LookPage(network_head(viewer, found), network, typed, errors, ACCENTS)
    title = f"Name and look of {network.name}"
    return render_page(request, viewer, "networks/look.html", page, title=title, network_id=network.id, status=status)


async def update_look(request: Request) -> Response:
    """Change name, purpose and colour."""
    viewer, found = await open_administered(request)
    fields = await read_form(request)
    try:
        look = validate(NetworkLook, fields)
        await limit(request, MEMBERSHIP_CHANGES, viewer.id)
        wanted = NetworkChange.model_validate(look.model_dump(exclude={"version"}))
        async with state_of(request).transaction() as tx:
            await change_network(tx, viewer, found.network.slug, wanted, _version(look.version))
    except Invalid as error:
        return _look(request, viewer, found, fields, error.errors, 422)
    except Stale:
        differences = _differences(found.network, fields)
        if differences:
            return _look(request, viewer, found, fields, {"": MEANWHILE} | differences, 422)
    return redirect(request, f"/networks/{found.network.slug}/settings", notice="saved")


def _differences(network: Network, typed: Mapping[str, str]) -> dict[str, str]:
    """For each field that was typed otherwise than it stands now: how it stands now."""
    now_there = {
        "name": (network.name, f"It is called “{network.name}” now."),
        "purpose": (network.purpose, f"It says now: “{network.purpose}”"),
        "accent": (network.accent, f"It is {network.accent.capitalize()} now."),
    }
    return {name: words for name, (value, words) in now_there.items() if typed.get(name, "").strip() != value}


def _version(text: str) -> int | None:
    return int(text) if text else None


async def show_access(request: Request) -> Response:
    """The kinds of access to choose from; once one is chosen, what that would change, and the form that does it."""
    viewer, found = await open_administered(request)
    return await _access(request, viewer, found, {"access": request.query_params.get("access", "")}, {}, 200)


async def _access(
    request: Request, viewer: Viewer, found: Found, typed: Mapping[str, str], errors: Mapping[str, str], status: int
) -> Response:
    network = found.network
    chosen = next((kind for kind in get_args(Access) if kind == typed.get("access") and kind != network.access), None)
    effects = None
    if chosen is not None:
        async with state_of(request).database.read() as connection:
            effects = effects_of(network, chosen, await count_reach(connection, viewer, network))
    page = AccessPage(
        head=network_head(viewer, found),
        network=network,
        typed={**typed, "access": chosen or network.access},
        errors=errors,
        choices=ACCESS_CHOICES,
        wanted=chosen or "",
        wanted_name=(chosen or "").capitalize(),
        effects=effects,
    )
    title = f"Who can see {network.name}"
    return render_page(request, viewer, "networks/access.html", page, title=title, network_id=network.id, status=status)


async def update_access(request: Request) -> Response:
    """Change who may see the network, and lead to its address, which may be another one."""
    viewer, found = await open_administered(request)
    fields = await read_form(request)
    state = state_of(request)
    try:
        asked = validate(AccessChange, fields)
        if asked.access == found.network.access:
            raise Invalid({"access": f"Choose another kind: this network is {asked.access} now."})
        await limit(request, MEMBERSHIP_CHANGES, viewer.id)
        wanted = NetworkChange(access=asked.access, confirm=asked.confirm, with_past=asked.past == "yes")
        async with state.transaction() as tx:
            network_id = await change_network(tx, viewer, found.network.slug, wanted, _version(asked.version))
    except Invalid as error:
        return await _access(request, viewer, found, fields, error.errors, 422)
    except Stale:
        return await _access_anew(request, fields)
    async with state.database.read() as connection:
        changed = await get_network_by_id(connection, viewer, network_id)
        parted = await count_parted(connection, viewer, changed.network)
    if parted and found.network.access == "open":
        # Who let themselves in while it was open waits to be looked at.
        return redirect(request, f"/networks/{changed.network.slug}/reviews", notice="access-changed")
    return redirect(request, f"/networks/{changed.network.slug}/settings", notice="access-changed")


async def _access_anew(request: Request, fields: Mapping[str, str]) -> Response:
    """What was shown beforehand is true no longer: it is shown anew, and nothing has changed."""
    viewer, found = await open_administered(request)
    access = found.network.access
    told = f"Somebody changed this network meanwhile; it is {access} now, and nothing of yours was done. Look at what "
    told += "would change now, then type its name once more."
    where = "access" if fields.get("access") == access else "confirm"
    return await _access(request, viewer, found, {**fields, "confirm": ""}, {where: told}, 409)


_NETWORK = "/networks/{slug:slug}"
ROUTES: list[BaseRoute] = [
    get(f"{_NETWORK}/settings/look", edit_look),
    post(f"{_NETWORK}/settings/look", update_look),
    get(f"{_NETWORK}/access", show_access),
    post(f"{_NETWORK}/access", update_access),
]
