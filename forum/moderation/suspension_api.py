"""Accounts for the site's administrators, in the JSON API: found, suspended and let in again."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from auth.rules import MEMBERSHIP_CHANGES
from forum.addresses import get, route
from forum.asking import limit
from forum.errors import Forbidden
from forum.forms import read_json, read_query
from forum.moderation.inputs import AccountList
from forum.moderation.quieting_inputs import Holding
from forum.moderation.suspension_commands import reinstate, suspend
from forum.moderation.suspension_pages import overseer_of
from forum.moderation.suspension_queries import FoundAccount, get_account, list_accounts
from forum.openapi import operation
from forum.policy import may_suspend
from forum.rendering import PRIVATE
from forum.state import state_of
from forum.viewer import Viewer
from forum.warning import validate_words
from ground.answers import Answer
from ground.columns import moment_text

TAG = "The site"


class ApiFoundAccount(Answer):
    """An account as the site's administrators find it. Since `suspended_at` it can't come in; null where it can."""

    id: str
    name: str
    email: str
    organisation: str
    site_administrator: bool
    suspended_at: str | None


class ApiFoundAccounts(Answer):
    """A part of a list of accounts, the newest first."""

    items: list[ApiFoundAccount]
    next: str | None
    as_of: dict[str, list[str | int]]


def _shown(account: FoundAccount) -> dict[str, object]:
    return {
        "id": account.id,
        "name": account.name,
        "email": account.email,
        "organisation": account.organisation,
        "site_administrator": account.site_administrator,
        "suspended_at": moment_text(account.suspended_at) if account.suspended_at else None,
    }


@operation("Find accounts", TAG, {200: ApiFoundAccounts}, query=AccountList, refusals=(403,))
async def api_list_accounts(request: Request) -> Response:
    """By e-mail address or a part of a name; without `q` those that are suspended. The newest first."""
    asked = read_query(request, AccountList)
    viewer = await overseer_of(request)
    async with state_of(request).database.read() as connection:
        part = await list_accounts(connection, asked)
    body = {"items": [_shown(each) for each in part.items], "next": part.next, "as_of": viewer.positions()}
    return JSONResponse(body, headers={"Cache-Control": PRIVATE})


@operation("Read an account", TAG, {200: ApiFoundAccount}, refusals=(403,))
async def api_show_account(request: Request) -> Response:
    """Whether it may come in; for the site's administrators."""
    await overseer_of(request)
    async with state_of(request).database.read() as connection:
        account = await get_account(connection, request.path_params["account_id"])
    return JSONResponse(_shown(account), headers={"Cache-Control": PRIVATE})


async def _asked(request: Request) -> Viewer:
    viewer = await overseer_of(request)
    decision = may_suspend(viewer, request.path_params["account_id"])
    if not decision:
        raise Forbidden(decision.reason)
    return viewer


@operation("Suspend an account", TAG, {204: None}, body=Holding, refusals=(403,))
async def api_suspend(request: Request) -> Response:
    """Shut it out at once, whatever it has open, until this is ended; they are told the reason. Not one's own."""
    viewer = await _asked(request)
    value = validate_words(request, Holding, await read_json(request))
    await limit(request, MEMBERSHIP_CHANGES, viewer.id)
    async with state_of(request).transaction() as tx:
        await suspend(tx, viewer, request.path_params["account_id"], value.reason)
    return _done()


@operation("End a suspension", TAG, {204: None}, refusals=(403,))
async def api_end_suspension(request: Request) -> Response:
    """Let the account in again; where it may come in already, nothing changes."""
    viewer = await _asked(request)
    await limit(request, MEMBERSHIP_CHANGES, viewer.id)
    async with state_of(request).transaction() as tx:
        await reinstate(tx, viewer, request.path_params["account_id"])
    return _done()


def _done() -> Response:
    return Response(status_code=204, headers={"Cache-Control": PRIVATE})


_ACCOUNTS = "/api/v1/site/accounts"
_ONE = f"{_ACCOUNTS}/{{account_id:id}}"
ROUTES: list[BaseRoute] = [
    get(_ACCOUNTS, api_list_accounts),
    get(_ONE, api_show_account),
    route("PUT", f"{_ONE}/suspension", api_suspend),
    route("DELETE", f"{_ONE}/suspension", api_end_suspension),
]
