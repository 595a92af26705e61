"""Whether mails about a network may carry what is written in it: for its administrators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from forum.addresses import get, post
from forum.asking import open_administered
from forum.errors import Invalid
from forum.forms import read_form, validate
from forum.fronts import NetworkHead, network_head
from forum.network_reads import Found
from forum.notifications import commands
from forum.notifications.inputs import MailContent
from forum.notifications.settings_queries import carries_words
from forum.rendering import redirect, render_page
from forum.state import state_of
from forum.viewer import Viewer

CHOICES = (
    ("no", "Who wrote, and where to read it", "No title and no words leave the network. This is the safe choice."),
    ("yes", "The words too", "Titles and posts go out by mail, to members only. Whoever reads their mail reads them."),
)


@dataclass(frozen=True, slots=True)
class MailPage:
    """What mails about the network carry: `notifications/network.html`."""

    head: NetworkHead
    is_open: bool
    content: str
    errors: Mapping[str, str]
    choices: Sequence[tuple[str, str, str]]


async def show_mail(request: Request) -> Response:
    """The form, as it stands."""
    viewer, found = await open_administered(request)
    async with state_of(request).database.read() as connection:
        stands = "yes" if await carries_words(connection, viewer, found.network.id) else "no"
    return _form(request, viewer, found, stands, {}, 200)


def _form(
    request: Request, viewer: Viewer, found: Found, content: str, errors: Mapping[str, str], status: int
) -> Response:
    network = found.network
    page = MailPage(network_head(viewer, found), network.access == "open", content, errors, CHOICES)
    title = f"Mails about {network.name}"
    return render_page(
        request, viewer, "notifications/network.html", page, title=title, network_id=network.id, status=status
    )


async def update_mail(request: Request) -> Response:
    """Keep what was chosen."""
    viewer, found = await open_administered(request)
    fields = await read_form(request)
    try:
        wanted = validate(MailContent, fields)
    except Invalid as error:
        return _form(request, viewer, found, fields.get("content", ""), error.errors, 422)
    async with state_of(request).transaction() as tx:
        await commands.let_words_out(tx, viewer, found.network.slug, wanted.content == "yes")
    return redirect(request, f"/networks/{found.network.slug}/settings", notice="saved")


_MAIL = "/networks/{slug:slug}/mail"
ROUTES: list[BaseRoute] = [get(_MAIL, show_mail), post(_MAIL, update_mail)]
