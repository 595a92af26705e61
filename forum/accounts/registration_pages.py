"""Registering: the form, and the mail that follows, once more where it did not come."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.accounts import normalise_email
from auth.proxies import address_group
from auth.rules import REGISTER
from forum.accounts import commands
from forum.accounts.archive_pages import by_way_of_archive
from forum.accounts.inputs import Address, InvitedAccount
from forum.accounts.proving import hash_password, let_in, limit, limit_links, limit_mail, remember_registration
from forum.addresses import get, post
from forum.errors import Conflict, Forbidden, Invalid, TooMany
from forum.forms import read_form, validate
from forum.invitations import Invited, Shown, find_invited, find_shown, proven_id
from forum.invited_page import OVER, ended_page, invitation_page, why_over
from forum.rendering import redirect, render_page, safe_path
from forum.state import client_of, state_of, viewer_of

NEXT_COOKIE = "next"
_ASKED = ("email", "name", "password", "organisation")


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """The form to register; the same for the first account of the site."""

    action: str
    is_open: bool
    domains: tuple[str, ...]
    next: str
    invitation: str
    invited_address: str
    organisation: str
    """Asked of whoever is invited: as the inviter's list had it, to be put right."""
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


async def show_register(request: Request) -> Response:
    """The form to register."""
    viewer = await viewer_of(request)
    if viewer.is_signed_in:
        proof = request.query_params.get("invitation", "")
        return redirect(request, invited_path(proof) if proof else safe_path(request.query_params.get("next", "/")))
    return await register_form(
        request, {name: request.query_params.get(name, "") for name in ("next", "invitation")}, {}
    )


async def register_form(
    request: Request,
    fields: Mapping[str, str],
    errors: Mapping[str, str],
    status: int = 200,
    action: str = "/register",
    retry_after: int = 0,
) -> Response:
    """The form as it was filled in; `action` is /register, or the page on which the first account is made."""
    settings = state_of(request).settings
    invited = await _find_invited(request, fields)
    page = RegisterPage(
        action=action,
        is_open=settings.registration == "open" or action != "/register" or invited is not None,
        domains=tuple(sorted(settings.domains)) if action == "/register" else (),
        next=fields.get("next", ""),
        invitation=fields.get("invitation", "") if invited else "",
        invited_address=invited.address if invited else "",
        organisation=fields.get("organisation", invited.organisation if invited else ""),
        name=fields.get("name", invited.name if invited else ""),
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
    if invited is None and (over := await _find_over(request, fields)):
        return await _over(request, fields, over)
    commands.check_registration(state.settings, invited=invited is not None)
    try:
        new = validate(InvitedAccount, {name: fields.get(name, "") for name in _ASKED})
        commands.check_domain(state.settings, new.email)
        if invited is not None:
            commands.check_invited(state.settings, new.email, invited.address)
        await limit(state, REGISTER, address_group(client_of(request)))
        await limit_mail(request, new.email)
    except Invalid as error:
        return await _form_again(request, fields, error.errors, 422, invited)
    except TooMany as error:
        return await _form_again(request, fields, {"": str(error)}, 429, invited, error.retry_after)
    password_hash = await hash_password(state, new.password)
    if invited is not None and _is_theirs(new.email, invited):
        return await _register_invited(request, fields, new, password_hash, invited)
    async with state.transaction() as tx:
        await commands.register(tx, new, password_hash)
    response = redirect(request, "/register/sent")
    remember_registration(request, response, new, password_hash)
    path = safe_path(fields.get("next", ""))
    if invited is not None:
        path = invited_path(fields["invitation"])
    if path != "/":
        _keep_next(request, response, path)
    return response


async def _find_over(request: Request, fields: Mapping[str, str]) -> Shown | None:
    """The invitation that the form was opened with, where it is good no longer."""
    state, proof = state_of(request), fields.get("invitation", "")
    if proven_id(state.key, proof) is None:
        return None
    async with state.database.read() as connection:
        shown = await find_shown(connection, state.key, proof)
    return None if shown.is_good else shown


async def _over(request: Request, fields: Mapping[str, str], over: Shown) -> Response:
    """Say so as the invitation's page does; who may register without one has all that they typed, but the password."""
    viewer, settings = await viewer_of(request), state_of(request).settings
    if over.outcome == "accepted" or settings.registration != "open":
        return ended_page(request, viewer, over)
    kept = {name: fields[name] for name in ("next", "email", "name", "organisation") if name in fields}
    said = f"{OVER}. {why_over(over)} You can register without it, and come into no network by that."
    return await register_form(request, kept, {"": said}, 410)


async def _form_again(
    request: Request,
    fields: Mapping[str, str],
    errors: Mapping[str, str],
    status: int,
    invited: Invited | None,
    retry_after: int = 0,
) -> Response:
    """What was filled in with what is wrong with it: on their invitation's own page for who registers by it."""
    if invited is None or not _is_theirs(fields.get("email", ""), invited):
        return await register_form(request, fields, errors, status, retry_after=retry_after)
    viewer, state, proof = await viewer_of(request), state_of(request), fields["invitation"]
    async with state.database.read() as connection:
        shown = await find_shown(connection, state.key, proof)
    headers = retry_headers(retry_after)
    return invitation_page(request, viewer, shown, quote(proof, safe=""), fields, errors, status, headers)


def _is_theirs(email: str, invited: Invited) -> bool:
    """Whether it is the address that the invitation went to."""
    try:
        return normalise_email(email) == normalise_email(invited.address)
    except ValueError:
        return False


def invited_path(proof: str) -> str:
    """The page of an invitation, which says to whoever is signed in whether it is for them."""
    return f"/invitations/{quote(proof, safe='')}"


async def _register_invited(
    request: Request, fields: Mapping[str, str], new: InvitedAccount, password_hash: str, invited: Invited
) -> Response:
    """Let whoever shows the mail of an invitation in at once: no second mail has to prove the address."""
    try:
        async with state_of(request).transaction() as tx:
            account = await commands.register_invited(tx, new, password_hash, invited)
            session = await commands.sign_in(tx, account.id, request.headers.get("user-agent", ""))
    except (Conflict, Forbidden) as error:  # the network may have been archived a moment ago
        return await _form_again(request, fields, {"": str(error)}, 409, invited)
    path = await by_way_of_archive(request, account, f"/networks/{invited.network_slug}")
    response = redirect(request, path, notice="joined")
    return let_in(request, response, session, account)


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


ROUTES: list[BaseRoute] = [
    get("/register", show_register),
    post("/register", create_account),
    get("/register/sent", show_registered),
    get("/register/again", show_register_again),
    post("/register/again", send_again),
]
