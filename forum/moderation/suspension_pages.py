"""Where the site's administrators find an account, suspend it with a reason, and let it in again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from forum.addresses import get, post
from forum.errors import Forbidden, Invalid
from forum.forms import read_form
from forum.moderation.quieting_inputs import Holding
from forum.moderation.suspension_commands import reinstate, suspend
from forum.moderation.suspension_queries import (
    FoundAccount,
    Suspending,
    clean_search,
    find_accounts,
    get_account,
    is_contact_written,
    list_only_administrator_of,
    list_suspending,
)
from forum.policy import may_edit_site
from forum.rendering import redirect, render_page
from forum.state import account_of, state_of
from forum.viewer import Viewer
from forum.warning import validate_words

LONGEST_SEARCH = 200


@dataclass(frozen=True, slots=True)
class AccountsPage:
    """Accounts that were found: `moderation/accounts.html`."""

    words: str
    accounts: Sequence[FoundAccount]


@dataclass(frozen=True, slots=True)
class SuspensionPage:
    """One account: `moderation/suspension.html`."""

    account: FoundAccount
    is_me: bool
    only_administrator_of: Sequence[str]
    has_contact: bool
    """Somebody has written down how those who run the site are reached."""
    reason: str
    errors: Mapping[str, str]
    steps: Sequence[Suspending]
    """When it was suspended and let in again, by whom and why."""


async def list_accounts(request: Request) -> Response:
    """Accounts by name or e-mail address; at first those that are suspended."""
    viewer = await overseer_of(request)
    words = clean_search(request.query_params.get("q", "")[:LONGEST_SEARCH])
    async with state_of(request).database.read() as connection:
        found = await find_accounts(connection, words)
    return render_page(request, viewer, "moderation/accounts.html", AccountsPage(words, found), title="Accounts")


async def overseer_of(request: Request) -> Viewer:
    """Who asks, for the site's administrators. Raises SignInNeeded, and Forbidden for others."""
    viewer = await account_of(request)
    decision = may_edit_site(viewer)
    if not decision:
        raise Forbidden(decision.reason)
    return viewer


async def show_account(request: Request) -> Response:
    """The account, and the form that suspends it or ends that."""
    viewer = await overseer_of(request)
    return await _page(request, viewer)


async def _page(
    request: Request, viewer: Viewer, reason: str = "", errors: Mapping[str, str] | None = None
) -> Response:
    account_id = request.path_params["account_id"]
    async with state_of(request).database.read() as connection:
        account = await get_account(connection, account_id)
        alone = await list_only_administrator_of(connection, account_id)
        has_contact = await is_contact_written(connection)
        steps = await list_suspending(connection, account_id)
    page = SuspensionPage(account, account_id == viewer.id, alone, has_contact, reason, errors or {}, steps)
    status = 422 if errors else 200
    return render_page(request, viewer, "moderation/suspension.html", page, title=account.name, status=status)


async def create_suspension(request: Request) -> Response:
    """Shut the account out at once."""
    fields = await read_form(request)
    viewer = await overseer_of(request)
    try:
        value = validate_words(request, Holding, fields)
    except Invalid as error:
        return await _page(request, viewer, fields.get("reason", ""), error.errors)
    account_id = request.path_params["account_id"]
    async with state_of(request).transaction() as tx:
        account = await suspend(tx, viewer, account_id, value.reason)
    return redirect(request, f"/site/accounts/{account_id}", notice="suspended", who=account.name)


async def delete_suspension(request: Request) -> Response:
    """Let the account in again."""
    await read_form(request)
    viewer = await overseer_of(request)
    account_id = request.path_params["account_id"]
    async with state_of(request).transaction() as tx:
        account = await reinstate(tx, viewer, account_id)
    return redirect(request, f"/site/accounts/{account_id}", notice="reinstated", who=account.name)


ROUTES: list[BaseRoute] = [
    get("/site/accounts", list_accounts),
    get("/site/accounts/{account_id:id}", show_account),
    post("/site/accounts/{account_id:id}/suspension", create_suspension),
    post("/site/accounts/{account_id:id}/suspension/end", delete_suspension),
]
