"""Signing in and out, and forgotten passwords."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.accounts import Account
from auth.links import LinkPurpose, LinkRefused
from forum.accounts import commands
from forum.accounts.held_queries import destination_words
from forum.accounts.inputs import Address, NewPassword, SignIn
from forum.accounts.link_pages import dead_link, find_link, show_suspended, start_session
from forum.accounts.proving import (
    Proven,
    hash_password,
    hold_proven,
    let_in,
    let_out,
    limit_links,
    limit_mail,
    prove,
)
from forum.accounts.registration_pages import SentPage, retry_headers
from forum.addresses import get, post
from forum.errors import Invalid, TooMany, WrongPassword
from forum.forms import read_form, validate
from forum.rendering import redirect, render_page, safe_path
from forum.state import state_of, viewer_of
from forum.viewer import viewer_of_account

MOST_HELD = 200


@dataclass(frozen=True, slots=True)
class SignInPage:
    """The form to sign in; `held` is what somebody wrote before their session had ended."""

    email: str
    next: str
    held: str
    may_register: bool
    errors: Mapping[str, str]
    is_suspended: bool
    """Whoever showed the right password is told that their account is suspended; nobody else is."""


@dataclass(frozen=True, slots=True)
class HeldPage:
    """What somebody wrote before they had to sign in, to be sent on by their own press."""

    action: str
    fields: tuple[tuple[str, str], ...]
    key: str
    destination: str = ""


@dataclass(frozen=True, slots=True)
class SignOutPage:
    """What will go when one signs out."""

    account_id: str


@dataclass(frozen=True, slots=True)
class ForgottenPage:
    """The form that asks for a link to a new password."""

    email: str
    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ResetPage:
    """The form for a new password, by a link."""

    secret: str
    address: str
    errors: Mapping[str, str]


async def show_sign_in(request: Request) -> Response:
    """The form to sign in."""
    viewer = await viewer_of(request)
    path = safe_path(request.query_params.get("next", "/"))
    if viewer.is_signed_in:
        return redirect(request, "/" if path.startswith("/sign-in") else path)
    return await _sign_in_form(request, {"next": path}, {})


async def _sign_in_form(
    request: Request,
    fields: Mapping[str, str],
    errors: Mapping[str, str],
    status: int = 200,
    retry_after: int = 0,
    *,
    is_suspended: bool = False,
) -> Response:
    page = SignInPage(
        email=fields.get("email", ""),
        next=safe_path(fields.get("next", "/")),
        held=fields.get("held", ""),
        may_register=state_of(request).settings.registration == "open",
        errors=errors,
        is_suspended=is_suspended,
    )
    headers = retry_headers(retry_after)
    viewer = await viewer_of(request)
    template = "accounts/sign_in.html"
    return render_page(request, viewer, template, page, title="Sign in", status=status, headers=headers)


async def create_session(request: Request) -> Response:
    """Sign in. What was written before is shown again, never sent on by itself."""
    fields = await read_form(request)
    try:
        shown = validate(SignIn, {name: fields.get(name, "") for name in ("email", "password")})
        proven = await prove(request, shown)
    except (WrongPassword, Invalid) as error:
        return await _sign_in_form(request, fields, {"email": str(error)}, 422)
    except TooMany as error:
        return await _sign_in_form(request, fields, {"": str(error)}, 429, error.retry_after)
    account = proven.account
    if account.suspended_at is not None:
        return await _sign_in_form(request, fields, {}, 403, is_suspended=True)
    secret = await _start_session(request, proven)
    held = read_held(fields.get("held", ""))
    if held is None:
        path = safe_path(fields.get("next", "/"))
        response = redirect(request, "/" if path.startswith("/sign-in") else path)
    else:
        response = await _held_page(request, account, held)
    return let_in(request, response, secret, account)


async def _start_session(request: Request, proven: Proven) -> str:
    """A new session; the one that this browser had of the same person ends."""
    viewer = await viewer_of(request)
    is_same = viewer.credential == "session" and viewer.id == proven.account.id
    async with state_of(request).transaction() as tx:
        await hold_proven(tx, proven)
        return await commands.sign_in(
            tx,
            proven.account.id,
            request.headers.get("user-agent", ""),
            instead_of=viewer.credential_id if is_same else "",
        )


async def _held_page(request: Request, account: Account, held: HeldPage) -> Response:
    viewer = await viewer_of_account(state_of(request).database, account.id)
    if viewer is None:
        raise WrongPassword
    async with state_of(request).database.read() as connection:
        held = replace(held, destination=await destination_words(connection, viewer, held.action))
    return render_page(request, viewer, "accounts/held.html", held, title="You are signed in")


def read_held(text: str) -> HeldPage | None:
    """What the error page kept: `{"action": path, "fields": {name: value}}`; None where there is nothing of use."""
    try:
        held = json.loads(text)
        action, fields = held["action"], held["fields"]
        pairs = [(str(name), value) for name, value in fields.items() if isinstance(value, str) and name != "key"]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    if not isinstance(action, str) or safe_path(action) != action or action.startswith("/sign-"):
        return None
    if not pairs or len(pairs) > MOST_HELD:
        return None
    return HeldPage(action, tuple(pairs), secrets.token_urlsafe(16))


async def show_sign_out(request: Request) -> Response:
    """What will go, and the button."""
    viewer = await viewer_of(request)
    if not viewer.is_signed_in:
        return redirect(request, "/")
    return render_page(request, viewer, "accounts/sign_out.html", SignOutPage(viewer.id), title="Sign out")


async def delete_session(request: Request) -> Response:
    """Sign out: the session ends, its sockets close, and the browser forgets what our pages left in it."""
    viewer = await viewer_of(request)
    if viewer.credential == "session":
        async with state_of(request).transaction() as tx:
            await commands.sign_out(tx, viewer)
    return let_out(request, redirect(request, "/", "signed-out"))


async def show_forgotten(request: Request) -> Response:
    """The form for somebody who forgot their password."""
    return await _forgotten_form(request, request.query_params.get("email", "")[:254], {})


async def _forgotten_form(
    request: Request, email: str, errors: Mapping[str, str], status: int = 200, retry_after: int = 0
) -> Response:
    viewer, page, headers = await viewer_of(request), ForgottenPage(email, errors), retry_headers(retry_after)
    template, title = "accounts/forgotten.html", "Forgotten password"
    return render_page(request, viewer, template, page, title=title, status=status, headers=headers)


async def ask_for_reset(request: Request) -> Response:
    """Leave a task for the worker, which finds out whether the address has an account."""
    fields = await read_form(request)
    try:
        asked = validate(Address, {"email": fields.get("email", "")})
        await limit_mail(request, asked.email)
    except Invalid as error:
        return await _forgotten_form(request, fields.get("email", ""), error.errors, 422)
    except TooMany as error:
        return await _forgotten_form(request, fields.get("email", ""), {"": str(error)}, 429, error.retry_after)
    async with state_of(request).transaction() as tx:
        commands.send_letter(tx, "forgotten", asked.email)
    return redirect(request, "/forgotten/sent")


async def show_forgotten_sent(request: Request) -> Response:
    """What to do after asking."""
    page = SentPage("forgotten", "/forgotten", not state_of(request).settings.smtp_url)
    return render_page(request, await viewer_of(request), "accounts/sent.html", page, title="Look into your mail")


async def show_reset(request: Request) -> Response:
    """The form for a new password."""
    await limit_links(request)
    try:
        link, _ = await find_link(request, str(request.path_params["secret"]), (LinkPurpose.RESET_PASSWORD,))
    except LinkRefused as error:
        return await dead_link(request, error, "/forgotten")
    return await _reset_form(request, link.address, {})


async def _reset_form(request: Request, address: str, errors: Mapping[str, str], status: int = 200) -> Response:
    page = ResetPage(str(request.path_params["secret"]), address, errors)
    viewer = await viewer_of(request)
    return render_page(request, viewer, "accounts/reset.html", page, title="Choose a new password", status=status)


async def reset_password(request: Request) -> Response:
    """Set it, end every session, and sign this browser in; who is suspended is told what holds."""
    await limit_links(request)
    state, secret = state_of(request), str(request.path_params["secret"])
    fields = await read_form(request)
    try:
        link, account = await find_link(request, secret, (LinkPurpose.RESET_PASSWORD,))
        chosen = validate(NewPassword, {"password": fields.get("password", "")})
        plain = commands.check_new_password(chosen.password, link.address, account.name)
        password_hash = await hash_password(state, plain)
        async with state.transaction() as tx:
            account = await commands.set_new_password(tx, secret, password_hash)
            session = await start_session(request, tx, account)
    except LinkRefused as error:
        return await dead_link(request, error, "/forgotten")
    except Invalid as error:
        return await _reset_form(request, link.address, error.errors, 422)
    if account.suspended_at is not None:
        return await show_suspended(request, "Your password is changed.")
    return let_in(request, redirect(request, "/", "password-chosen"), session, account)


ROUTES: list[BaseRoute] = [
    get("/sign-in", show_sign_in),
    post("/sign-in", create_session),
    get("/sign-out", show_sign_out),
    post("/sign-out", delete_session),
    get("/forgotten", show_forgotten),
    post("/forgotten", ask_for_reset),
    get("/forgotten/sent", show_forgotten_sent),
    get("/reset/{secret}", show_reset),
    post("/reset/{secret}", reset_password),
]
