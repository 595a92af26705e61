"""The home page: what needs the viewer, and what is new, network by network; signed out, a welcome."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from forum.acts.waiting import Waiting as Deciding
from forum.acts.waiting import list_waiting_for
from forum.addresses import get
from forum.announcement_queries import Announcement, list_unread_announcements
from forum.home.addressed_queries import Addressed, list_addressed
from forum.home.queries import (
    News,
    Waiting,
    list_inviters,
    list_news,
    list_open_networks,
    list_waiting,
    lists_any,
)
from forum.policy import may_create_network, moderates_somewhere
from forum.records import Network
from forum.rendering import render_page
from forum.standing import Place
from forum.state import State, state_of, viewer_of
from forum.viewer import Viewer

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """Somebody to admit or refuse, in a network that the viewer administers."""

    waiting: Waiting
    slug: str
    name: str

    @property
    def path(self) -> str:
        """The address of the network."""
        return f"/networks/{self.slug}"


@dataclass(frozen=True, slots=True)
class AddressedLine:
    """An unread post that mentions the viewer or answers them."""

    addressed: Addressed
    place: Place


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """A network that waits for the viewer's answer."""

    place: Place
    inviter: str


@dataclass(frozen=True, slots=True)
class NetworkNews:
    """A network with something new in it."""

    place: Place
    news: News

    @property
    def newest(self) -> datetime:
        """When something was last written in what is shown."""
        return max((thread.last_post_at for thread in self.news.threads), default=_LONG_AGO)


@dataclass(frozen=True, slots=True)
class DecidingLine:
    """What waits for a decision in a network that the viewer moderates."""

    deciding: Deciding
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class HomePage:
    """What is there for the viewer: `home/home.html`."""

    waiting: Sequence[WaitingLine]
    more_waiting: Sequence[tuple[str, str, int]]
    """Name, address and number of those who wait in networks with more than are shown."""
    deciding: Sequence[DecidingLine]
    """Reports, appeals and posts that wait for a moderator."""
    deciding_for_site: int
    """Reports and appeals that nobody of their network may decide, for who looks after the site."""
    invitations: Sequence[InvitationLine]
    addressed: Sequence[AddressedLine]
    more_addressed: int
    """How many more there are of these."""
    news: Sequence[NetworkNews]
    quiet: Sequence[Place]
    asked: Sequence[Place]
    announcements: Sequence[tuple[Announcement, Place]]
    """What administrators told all members, until the viewer puts it away."""
    may_create: bool
    is_first: bool
    """There is no network that the viewer could find, and they may create one."""


@dataclass(frozen=True, slots=True)
class WelcomePage:
    """What somebody signed out sees: `home/welcome.html`."""

    networks: Sequence[Network]


async def show_home(request: Request) -> Response:
    """The home page of a signed-in person, or the welcome."""
    viewer, state = await viewer_of(request), state_of(request)
    if not viewer.is_signed_in:
        async with state.database.read() as connection:
            welcome = WelcomePage(await list_open_networks(connection, viewer))
        return render_page(request, viewer, "home/welcome.html", welcome, title="Welcome", indexed=True)
    waiting, inviters, addressed = await _needs(state, viewer)
    deciding = await _deciding(state, viewer)
    found = await list_news(state.database, viewer)
    news = _news(viewer, found)
    may_create = bool(may_create_network(viewer, state.settings.network_creation))
    page = HomePage(
        waiting=[_line(viewer, each) for each in waiting],
        more_waiting=_more(viewer, waiting),
        deciding=[
            DecidingLine(deciding[place.network_id], place.slug, place.name)
            for place in viewer.active_places()
            if place.role != "member" and place.network_id in deciding
        ],
        deciding_for_site=sum(
            each.reports + each.appeals for key, each in deciding.items() if not viewer.has_role(key, "moderator")
        ),
        invitations=[InvitationLine(place, inviters.get(place.network_id, "")) for place in viewer.invitations()],
        addressed=[AddressedLine(each, viewer.places[each.network_id]) for each in addressed],
        more_addressed=max(0, viewer.addressed - len(addressed)) if addressed else 0,
        news=news,
        quiet=[place for place in viewer.active_places() if place.network_id not in found],
        asked=[place for place in viewer.places.values() if place.status == "requested" and place.access != "secret"],
        announcements=await _announced(state, viewer),
        may_create=may_create,
        is_first=may_create and not viewer.places and not await _finds_any(state, viewer),
    )
    return render_page(request, viewer, "home/home.html", page, title="Home")


async def _announced(state: State, viewer: Viewer) -> list[tuple[Announcement, Place]]:
    announcing = {place.network_id: place for place in viewer.active_places() if place.is_announcing}
    if not announcing:
        return []
    async with state.database.read() as connection:
        told = await list_unread_announcements(connection, viewer, announcing)
    return [(each, announcing[each.network_id]) for each in told]


async def _deciding(state: State, viewer: Viewer) -> Mapping[str, Deciding]:
    """What waits for a decision of the viewer, by network; most people moderate none, and nothing is asked."""
    if not moderates_somewhere(viewer):
        return {}
    async with state.database.read() as connection:
        return await list_waiting_for(connection, viewer)


async def _finds_any(state: State, viewer: Viewer) -> bool:
    async with state.database.read() as connection:
        return await lists_any(connection, viewer)


async def _needs(state: State, viewer: Viewer) -> tuple[Sequence[Waiting], Mapping[str, str], Sequence[Addressed]]:
    """Who waits for the viewer, who invited them, and what is addressed to them: asked only where their row says so."""
    administered = any(place.waiting and place.role == "administrator" for place in viewer.active_places())
    invited = viewer.invitations()
    if not administered and not invited and not viewer.addressed:
        return (), {}, ()
    async with state.database.read() as connection:
        waiting = await list_waiting(connection, viewer) if administered else ()
        inviters = await list_inviters(connection, viewer) if invited else {}
        addressed = await list_addressed(connection, viewer) if viewer.addressed else ()
    # A membership that began since the viewer was read has no place there yet.
    return waiting, inviters, [each for each in addressed if each.network_id in viewer.places]


def _line(viewer: Viewer, waiting: Waiting) -> WaitingLine:
    place = viewer.places[waiting.network_id]
    return WaitingLine(waiting, place.slug, place.name)


def _more(viewer: Viewer, waiting: Sequence[Waiting]) -> list[tuple[str, str, int]]:
    more = []
    for place in viewer.active_places():
        left = place.waiting - sum(each.network_id == place.network_id for each in waiting)
        if place.role == "administrator" and left > 0:
            more.append((place.name, f"/networks/{place.slug}/requests", left))
    return more


def _news(viewer: Viewer, found: Mapping[str, News]) -> list[NetworkNews]:
    """The networks with news, the one that was written in last first."""
    places = [place for place in viewer.active_places() if place.network_id in found]
    news = [NetworkNews(place, found[place.network_id]) for place in places]
    return sorted(news, key=lambda network: network.newest, reverse=True)


ROUTES: list[BaseRoute] = [get("/", show_home)]
