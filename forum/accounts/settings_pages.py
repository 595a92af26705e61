"""One's own settings: profile, password and e-mail address."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.accounts import Account, find_account
from auth.links import find_waiting_address
from auth.tokens import count_live_tokens
from forum.accounts import commands
from forum.accounts.inputs import EmailChange, PasswordChange, Profile
from forum.accounts.photo_queries import list_with_photo
from forum.accounts.proving import confirm_password, hash_password, let_in, limit_mail
from forum.addresses import get, post
from forum.errors import Invalid, SignInNeeded
from forum.forms import read_form, validate
from forum.rendering import redirect, render_page
from forum.state import account_of, shown_by, state_of
from forum.viewer import Viewer

TOKENS_FIELD = "end_tokens"
"""The box that lets every token end together with other browsers' sessions."""
PROFILE_FIELDS = ("name", "job_title", "organisation", "about")


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """What others see of a person, to be changed."""

    account_id: str
    has_photo: bool
    values: Mapping[str, str]
    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PasswordPage:
    """The form for another password."""

    email: str
    token_count: int
    ends_tokens: bool
    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EmailPage:
    """The address, the one that waits for its link, and the form for another one."""

    email: str
    waiting: str
    typed: str
    errors: Mapping[str, str]


async def own_account(request: Request, viewer: Viewer) -> Account:
    """The account of whoever is signed in, whole. Raises SignInNeeded where it was closed meanwhile."""
    async with state_of(request).database.read() as connection:
        account = await find_account(connection, viewer.id)
    if account is None or account.closed_at is not None:
        raise SignInNeeded
    return account


async def show_settings(request: Request) -> Response:
    """The first of the settings."""
    await account_of(request)
    return redirect(request, "/settings/profile")


async def show_profile(request: Request) -> Response:
    """The form of what others see."""
    return await profile_form(request, await account_of(request), {})


async def profile_form(
    request: Request,
    viewer: Viewer,
    errors: Mapping[str, str],
    status: int = 200,
    typed: Mapping[str, str] | None = None,
) -> Response:
    """The form as things stand, or with what was typed."""
    account = await own_account(request, viewer)
    values = typed or {name: getattr(account, name) for name in PROFILE_FIELDS}
    async with state_of(request).database.read() as connection:
        has_photo = bool(await list_with_photo(connection, viewer, [viewer.id]))
    return _settings_page(request, viewer, "profile", ProfilePage(viewer.id, has_photo, values, errors), status=status)


def _settings_page(
    request: Request, viewer: Viewer, name: str, page: Any, *, title: str = "Settings", status: int = 200
) -> Response:
    return render_page(request, viewer, f"accounts/{name}.html", page, title=title, status=status)


async def update_profile(request: Request) -> Response:
    """Keep what others see."""
    viewer = await account_of(request)
    fields = await read_form(request)
    values = {name: fields.get(name, "") for name in PROFILE_FIELDS}
    try:
        profile = validate(Profile, values)
    except Invalid as error:
        return await profile_form(request, viewer, error.errors, 422, values)
    async with state_of(request).transaction() as tx:
        await commands.change_profile(tx, viewer, profile)
    return redirect(request, "/settings/profile", "saved")


async def show_password(request: Request) -> Response:
    """The form for another password."""
    return await _password_form(request, await account_of(request), {})


async def _password_form(
    request: Request, viewer: Viewer, errors: Mapping[str, str], *, ends_tokens: bool = True, status: int = 200
) -> Response:
    async with state_of(request).database.read() as connection:
        token_count = await count_live_tokens(connection, viewer.id)
    page = PasswordPage(_email(viewer), token_count, ends_tokens, errors)
    return _settings_page(request, viewer, "password", page, title="Your password", status=status)


def _email(viewer: Viewer) -> str:
    return viewer.account.email if viewer.account else ""


async def update_password(request: Request) -> Response:
    """Change it: every other browser is signed out, this one stays. Tokens end where that is ticked."""
    viewer = await account_of(request)
    state, fields = state_of(request), await read_form(request)
    ends_tokens = TOKENS_FIELD in fields
    try:
        change = validate(PasswordChange, {name: fields.get(name, "") for name in ("current_password", "new_password")})
        name = viewer.account.name if viewer.account else ""
        plain = commands.check_new_password(change.new_password, _email(viewer), name, "new_password")
        await confirm_password(request, viewer, change.current_password)
    except Invalid as error:
        return await _password_form(request, viewer, error.errors, ends_tokens=ends_tokens, status=422)
    password_hash = await hash_password(state, plain)
    async with state.transaction() as tx:
        account = await commands.change_own_password(tx, viewer, password_hash, with_tokens=ends_tokens)
    notice = "password-changed-tokens-ended" if ends_tokens else "password-changed"
    response = redirect(request, "/settings/password", notice)
    shown = shown_by(request)
    return let_in(request, response, shown.secret, account) if shown and shown.kind == "session" else response


async def show_email(request: Request) -> Response:
    """The address, and the form for another one."""
    return await _email_form(request, await account_of(request), "", {})


async def _email_form(
    request: Request, viewer: Viewer, typed: str, errors: Mapping[str, str], status: int = 200
) -> Response:
    page = EmailPage(_email(viewer), await _waiting_address(request, viewer) or "", typed, errors)
    return _settings_page(request, viewer, "email", page, title="Your e-mail address", status=status)


async def _waiting_address(request: Request, viewer: Viewer) -> str | None:
    async with state_of(request).database.read() as connection:
        return await find_waiting_address(connection, viewer.id)


async def update_email(request: Request) -> Response:
    """Send a link to the new address; nothing changes before it is used."""
    viewer = await account_of(request)
    state, fields = state_of(request), await read_form(request)
    try:
        change = validate(EmailChange, {name: fields.get(name, "") for name in ("email", "current_password")})
        commands.check_domain(state.settings, change.email)
        await confirm_password(request, viewer, change.current_password)
    except Invalid as error:
        return await _email_form(request, viewer, fields.get("email", ""), error.errors, 422)
    return await _send_email_link(request, viewer, change.email)


async def _send_email_link(request: Request, viewer: Viewer, address: str) -> Response:
    await limit_mail(request, address)
    async with state_of(request).transaction() as tx:
        await commands.ask_for_email(tx, viewer, address)
    return redirect(request, "/settings/email", "email-sent")


async def send_email_again(request: Request) -> Response:
    """Send the link once more to the address that waits; the password was shown when it was asked for."""
    viewer = await account_of(request)
    address = await _waiting_address(request, viewer)
    return redirect(request, "/settings/email") if address is None else await _send_email_link(request, viewer, address)


async def cancel_email(request: Request) -> Response:
    """Stay with the address that one has."""
    viewer = await account_of(request)
    async with state_of(request).transaction() as tx:
        await commands.cancel_email(tx, viewer)
    return redirect(request, "/settings/email", "email-stays")


ROUTES: list[BaseRoute] = [
    get("/settings", show_settings),
    get("/settings/profile", show_profile),
    post("/settings/profile", update_profile),
    get("/settings/password", show_password),
    post("/settings/password", update_password),
    get("/settings/email", show_email),
    post("/settings/email", update_email),
    post("/settings/email/again", send_email_again),
    post("/settings/email/cancel", cancel_email),
]
