"""Registering, proving the address, and the first account of a site. A link in a mail acts only by its button."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.accounts import Account, find_account
from auth.links import Link, LinkPurpose, LinkRefusal, LinkRefused, read_link
from auth.proxies import address_group
from auth.rules import REGISTER
from forum.accounts import commands
from forum.accounts.inputs import Address, Claim, NewAccount
from forum.accounts.proving import hash_password, let_in, limit, limit_links, limit_mail
from forum.accounts.queries import has_written
from forum.accounts.set_up import is_set_up, set_up_secret
from forum.addresses import get, post
from forum.errors import Conflict, Invalid, NotFound, TooMany
from forum.forms import read_form, validate
from forum.invitations import Invited, find_invited
from forum.rendering import redirect, render_page, safe_path
from forum.state import client_of, state_of, viewer_of

NEXT_COOKIE = "next"
PURPOSES = (LinkPurpose.VERIFY_EMAIL, LinkPurpose.CLAIM_ACCOUNT, LinkPurpose.CHANGE_EMAIL)


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """The form to register; the same for the first account of the site."""

    action: str
    is_open: bool
    domains: tuple[str, ...]
    next: str
    invitation: str
    invited_address: str
    name: str
    email: str
    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SentPage:
    """What to do now that a mail is on its way, if there is anybody for it."""

    what: str
    again: str
    is_file: bool


@dataclass(frozen=True, slots=True)
class AgainPage:
    """The form that sends the mail of a registration once more."""

    email: str
    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LinkPage:
    """A link from a mail that works: what its button will do."""

    secret: str
    purpose: str
    address: str
    name: str
    from_archive: bool
    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DeadLinkPage:
    """A link from a mail that does nothing, and why."""

    sentence: str
    again_href: str
    again_text: str


async def show_register(request: Request) -> Response:
    """The form to register."""
    viewer = await viewer_of(request)
    if viewer.is_signed_in:
        return redirect(request, safe_path(request.query_params.get("next", "/")))
    return await _register_form(
        request, {name: request.query_params.get(name, "") for name in ("next", "invitation")}, {}
    )


async def _register_form(
    request: Request,
    fields: Mapping[str, str],
    errors: Mapping[str, str],
    status: int = 200,
    action: str = "/register",
    retry_after: int = 0,
) -> Response:
    settings = state_of(request).settings
    invited = await _find_invited(request, fields)
    page = RegisterPage(
        action=action,
        is_open=settings.registration == "open" or action != "/register" or invited is not None,
        domains=tuple(sorted(settings.domains)) if action == "/register" else (),
        next=fields.get("next", ""),
        invitation=fields.get("invitation", "") if invited else "",
        invited_address=invited.address if invited else "",
        name=fields.get("name", ""),
        email=fields.get("email", invited.address if invited else ""),
        errors=errors,
    )
    title = "Register" if action == "/register" else "Set up"
    template = "accounts/register.html" if action == "/register" else "accounts/set_up.html"
    headers = retry_headers(retry_after)
    return render_page(request, await viewer_of(request), template, page, title=title, status=status, headers=headers)


async def _find_invited(request: Request, fields: Mapping[str, str]) -> Invited | None:
    """Who shows the proof of an invitation that waits. Raises TooMany."""
    proof = fields.get("invitation", "")
    if not proof:
        return None
    await limit_links(request)
    state = state_of(request)
    async with state.database.read() as connection:
        return await find_invited(connection, state.key, proof)


def retry_headers(seconds: int) -> dict[str, str]:
    """When a form that was sent too often may be sent again."""
    return {"Retry-After": str(seconds)} if seconds else {}


async def create_account(request: Request) -> Response:
    """Take a registration. The answer is the same whether or not the address is known."""
    state = state_of(request)
    fields = await read_form(request)
    invited = await _find_invited(request, fields)
    commands.check_registration(state.settings, invited=invited is not None)
    try:
        new = validate(NewAccount, {name: fields.get(name, "") for name in ("email", "name", "password")})
        commands.check_domain(state.settings, new.email)
        if invited is not None:
            commands.check_invited(state.settings, new.email, invited.address)
        await limit(state, REGISTER, address_group(client_of(request)))
        await limit_mail(request, new.email)
    except Invalid as error:
        return await _register_form(request, fields, error.errors, 422)
    except TooMany as error:
        return await _register_form(request, fields, {"": str(error)}, 429, retry_after=error.retry_after)
    password_hash = await hash_password(state, new.password)
    async with state.transaction() as tx:
        await commands.register(tx, new, password_hash)
    response = redirect(request, "/register/sent")
    if (path := safe_path(fields.get("next", ""))) != "/":
        _keep_next(request, response, path)
    return response


def _keep_next(request: Request, response: Response, path: str) -> None:
    """Where this browser wanted to go; it goes on from there once the address is proved."""
    if path.isascii() and len(path) < 500:
        secure = state_of(request).settings.is_https
        response.set_cookie(NEXT_COOKIE, path, max_age=3 * 86_400, httponly=True, samesite="lax", secure=secure)


async def show_registered(request: Request) -> Response:
    """What to do after registering."""
    page = SentPage("register", "/register/again", not state_of(request).settings.smtp_url)
    return render_page(request, await viewer_of(request), "accounts/sent.html", page, title="Look into your mail")


async def show_register_again(request: Request) -> Response:
    """The form that sends the mail once more."""
    return await _again_form(request, "", {})


async def _again_form(
    request: Request, email: str, errors: Mapping[str, str], status: int = 200, retry_after: int = 0
) -> Response:
    viewer, template, title = await viewer_of(request), "accounts/again.html", "Send the mail again"
    headers = retry_headers(retry_after)
    return render_page(request, viewer, template, AgainPage(email, errors), title=title, status=status, headers=headers)


async def send_again(request: Request) -> Response:
    """Send it once more, where an account waits for proof. The answer is always the same."""
    fields = await read_form(request)
    try:
        asked = validate(Address, {"email": fields.get("email", "")})
        await limit_mail(request, asked.email)
    except Invalid as error:
        return await _again_form(request, fields.get("email", ""), error.errors, 422)
    except TooMany as error:
        return await _again_form(request, fields.get("email", ""), {"": str(error)}, 429, error.retry_after)
    async with state_of(request).transaction() as tx:
        commands.send_letter(tx, "verify_again", asked.email)
    return redirect(request, "/register/sent")


async def show_link(request: Request) -> Response:
    """What a link from a mail will do, and the button that does it."""
    await limit_links(request)
    secret = str(request.path_params["secret"])
    try:
        link, account = await find_link(request, secret, PURPOSES)
    except LinkRefused as error:
        return await dead_link(request, error)
    return await _link_page(request, link, account.name, {})


async def find_link(request: Request, secret: str, purposes: tuple[LinkPurpose, ...]) -> tuple[Link, Account]:
    """The link of one of these purposes, and whose it is. Raises LinkRefused."""
    async with state_of(request).database.read() as connection:
        for purpose in purposes:
            try:
                link = await read_link(connection, secret, purpose)
            except LinkRefused as error:
                if error.reason is not LinkRefusal.UNKNOWN:
                    raise
                continue
            account = await find_account(connection, link.account_id)
            if account is not None:
                return link, account
    raise LinkRefused(LinkRefusal.UNKNOWN)


async def _link_page(request: Request, link: Link, name: str, errors: Mapping[str, str], status: int = 200) -> Response:
    async with state_of(request).database.read() as connection:
        from_archive = await has_written(connection, link.account_id)
    secret = str(request.path_params["secret"])
    page = LinkPage(secret, link.purpose.value, link.address, name, from_archive, errors)
    viewer = await viewer_of(request)
    return render_page(request, viewer, "accounts/link.html", page, title="Confirm your address", status=status)


async def dead_link(request: Request, error: LinkRefused, again: str = "/register/again") -> Response:
    """The page of a link that does nothing."""
    page = DeadLinkPage(str(error), again, "Send me a new link")
    status = 404 if error.reason is LinkRefusal.UNKNOWN else 410
    viewer = await viewer_of(request)
    return render_page(request, viewer, "accounts/dead_link.html", page, title="This link is over", status=status)


async def use_link(request: Request) -> Response:
    """Do what the link is for."""
    await limit_links(request)
    fields = await read_form(request)
    secret = str(request.path_params["secret"])
    try:
        link, account = await find_link(request, secret, PURPOSES)
        if link.purpose is LinkPurpose.CHANGE_EMAIL:
            return await _move_to_address(request, secret)
        if link.purpose is LinkPurpose.CLAIM_ACCOUNT:
            return await _claim(request, link, fields)
        async with state_of(request).transaction() as tx:
            account = await commands.verify(tx, secret)
            session = await commands.sign_in(tx, account.id, request.headers.get("user-agent", ""))
    except LinkRefused as error:
        return await dead_link(request, error)
    return _welcome(request, session, account)


async def _claim(request: Request, link: Link, fields: Mapping[str, str]) -> Response:
    state = state_of(request)
    try:
        claimed = validate(Claim, {name: fields.get(name, "") for name in ("name", "password")})
        commands.check_new_password(claimed.password, link.address, claimed.name)
    except Invalid as error:
        return await _link_page(request, link, fields.get("name", ""), error.errors, 422)
    password_hash = await hash_password(state, claimed.password)
    async with state.transaction() as tx:
        account = await commands.claim_account(tx, str(request.path_params["secret"]), claimed, password_hash)
        session = await commands.sign_in(tx, account.id, request.headers.get("user-agent", ""))
    return _welcome(request, session, account)


def _welcome(request: Request, session: str, account: Account) -> Response:
    path = safe_path(request.cookies.get(NEXT_COOKIE, "/"))
    response = redirect(request, path, "verified")
    response.delete_cookie(NEXT_COOKIE, path="/")
    return let_in(request, response, session, account)


async def _move_to_address(request: Request, secret: str) -> Response:
    try:
        async with state_of(request).transaction() as tx:
            account = await commands.use_email_link(tx, secret)
    except Conflict as error:
        page = DeadLinkPage(str(error), "/settings/email", "Choose another address")
        viewer = await viewer_of(request)
        return render_page(request, viewer, "accounts/dead_link.html", page, title="This address is taken", status=409)
    is_here = (await viewer_of(request)).id == account.id
    return redirect(request, "/settings/email" if is_here else "/sign-in", "email-changed")


async def show_set_up(request: Request) -> Response:
    """The form for the first account, for whoever reads the terminal."""
    await _check_set_up(request)
    return await _register_form(request, {}, {}, action=request.url.path)


async def create_first_account(request: Request) -> Response:
    """Make the first administrator of the site and sign them in."""
    await _check_set_up(request)
    state = state_of(request)
    fields = await read_form(request)
    try:
        new = validate(NewAccount, {name: fields.get(name, "") for name in ("email", "name", "password")})
    except Invalid as error:
        return await _register_form(request, fields, error.errors, 422, action=request.url.path)
    password_hash = await hash_password(state, new.password)
    async with state.transaction() as tx:
        account = await commands.create_first_account(tx, new, password_hash)
        session = await commands.sign_in(tx, account.id, request.headers.get("user-agent", ""))
    return let_in(request, redirect(request, "/", "set-up"), session, account)


async def _check_set_up(request: Request) -> None:
    """Only with the right secret, and only while there is no account. Raises NotFound."""
    await limit_links(request)
    state = state_of(request)
    expected = set_up_secret(state.key, (await viewer_of(request)).epoch)
    shown = str(request.path_params["secret"]).encode()
    if not hmac.compare_digest(shown, expected.encode()) or await is_set_up(state):
        raise NotFound


ROUTES: list[BaseRoute] = [
    get("/register", show_register),
    post("/register", create_account),
    get("/register/sent", show_registered),
    get("/register/again", show_register_again),
    post("/register/again", send_again),
    get("/verify/{secret}", show_link),
    post("/verify/{secret}", use_link),
    get("/set-up/{secret}", show_set_up),
    post("/set-up/{secret}", create_first_account),
]
