""" "What others see": the network at every place where it could be seen, by the pages themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from auth.rules import PREVIEWS
from forum.addresses import get
from forum.asking import limit, open_administered
from forum.errors import Forbidden, NotFound
from forum.forms import read_query
from forum.fronts import NetworkHead, network_head
from forum.network_reads import get_network
from forum.openapi import operation
from forum.policy import may_administer
from forum.rendering import PRIVATE, render_page
from forum.state import state_of, viewer_of
from forum.stewardship.inputs import Seen
from forum.stewardship.looking_commands import Surface, framed, look_as
from forum.stewardship.presenting import ApiSeen
from forum.stewardship.rehearsal_commands import STANDINGS, Standing

TAG = "Looking after a network"
WHO: dict[Standing, tuple[str, str]] = {
    "signed_out": ("Signed out", "somebody without an account, or a search engine"),
    "outsider": ("Signed in", "somebody with an account who has nothing to do with this network"),
    "invited": ("Invited", "somebody whom you have invited and who has not answered"),
    "removed": ("Removed", "somebody who was a member until you removed them"),
    "member": ("Member", "somebody who belongs to this network"),
}
PLACES = {
    "address": ("Its address", "They have the address of the network, or were sent a link to it."),
    "thread": ("A thread in it", "They were sent a link to the newest thread."),
    "documents": ("Its library", "They try the address at which its documents are listed."),
    "document": ("A document in it", "They were sent a link to the newest document."),
    "knowledge": ("What works in it", "They try the address at which its cards are listed."),
    "card": ("A card in it", "They were sent a link to the newest card."),
    "members": ("The list of members", "They try the address of that list."),
    "directory": ("The directory and its search", "They search for the network by its whole name."),
    "search": ("The search", "They search for the title of the newest thread; where there is none, for its name."),
    "profile": ("Your profile", "They open your own profile, which names networks."),
    "home": ("Their home page", "It lists what is new for them, and who mentioned them."),
    "list": (
        "Their notifications",
        "A member was told of the newest post; who was removed, also of that.",
    ),
    "program": ("Programs", "A program of theirs asks the API."),
}


@dataclass(frozen=True, slots=True)
class SeenPlace:
    """One place, in words."""

    name: str
    how: str
    surface: Surface
    verdict: str
    is_shown: bool
    see: str
    """The address of the page as they see it; empty where it is none."""


@dataclass(frozen=True, slots=True)
class SeenPage:
    """What somebody of one standing sees: `stewardship/seen.html`."""

    head: NetworkHead
    who: Sequence[tuple[str, str, str]]
    chosen: Standing
    meant: str
    places: Sequence[SeenPlace]
    frame: str
    """The page that is looked at, for a frame; empty where none is."""
    framed: SeenPlace | None


async def show_seen(request: Request) -> Response:
    """Every place where the network could be seen, and what is there; or one of these pages as it is."""
    viewer, found = await open_administered(request)
    await limit(request, PREVIEWS, viewer.id)
    path = f"/networks/{found.network.slug}/seen"
    chosen = next((each for each in STANDINGS if each == request.query_params.get("by")), STANDINGS[0])
    surfaces = await look_as(request, viewer, found, chosen)
    places = [_place(each, f"{path}?by={chosen}&place={each.key}") for each in surfaces]
    looked_at = next(
        (each for each in places if each.see and each.surface.key == request.query_params.get("place")), None
    )
    page = SeenPage(
        head=network_head(viewer, found),
        who=[(each, WHO[each][0], f"{path}?by={each}") for each in STANDINGS],
        chosen=chosen,
        meant=WHO[chosen][1],
        places=places,
        frame=framed(looked_at.surface.body) if looked_at else "",
        framed=looked_at,
    )
    title = f"What others see of {found.network.name}"
    return render_page(request, viewer, "stewardship/seen.html", page, title=title, network_id=found.network.id)


def _place(surface: Surface, see: str) -> SeenPlace:
    name, how = PLACES[surface.key]
    is_page = surface.status in (200, 404) and surface.key != "program"
    return SeenPlace(name, how, surface, _verdict(surface), bool(surface.shown), see if is_page else "")


def _verdict(surface: Surface) -> str:
    if surface.shown:
        return f"Shows {', '.join(surface.shown)}."
    if surface.status == 303 and surface.location.startswith("/sign-in"):
        return "They are asked to sign in first, whatever is there."
    if surface.is_as_nothing:
        return "“Not found”: the same answer, letter by letter, as where there is nothing."
    if surface.status == 404:
        return "“Not found”."
    if surface.status == 403:
        return "Refused, with the reason. It shows nothing of the network."
    return "Shows nothing of this network."


@operation(
    "See what others see", "Looking after a network", {200: ApiSeen}, query=Seen, refusals=(403,), is_public=True
)
async def api_show_seen(request: Request) -> Response:
    """What somebody signed out, signed in, invited, removed or a member gets at each place; nothing is written."""
    asked = read_query(request, Seen)
    viewer = await viewer_of(request)
    async with state_of(request).database.read() as connection:
        found = await get_network(connection, viewer, request.path_params["slug"])
    if not viewer.is_signed_in:
        raise NotFound
    decision = may_administer(viewer, found.network)
    if not decision:
        raise Forbidden(decision.reason)
    await limit(request, PREVIEWS, viewer.id)
    items = [
        {"place": each.key, "path": each.path, "status": each.status, "shows": list(each.shown)}
        for each in await look_as(request, viewer, found, asked.by)
    ]
    return JSONResponse({"items": items}, headers={"Cache-Control": PRIVATE})


ROUTES: list[BaseRoute] = [get("/networks/{slug:slug}/seen", show_seen)]
API_ROUTES: list[BaseRoute] = [get("/api/v1/networks/{slug:slug}/seen", api_show_seen)]
