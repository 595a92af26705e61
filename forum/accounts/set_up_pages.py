"""The page on which the first account of a site is made, for whoever reads the terminal."""

import hmac

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from forum.accounts import commands
from forum.accounts.inputs import NewAccount
from forum.accounts.link_pages import DeadLinkPage
from forum.accounts.proving import hash_password, let_in, limit_links
from forum.accounts.registration_pages import register_form
from forum.accounts.set_up import is_set_up, set_up_secret
from forum.addresses import get, post
from forum.errors import Invalid, NotFound
from forum.forms import read_form, validate
from forum.rendering import redirect, render_page
from forum.state import state_of, viewer_of


async def show_set_up(request: Request) -> Response:
    """The form for the first account; once there is one, that set-up is done."""
    if await _is_over(request):
        return await _set_up_is_done(request)
    return await register_form(request, {}, {}, action=request.url.path)


async def create_first_account(request: Request) -> Response:
    """Make the first administrator of the site and sign them in."""
    if await _is_over(request):
        return await _set_up_is_done(request)
    state = state_of(request)
    fields = await read_form(request)
    try:
        new = validate(NewAccount, {name: fields.get(name, "") for name in ("email", "name", "password")})
    except Invalid as error:
        return await register_form(request, fields, error.errors, 422, action=request.url.path)
    password_hash = await hash_password(state, new.password)
    try:
        async with state.transaction() as tx:
            account = await commands.create_first_account(tx, new, password_hash)
            session = await commands.sign_in(tx, account.id, request.headers.get("user-agent", ""))
    except NotFound:  # somebody else was first
        return await _set_up_is_done(request)
    return let_in(request, redirect(request, "/", "set-up"), session, account)


async def _is_over(request: Request) -> bool:
    """Whether there is an account already. Raises NotFound unless the secret is the right one."""
    await limit_links(request)
    state = state_of(request)
    expected = set_up_secret(state.key, (await viewer_of(request)).epoch)
    shown = str(request.path_params["secret"]).encode()
    if not hmac.compare_digest(shown, expected.encode()):
        raise NotFound
    return await is_set_up(state)


async def _set_up_is_done(request: Request) -> Response:
    viewer, title = await viewer_of(request), "Set-up is done"
    sentence = "The first account was made, so this page has nothing more to do."
    page = DeadLinkPage(sentence if viewer.is_signed_in else f"{sentence} Sign in.")
    return render_page(request, viewer, "accounts/dead_link.html", page, title=title, status=410)


ROUTES: list[BaseRoute] = [
    get("/set-up/{secret}", show_set_up),
    post("/set-up/{secret}", create_first_account),
]
