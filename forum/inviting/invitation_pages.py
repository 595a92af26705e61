"""Who was invited, how each invitation stands, and what an administrator does about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.rules import INVITATIONS, INVITATIONS_AGAIN, MEMBERSHIP_CHANGES
from forum.addresses import get, post
from forum.asking import limit, open_administered, read_page_query
from forum.forms import read_form
from forum.fronts import NetworkHead, network_head
from forum.inviting.draft_queries import Draft, find_draft
from forum.inviting.inputs import InvitationList
from forum.inviting.invitation_commands import remind, resend, withdraw_invitation
from forum.inviting.queries import Counts, Invitation, count_invitations, list_invitations
from forum.rendering import redirect, render_page, spell
from forum.state import state_of

PAGE_SIZE = 50
FILTERS: tuple[tuple[str, str], ...] = (
    ("unanswered", "Not answered"),
    ("bounced", "Came back"),
    ("opened", "Opened"),
    ("accepted", "Accepted"),
    ("declined", "Declined"),
    ("expired", "Expired"),
    ("cancelled", "Cancelled"),
)


@dataclass(frozen=True, slots=True)
class InvitationsPage:
    """A part of the invitations of a network: `inviting/invitations.html`."""

    head: NetworkHead
    state: str
    q: str
    filters: Sequence[tuple[str, str, str]]
    items: Sequence[Invitation]
    counts: Counts
    first: str
    later: str
    draft: Draft | None
    """What is kept of the viewer's own list, to be sent when their limit allows it."""


async def show_invitations(request: Request) -> Response:
    """Everybody who was ever invited, with the state of each."""
    viewer, found = await open_administered(request)
    words = request.query_params.get("q", "")[:200]
    asked = read_page_query(request, InvitationList, limit=PAGE_SIZE, q=words)
    async with state_of(request).database.read() as connection:
        part = await list_invitations(connection, viewer, found.network, asked)
        counts = await count_invitations(connection, viewer, found.network)
        draft = await find_draft(connection, viewer, found.network)
    path = f"/networks/{found.network.slug}/invitations"
    query: dict[str, str] = {} if asked.state == "all" else {"state": asked.state}
    if asked.q.strip():
        query["q"] = asked.q
    page = InvitationsPage(
        head=network_head(viewer, found),
        state=asked.state,
        q=asked.q,
        filters=_filters(path, counts, asked),
        items=part.items,
        counts=counts,
        first=_address(path, query) if asked.after else "",
        later=_address(path, {**query, "after": part.next}) if part.next else "",
        draft=draft,
    )
    title = f"Invitations to {found.network.name}"
    network_id = found.network.id
    return render_page(request, viewer, "inviting/invitations.html", page, title=title, network_id=network_id)


def _address(path: str, query: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def _filters(path: str, counts: Counts, asked: InvitationList) -> list[tuple[str, str, str]]:
    """States that there are, each with its number where nothing is sought; what is sought stays."""
    numbers = {**counts.by_state, "unanswered": counts.unanswered}
    kept = {"q": asked.q} if asked.q.strip() else {}
    filters = [("all", "All", _address(path, kept))] if counts.total else []
    for key, words in FILTERS:
        if numbers.get(key) or (counts.total and key == asked.state):
            named = words if kept else f"{words} {numbers.get(key, 0):,}"
            filters.append((key, named, _address(path, {"state": key, **kept})))
    return filters


async def create_withdrawal(request: Request) -> Response:
    """Cancel an invitation."""
    viewer, _ = await open_administered(request)
    await read_form(request)
    slug = request.path_params["slug"]
    async with state_of(request).transaction() as tx:
        await withdraw_invitation(tx, viewer, slug, request.path_params["invitation_id"])
    return redirect(request, f"/networks/{slug}/invitations", notice="invitation-withdrawn")


async def create_sending(request: Request) -> Response:
    """Send an invitation once more."""
    viewer, _ = await open_administered(request)
    await read_form(request)
    slug, invitation_id = request.path_params["slug"], request.path_params["invitation_id"]
    await limit(request, INVITATIONS, viewer.id)
    await limit(request, INVITATIONS_AGAIN, invitation_id)
    async with state_of(request).transaction() as tx:
        address = await resend(tx, viewer, slug, invitation_id)
    return redirect(request, f"/networks/{slug}/invitations", notice="invitation-resent", who=address)


async def create_reminder(request: Request) -> Response:
    """Remind one person who has not answered."""
    viewer, _ = await open_administered(request)
    await read_form(request)
    slug, invitation_id = request.path_params["slug"], request.path_params["invitation_id"]
    async with state_of(request).transaction() as tx:
        count = await remind(tx, viewer, slug, invitation_id)
    return _reminded(request, slug, count)


async def create_reminders(request: Request) -> Response:
    """Remind everybody who has not answered, some days after the last mail."""
    viewer, _ = await open_administered(request)
    await read_form(request)
    await limit(request, MEMBERSHIP_CHANGES, viewer.id)
    slug = request.path_params["slug"]
    async with state_of(request).transaction() as tx:
        count = await remind(tx, viewer, slug)
    return _reminded(request, slug, count)


def _reminded(request: Request, slug: str, count: int) -> Response:
    path = f"/networks/{slug}/invitations"
    if not count:
        return redirect(request, path, notice="nobody-reminded")
    return redirect(request, path, notice="reminded", who=spell(count, "person", "people"))


_INVITATIONS = "/networks/{slug:slug}/invitations"
ROUTES: list[BaseRoute] = [
    get(_INVITATIONS, show_invitations),
    post(f"{_INVITATIONS}/reminders", create_reminders),
    post(f"{_INVITATIONS}/{{invitation_id:id}}/withdrawal", create_withdrawal),
    post(f"{_INVITATIONS}/{{invitation_id:id}}/sending", create_sending),
    post(f"{_INVITATIONS}/{{invitation_id:id}}/reminder", create_reminder),
]
