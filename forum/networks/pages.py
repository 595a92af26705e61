"""The directory, making a network, and what is said about one; with all the addresses of the slice."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.rules import NETWORKS
from forum.addresses import get, post
from forum.asking import limit, open_network, read_page_query, read_viewer_anew
from forum.choices import ACCESS_CHOICES, access_words
from forum.errors import AlreadySent, Forbidden, Invalid, LookAgain
from forum.forms import KEY_FIELD, has_looked_again, read_form, request_key, validate
from forum.fronts import NetworkHead, network_head
from forum.network_reads import Front, get_network_by_id, read_front
from forum.networks import (
    commands,
    leaving_pages,
    member_pages,
    organisation_pages,
    people_pages,
    request_pages,
    roll_pages,
    settings_pages,
)
from forum.networks.inputs import Directory, NewNetwork
from forum.networks.queries import Listed, list_networks
from forum.policy import may_create_network, may_list_members, may_see_exact_count
from forum.records import ACCENTS, Network
from forum.rendering import redirect, render_page, size_band
from forum.state import account_of, state_of, viewer_of
from forum.viewer import Viewer

PAGE_SIZE = 30
LIKE_ANOTHER = (
    "A network in the directory has this name, or one that looks like it, and people may take one for the other. "
    "Choose another name if you can; if it is meant so, send this once more as it is."
)


@dataclass(frozen=True, slots=True)
class Row:
    """A network in the directory, and what the viewer is there."""

    network: Network
    size: str
    organisations: str
    status: str


@dataclass(frozen=True, slots=True)
class DirectoryPage:
    """Networks that the viewer may know of: `networks/directory.html`."""

    q: str
    mine: bool
    filters: Sequence[tuple[str, str, str]]
    rows: Sequence[Row]
    first: str
    later: str
    may_create: bool


async def list_directory(request: Request) -> Response:
    """The directory of networks, searched and page by page."""
    asked = read_page_query(request, Directory, limit=PAGE_SIZE, q=request.query_params.get("q", "")[:200])
    viewer, state = await viewer_of(request), state_of(request)
    async with state.database.read() as connection:
        part = await list_networks(connection, viewer, asked)

    def address(**more: str) -> str:
        kept = {"q": asked.q, "mine": "true" if asked.mine else ""} | more
        query = urlencode({name: value for name, value in kept.items() if value})
        return f"/networks?{query}" if query else "/networks"

    page = DirectoryPage(
        q=asked.q,
        mine=asked.mine,
        filters=[("all", "All", address(mine="")), ("mine", "Mine", address(mine="true"))] if viewer.id else [],
        rows=[_row(viewer, listed) for listed in part.items],
        first=address() if asked.after else "",
        later=address(after=part.next) if part.next else "",
        may_create=bool(may_create_network(viewer, state.settings.network_creation)),
    )
    return render_page(request, viewer, "networks/directory.html", page, title="Networks", indexed=True)


def _row(viewer: Viewer, listed: Listed) -> Row:
    network = listed.network
    exact = may_see_exact_count(viewer, network)
    size = f"{network.member_count:,}" if exact else size_band(network.member_count)
    return Row(
        network=network,
        size=f"{size} {'member' if exact and network.member_count == 1 else 'members'}",
        organisations=", ".join(listed.organisations),
        status=place_words(viewer, network),
    )


def place_words(viewer: Viewer, network: Network) -> str:
    """What the viewer is in a network, in a word or two; empty where they are nothing there."""
    place = viewer.place_in(network.id)
    if place is None:
        return ""
    if place.status == "active":
        return f"You are {'an' if place.role == 'administrator' else 'a'} {place.role}"
    return "You have asked to join" if place.status == "requested" else "You are invited"


@dataclass(frozen=True, slots=True)
class NewNetworkPage:
    """The form that makes a network: `networks/new.html`."""

    typed: Mapping[str, str]
    errors: Mapping[str, str]
    key: str
    choices: Sequence[tuple[str, str, str]] = ACCESS_CHOICES
    accents: Sequence[str] = ACCENTS


async def new_network(request: Request) -> Response:
    """The form that makes a network."""
    viewer = await account_of(request)
    decision = may_create_network(viewer, state_of(request).settings.network_creation)
    if not decision:
        raise Forbidden(decision.reason)
    return _form(request, viewer, {"access": "closed", "accent": "teal"}, {}, 200)


def _form(
    request: Request, viewer: Viewer, typed: Mapping[str, str], errors: Mapping[str, str], status: int
) -> Response:
    page = NewNetworkPage(typed, errors, secrets.token_urlsafe(16))
    return render_page(request, viewer, "networks/new.html", page, title="Create a network", status=status)


async def create_network(request: Request) -> Response:
    """Make the network and open it, or give the form back with what must change."""
    viewer = await account_of(request)
    fields = await read_form(request)
    state = state_of(request)
    try:
        new = validate(NewNetwork, fields)
        await _warn_of_likeness(request, new)
        await limit(request, NETWORKS, viewer.id)
        key = request_key(request, new, fields.get(KEY_FIELD))
        async with state.transaction() as tx:
            claim = await commands.create_network(tx, viewer, new, key, state.settings.network_creation)
    except Invalid as error:
        return _form(request, viewer, fields, error.errors, 422)
    except AlreadySent as error:
        return _form(request, viewer, fields, {"": str(error)}, 422)
    viewer = await read_viewer_anew(request)
    async with state.database.read() as connection:
        found = await get_network_by_id(connection, viewer, claim.object_id)
    return redirect(request, f"/networks/{found.network.slug}", notice="network-created")


async def _warn_of_likeness(request: Request, new: NewNetwork) -> None:
    """Raises Invalid, once, where a network that stays out of the directory is called like one that is in it."""
    if new.access not in commands.HIDDEN or has_looked_again(request):
        return
    async with state_of(request).database.read() as connection:
        if await commands.is_listed(connection, new.name):
            raise Invalid({"name": LookAgain(LIKE_ANOTHER)})


@dataclass(frozen=True, slots=True)
class AboutPage:
    """What is said about a network: `networks/about.html`."""

    head: NetworkHead
    network: Network
    front: Front
    access_words: str
    links_people: bool
    address: str
    is_member: bool


async def show_about(request: Request) -> Response:
    """What the network is for, who runs it, and who can see it."""
    viewer, found = await open_network(request)
    state = state_of(request)
    async with state.database.read() as connection:
        front = await read_front(connection, viewer, found.network)
    network = found.network
    page = AboutPage(
        head=network_head(viewer, found),
        network=network,
        front=front,
        access_words=access_words(network.access),
        links_people=bool(may_list_members(viewer, network)),
        address=f"{state.settings.public_url}/networks/{network.slug}",
        is_member=viewer.role_in(network.id) is not None,
    )
    title = f"About {network.name}"
    return render_page(
        request,
        viewer,
        "networks/about.html",
        page,
        title=title,
        network_id=network.id,
        indexed=network.access == "open",
    )


ROUTES: list[BaseRoute] = [
    get("/networks", list_directory),
    post("/networks", create_network),
    get("/networks/new", new_network),
    get("/networks/{slug:slug}/about", show_about),
    *member_pages.ROUTES,
    *leaving_pages.ROUTES,
    *organisation_pages.ROUTES,
    *roll_pages.ROUTES,
    *request_pages.ROUTES,
    *settings_pages.ROUTES,
    *people_pages.ROUTES,
]
