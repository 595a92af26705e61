"""A network's settings: how it is called and looks, and who may see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.rules import MEMBERSHIP_CHANGES
from forum.addresses import get, post
from forum.asking import limit, open_administered
from forum.errors import Invalid, Stale
from forum.forms import read_form, validate
from forum.fronts import NetworkHead, network_head
from forum.network_reads import Found, get_network_by_id
from forum.networks.choices import ACCESS_CHOICES
from forum.networks.commands import change_network
from forum.networks.inputs import AccessChange, NetworkChange, NetworkLook
from forum.records import ACCENTS, Network
from forum.rendering import redirect, render_page
from forum.state import state_of
from forum.viewer import Viewer

MEANWHILE = (
    "Somebody has changed this network since you opened this page. Where your words differ from theirs, "
    "theirs stand beside. If you save now, yours take their place."
)


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """Name, purpose and colour: `networks/settings.html`."""

    head: NetworkHead
    network: Network
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    accents: Sequence[str]
    access_name: str
    access_words: str


@dataclass(frozen=True, slots=True)
class AccessPage:
    """Who may see the network, typed to confirm: `networks/access.html`."""

    head: NetworkHead
    network: Network
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    choices: Sequence[tuple[str, str, str]]


async def show_settings(request: Request) -> Response:
    """The form with the network's name, purpose and colour."""
    viewer, found = await open_administered(request)
    network = found.network
    typed = {"name": network.name, "purpose": network.purpose, "accent": network.accent}
    return _settings(request, viewer, found, typed, {}, 200)


def _settings(
    request: Request, viewer: Viewer, found: Found, typed: Mapping[str, str], errors: Mapping[str, str], status: int
) -> Response:
    network = found.network
    name, words = next((name, words) for key, name, words in ACCESS_CHOICES if key == network.access)
    page = SettingsPage(network_head(viewer, found), network, typed, errors, ACCENTS, name, words)
    title = f"Settings of {network.name}"
    return render_page(
        request, viewer, "networks/settings.html", page, title=title, network_id=network.id, status=status
    )


async def update_settings(request: Request) -> Response:
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
        return _settings(request, viewer, found, fields, error.errors, 422)
    except Stale:
        differences = _differences(found.network, fields)
        if differences:
            return _settings(request, viewer, found, fields, {"": MEANWHILE} | differences, 422)
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
    """The form that changes who may see the network."""
    viewer, found = await open_administered(request)
    return _access(request, viewer, found, {"access": found.network.access}, {}, 200)


def _access(
    request: Request, viewer: Viewer, found: Found, typed: Mapping[str, str], errors: Mapping[str, str], status: int
) -> Response:
    network = found.network
    page = AccessPage(network_head(viewer, found), network, typed, errors, ACCESS_CHOICES)
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
            network_id = await change_network(tx, viewer, found.network.slug, wanted)
    except Invalid as error:
        return _access(request, viewer, found, fields, error.errors, 422)
    async with state.database.read() as connection:
        changed = await get_network_by_id(connection, viewer, network_id)
    return redirect(request, f"/networks/{changed.network.slug}/settings", notice="access-changed")


_NETWORK = "/networks/{slug:slug}"
ROUTES: list[BaseRoute] = [
    get(f"{_NETWORK}/settings", show_settings),
    post(f"{_NETWORK}/settings", update_settings),
    get(f"{_NETWORK}/access", show_access),
    post(f"{_NETWORK}/access", update_access),
]
