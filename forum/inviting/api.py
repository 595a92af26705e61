"""Bringing people in, by the API."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from auth.rules import INVITATIONS, INVITATIONS_AGAIN, MEMBERSHIP_CHANGES
from forum.addresses import get, post, route
from forum.asking import limit
from forum.forms import header_key, read_json, read_query
from forum.inviting import joining_api
from forum.inviting.entries import read_entry
from forum.inviting.inputs import InvitationList, NewInvitations
from forum.inviting.invitation_commands import Wish, invite, remind, resend, withdraw_invitation
from forum.inviting.presenting import (
    ApiInvitation,
    ApiInvitationOutcomes,
    ApiInvitations,
    ApiReminded,
    api_invitation,
)
from forum.inviting.queries import get_invitation, list_invitations
from forum.network_reads import get_administered, get_network
from forum.openapi import operation
from forum.rendering import PRIVATE
from forum.state import account_of, state_of
from forum.warning import validate_words

TAG = "Invitations"


def _answer(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse(content, status, {"Cache-Control": PRIVATE, **(headers or {})})


_OUTCOMES = {"banned": "invalid", "admitted": "sent"}
"""Those that programs know by a wider word."""


@operation("Invite people", TAG, {201: ApiInvitationOutcomes}, body=NewInvitations, refusals=(403,), is_idempotent=True)
async def api_invite(request: Request) -> Response:
    """Invite people by e-mail: one outcome for each entry, in its order.

    An address whose domain looks like another that is known here is held back, and so is one that had to be read out
    of something else (`Ann Ek ann@…`) and somebody who was removed, unless the request is `confirmed`. Nobody is
    invited who is banned.
    """
    viewer = await account_of(request)
    wanted = validate_words(request, NewInvitations, await read_json(request))
    key = header_key(request, wanted)
    await limit(request, INVITATIONS, viewer.id)
    entries = [read_entry(typed) for typed in wanted.emails]
    zone = state_of(request).settings.time_zone
    wish = Wish(entries, wanted.role, wanted.message, wanted.days, wanted.confirmed, zone)
    async with state_of(request).transaction() as tx:
        outcomes, is_replay = await invite(tx, viewer, request.path_params["slug"], wish, key)
    told = [(each.address, _OUTCOMES.get(each.status, each.status), each.detail) for each in outcomes]
    items = [{"address": address, "status": status, "detail": detail} for address, status, detail in told]
    return _answer({"items": items}, 201, {"Idempotent-Replay": "true"} if is_replay else {})


@operation("List invitations", TAG, {200: ApiInvitations}, query=InvitationList, refusals=(403,))
async def api_list_invitations(request: Request) -> Response:
    """Whom the network invited and how each invitation stands, for its administrators: the last list first, as given.

    `unanswered` are those that wait for an answer: `waiting` to be sent, `sent`, `opened` and `bounced` ones.
    """
    asked = read_query(request, InvitationList)
    viewer = await account_of(request)
    async with state_of(request).database.read() as connection:
        found = await get_network(connection, viewer, request.path_params["slug"])
        part = await list_invitations(connection, viewer, found.network, asked)
    items = [api_invitation(invitation) for invitation in part.items]
    return _answer({"items": items, "next": part.next, "as_of": found.positions(viewer)})


@operation("Remind all who have not answered", TAG, {200: ApiReminded}, refusals=(403,))
async def api_remind_all(request: Request) -> Response:
    """Write once more to everybody who has not answered and whose last mail is three days old."""
    viewer = await account_of(request)
    await limit(request, MEMBERSHIP_CHANGES, viewer.id)
    async with state_of(request).transaction() as tx:
        count = await remind(tx, viewer, request.path_params["slug"])
    return _answer({"reminded": count})


@operation("Remind one person", TAG, {200: ApiInvitation}, refusals=(403,))
async def api_remind(request: Request) -> Response:
    """Write once more to somebody who has not answered, three days after the last mail: see `reminded_at`."""
    viewer = await account_of(request)
    async with state_of(request).transaction() as tx:
        await remind(tx, viewer, request.path_params["slug"], request.path_params["invitation_id"])
    return await _invitation_answer(request)


@operation("Send an invitation again", TAG, {200: ApiInvitation}, refusals=(403, 409))
async def api_resend(request: Request) -> Response:
    """Send an invitation once more that nobody has answered; its days begin anew."""
    viewer = await account_of(request)
    slug, invitation_id = request.path_params["slug"], request.path_params["invitation_id"]
    async with state_of(request).database.read() as connection:
        await get_administered(connection, viewer, slug)
    await limit(request, INVITATIONS, viewer.id)
    await limit(request, INVITATIONS_AGAIN, invitation_id)
    async with state_of(request).transaction() as tx:
        await resend(tx, viewer, slug, invitation_id)
    return await _invitation_answer(request)


async def _invitation_answer(request: Request) -> Response:
    viewer = await account_of(request)
    async with state_of(request).database.read() as connection:
        found = await get_network(connection, viewer, request.path_params["slug"])
        shown = await get_invitation(connection, viewer, found.network, request.path_params["invitation_id"])
    return _answer(api_invitation(shown))


@operation("Cancel an invitation", TAG, {204: None}, refusals=(403,))
async def api_cancel(request: Request) -> Response:
    """Take an invitation back that waits for its answer."""
    viewer = await account_of(request)
    async with state_of(request).transaction() as tx:
        await withdraw_invitation(tx, viewer, request.path_params["slug"], request.path_params["invitation_id"])
    return Response(status_code=204, headers={"Cache-Control": PRIVATE})


_INVITATIONS = "/api/v1/networks/{slug:slug}/invitations"
ROUTES: list[BaseRoute] = [
    get(_INVITATIONS, api_list_invitations),
    post(_INVITATIONS, api_invite),
    post(f"{_INVITATIONS}/reminders", api_remind_all),
    post(f"{_INVITATIONS}/{{invitation_id:id}}/reminder", api_remind),
    post(f"{_INVITATIONS}/{{invitation_id:id}}/sending", api_resend),
    route("DELETE", f"{_INVITATIONS}/{{invitation_id:id}}", api_cancel),
    *joining_api.ROUTES,
]
