"""Inviting people by e-mail, what became of each address, and who has not answered yet."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.rules import INVITATIONS
from forum.addresses import get, post
from forum.asking import limit, open_administered
from forum.errors import AlreadySent, Invalid
from forum.forms import KEY_FIELD, read_form, request_key, validate
from forum.fronts import NetworkHead, network_head
from forum.network_reads import Found
from forum.networks.address_lists import read_addresses
from forum.networks.inputs import InvitationForm, MemberList, NewInvitations
from forum.networks.invitation_commands import Invited, invite, withdraw_invitation
from forum.networks.member_pages import ROLE_CHOICES
from forum.networks.member_queries import list_members
from forum.records import Member
from forum.rendering import redirect, render_page
from forum.state import state_of
from forum.viewer import Viewer

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class InvitationsPage:
    """The form, the outcome of the last one, and who has not answered: `networks/invitations.html`."""

    head: NetworkHead
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    key: str
    outcomes: Sequence[Invited]
    waiting: Sequence[Member]
    roles: Sequence[tuple[str, str, str]] = ROLE_CHOICES


async def list_invitations(request: Request) -> Response:
    """The form to invite people, and who has not answered yet."""
    viewer, found = await open_administered(request)
    return await _page(request, viewer, found, {"role": "member"}, {}, (), 200)


async def _page(
    request: Request,
    viewer: Viewer,
    found: Found,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    outcomes: Sequence[Invited],
    status: int,
) -> Response:
    async with state_of(request).database.read() as connection:
        asked = MemberList(limit=MOST_SHOWN, status="invited")
        part = await list_members(connection, viewer, found.network, asked)
    key = secrets.token_urlsafe(16)
    page = InvitationsPage(network_head(viewer, found), typed, errors, key, outcomes, part.items)
    title = f"Invite people to {found.network.name}"
    return render_page(
        request, viewer, "networks/invitations.html", page, title=title, network_id=found.network.id, status=status
    )


async def create_invitations(request: Request) -> Response:
    """Invite the addresses, and say what became of each; those that failed stay in the form to be mended."""
    viewer, found = await open_administered(request)
    fields = await read_form(request)
    try:
        form = validate(InvitationForm, fields)
        entries = read_addresses(form.emails)
        if not entries:
            raise Invalid({"emails": "Write at least one e-mail address."})
        addresses = [entry.address for entry in entries]
        wanted = validate(NewInvitations, {"emails": addresses, "role": form.role, "message": form.message})
        key = request_key(request, wanted, fields.get(KEY_FIELD))
        await limit(request, INVITATIONS, viewer.id)
        async with state_of(request).transaction() as tx:
            outcomes, _ = await invite(tx, viewer, found.network.slug, wanted, key)
    except Invalid as error:
        return await _page(request, viewer, found, fields, error.errors, (), 422)
    except AlreadySent as error:
        return await _page(request, viewer, found, fields, {"": str(error)}, (), 422)
    pairs = zip(entries, outcomes, strict=True)
    failed = [entry.typed for entry, outcome in pairs if outcome.status in ("invalid", "over_limit")]
    left = {"emails": "\n".join(failed), "message": form.message} if failed else {}
    return await _page(request, viewer, found, {"role": form.role, **left}, {}, outcomes, 200)


async def create_withdrawal(request: Request) -> Response:
    """Take an invitation back."""
    viewer, _ = await open_administered(request)
    await read_form(request)
    slug = request.path_params["slug"]
    async with state_of(request).transaction() as tx:
        await withdraw_invitation(tx, viewer, slug, request.path_params["invitation_id"])
    return redirect(request, f"/networks/{slug}/invitations", notice="invitation-withdrawn")


ROUTES: list[BaseRoute] = [
    get("/networks/{slug:slug}/invitations", list_invitations),
    post("/networks/{slug:slug}/invitations", create_invitations),
    post("/networks/{slug:slug}/invitations/{invitation_id:id}/withdrawal", create_withdrawal),
]
