"""The link at the foot of each mail by which it stops (RFC 8058). A GET shows a page; only a POST acts.

Mail programs send that POST by themselves, without cookies and from no page of ours: the token alone says whose mail it
is. So nothing that is done here looks at who is signed in, and nothing is told of the network.
"""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from forum.addresses import get, post
from forum.errors import NotFound
from forum.notifications import commands
from forum.notifications.settings_queries import is_mail_off
from forum.rendering import render_page
from forum.state import state_of, viewer_of
from forum.stopping import PATH, Stopping, read_token


@dataclass(frozen=True, slots=True)
class StoppingPage:
    """The question, or that it is done: `notifications/stop.html`."""

    path: str
    is_one_network: bool
    is_done: bool
    was_done: bool
    """It was off before anybody pressed anything here."""


def _stopping(request: Request) -> Stopping:
    found = read_token(state_of(request).key, str(request.path_params["secret"]))
    if found is None:
        raise NotFound
    return found


async def _page(request: Request, stopping: Stopping, *, is_done: bool, was_done: bool) -> Response:
    viewer = await viewer_of(request)  # for the frame of the page alone
    page = StoppingPage(request.url.path, stopping.network_id is not None, is_done, was_done)
    title = "These mails are off already" if was_done else "No more mail" if is_done else "Stop these mails?"
    return render_page(request, viewer, "notifications/stop.html", page, title=title)


async def show_stopping(request: Request) -> Response:
    """What the button will do, or that it is off already. Nothing happens by looking."""
    stopping = _stopping(request)
    was_done = await _is_off(request, stopping)
    return await _page(request, stopping, is_done=was_done, was_done=was_done)


async def _is_off(request: Request, stopping: Stopping) -> bool:
    async with state_of(request).database.read() as connection:
        return await is_mail_off(connection, stopping.account_id, stopping.network_id)


async def stop_mail(request: Request) -> Response:
    """Stop the mail; as often as one likes."""
    stopping = _stopping(request)
    was_done = await _is_off(request, stopping)
    if not was_done:
        async with state_of(request).transaction() as tx:
            await commands.stop_mail(tx, stopping.account_id, stopping.network_id)
    return await _page(request, stopping, is_done=True, was_done=was_done)


ROUTES: list[BaseRoute] = [
    get(f"{PATH}{{secret}}", show_stopping),
    post(f"{PATH}{{secret}}", stop_mail),
]
