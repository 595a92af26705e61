"""A person's page: who they are, and the networks that they share with whoever looks."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from forum.addresses import get
from forum.networks.queries import Profile, get_profile
from forum.rendering import render_page
from forum.state import state_of, viewer_of


@dataclass(frozen=True, slots=True)
class PersonPage:
    """Somebody's profile: `networks/person.html`."""

    person: Profile
    is_me: bool
    shows_more: bool
    """What they wrote about themselves is for signed-in people."""
    moderated: frozenset[str]
    """Ids of the networks in which the viewer may warn."""


async def show_person(request: Request) -> Response:
    """Somebody whom the viewer meets in a network that both may read; for others there is nobody here."""
    viewer = await viewer_of(request)
    async with state_of(request).database.read() as connection:
        person = await get_profile(connection, viewer, request.path_params["account_id"])
    moderated = frozenset(place.network_id for place in viewer.active_places() if place.role != "member")
    page = PersonPage(person, person.id == viewer.id, viewer.is_signed_in, moderated)
    return render_page(request, viewer, "networks/person.html", page, title=person.name)


ROUTES: list[BaseRoute] = [get("/people/{account_id:id}", show_person)]
