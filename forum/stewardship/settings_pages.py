"""The settings of a network in one place: how each thing stands now, in plain words, and where it is changed."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from forum.addresses import get
from forum.asking import open_administered
from forum.choices import access_words
from forum.fronts import NetworkHead, network_head
from forum.policy import may_add_to
from forum.records import Network
from forum.rendering import render_page, spell
from forum.state import state_of
from forum.stewardship.announcement_queries import get_allowance
from forum.stewardship.queries import People, count_people


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """How the network is set up: `stewardship/settings.html`."""

    head: NetworkHead
    network: Network
    people: People
    access_words: str
    joining: str
    writing: str
    weekly: int
    """How many announcements may be made in a week."""
    ending: str
    mail_carries: bool
    """Whether e-mails carry what is written here."""


async def show_settings(request: Request) -> Response:
    """All settings, each with how it stands now and a way to its form."""
    viewer, found = await open_administered(request)
    async with state_of(request).database.read() as connection:
        people = await count_people(connection, viewer, found.network.id)
        allowance = await get_allowance(connection, viewer, found.network.id)
    network = found.network
    page = SettingsPage(
        head=network_head(viewer, found),
        network=network,
        people=people,
        access_words=access_words(network.access),
        joining=_joining(network),
        writing=_writing(network),
        weekly=allowance.weekly,
        ending=_ending(network),
        mail_carries=network.access == "open" or allowance.mail_content,
    )
    title = f"Settings of {found.network.name}"
    return render_page(request, viewer, "stewardship/settings.html", page, title=title, network_id=found.network.id)


def _joining(network: Network) -> str:
    if not may_add_to(network):
        return "Nobody joins: the network is read only."
    if network.access == "open":
        return "Anybody who has an account joins by one press."
    if network.access == "secret":
        return "People join when you invite them."
    waiting = spell(network.waiting_count, "person waits", "people wait")
    asked = f" {waiting.capitalize()} for an answer." if network.waiting_count else " Nobody waits for an answer."
    return f"People ask, and an administrator admits them.{asked}"


def _writing(network: Network) -> str:
    if not may_add_to(network):
        return "Nobody writes: the network is read only."
    return "Every member starts threads and answers in them. Moderators and administrators can remove posts."


def _ending(network: Network) -> str:
    if network.deletes_at is not None:
        return "It is about to be deleted, and read only until then."
    if network.archived_at is not None:
        return "It is archived: it can be read, and nobody adds to it."
    return "It is in use. An archived network can still be read; a deleted one is gone after two weeks."


ROUTES: list[BaseRoute] = [get("/networks/{slug:slug}/settings", show_settings)]
