"""The page behind the link in an invitation's mail: it tells who invites whom, and acts by its buttons alone."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.rules import JOINING, LINKS
from forum.addresses import get, post
from forum.asking import limit, limit_client
from forum.forms import read_form
from forum.invitations import Shown, find_shown
from forum.invited_page import ended_page, invitation_page, is_for
from forum.inviting.answering_commands import accept, note_opened, refuse
from forum.network_reads import find_network
from forum.rendering import redirect, render_page
from forum.state import account_of, state_of, viewer_of
from forum.viewer import Viewer


@dataclass(frozen=True, slots=True)
class OtherAddressPage:
    """An invitation that went to another address than that of whoever opens it: `inviting/other_address.html`."""

    inviter: str
    invited_address: str
    email: str
    path: str
    """The network's front page, where this person may see it."""


async def show_invitation(request: Request) -> Response:
    """What the invitation is; that it was opened is noted, and nothing else happens."""
    viewer, shown = await _open(request)
    is_for_viewer = is_for(viewer, shown)
    if viewer.role_in(shown.network_id) is not None and (is_for_viewer or not shown.is_good):
        return redirect(request, f"/networks/{shown.slug}")
    if not shown.is_good:
        return ended_page(request, viewer, shown)
    if viewer.is_signed_in and not is_for_viewer:
        return await _other_address(request, viewer, shown)
    if shown.opened_at is None and request.method == "GET" and "prefetch" not in request.headers.get("sec-purpose", ""):
        async with state_of(request).transaction() as tx:
            await note_opened(tx, shown)
    return invitation_page(request, viewer, shown, request.path_params["secret"])


async def _open(request: Request) -> tuple[Viewer, Shown]:
    """Who is asking, and the invitation of the link. Raises TooMany or NotFound."""
    await limit_client(request, LINKS)
    viewer = await viewer_of(request)
    state = state_of(request)
    async with state.database.read() as connection:
        return viewer, await find_shown(connection, state.key, request.path_params["secret"])


async def _other_address(request: Request, viewer: Viewer, shown: Shown, status: int = 200) -> Response:
    """Of the network this person sees what its front page shows them, if anything."""
    async with state_of(request).database.read() as connection:
        found = await find_network(connection, viewer, shown.slug)
    email = viewer.account.email if viewer.account else ""
    page = OtherAddressPage(shown.inviter, shown.address, email, f"/networks/{shown.slug}" if found else "")
    title = "The invitation is for another address" if status == 200 else "You have not joined"
    return render_page(request, viewer, "inviting/other_address.html", page, title=title, status=status)


async def create_acceptance(request: Request) -> Response:
    """Accept as the account whose address the invitation went to; once, however often it is pressed."""
    viewer = await account_of(request)
    await read_form(request)
    _, shown = await _open(request)
    if not is_for(viewer, shown):
        return await _other_address(request, viewer, shown, 403)
    await limit(request, JOINING, viewer.id)
    is_member = False
    if shown.is_good or shown.outcome == "accepted":  # the same button pressed twice, perhaps at the same moment
        async with state_of(request).transaction() as tx:
            is_member = await accept(tx, viewer, shown)
    if not is_member:
        return ended_page(request, viewer, shown)
    return redirect(request, f"/networks/{shown.slug}", notice="joined")


async def create_refusal(request: Request) -> Response:
    """Decline, signed in or not: whoever has the mail reads at the address."""
    await read_form(request)
    viewer, shown = await _open(request)
    is_declined = shown.outcome == "declined"
    if shown.is_good:
        async with state_of(request).transaction() as tx:
            is_declined = await refuse(tx, shown)
    if not is_declined:
        return ended_page(request, viewer, shown)
    return redirect(request, "/", notice="invitation-declined")


ROUTES: list[BaseRoute] = [
    get("/invitations/{secret}", show_invitation),
    post("/invitations/{secret}/acceptance", create_acceptance),
    post("/invitations/{secret}/refusal", create_refusal),
]
