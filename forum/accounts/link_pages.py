"""Links in mails that prove an address. A link acts only by the button of its page."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.accounts import Account, find_account
from auth.links import Link, LinkPurpose, LinkRefusal, LinkRefused, read_link
from forum.accounts import commands
from forum.accounts.archive_pages import by_way_of_archive
from forum.accounts.inputs import Claim
from forum.accounts.proving import (
    forget_registration,
    hash_password,
    let_in,
    limit_links,
    name_typed_here,
    registered_here,
)
from forum.accounts.queries import has_written
from forum.accounts.registration_pages import NEXT_COOKIE
from forum.addresses import get, post
from forum.errors import Conflict, Invalid
from forum.forms import read_form, validate
from forum.rendering import redirect, render_page, safe_path
from forum.state import state_of, viewer_of
from realtime.transaction import Transaction

PURPOSES = (LinkPurpose.VERIFY_EMAIL, LinkPurpose.CLAIM_ACCOUNT, LinkPurpose.CHANGE_EMAIL)


@dataclass(frozen=True, slots=True)
class LinkPage:
    """A link from a mail that works: what its button will do."""

    secret: str
    purpose: str
    address: str
    name: str
    is_elsewhere: bool
    """Somebody registered, in another browser than this: whoever reads the mail chooses a password."""
    from_archive: bool
    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DeadLinkPage:
    """A link from a mail that does nothing, and why."""

    sentence: str
    again_href: str = ""
    again_text: str = ""


@dataclass(frozen=True, slots=True)
class SuspendedPage:
    """A link did what it is for, and lets nobody in: the account is suspended."""

    done: str


async def show_link(request: Request) -> Response:
    """What a link from a mail will do, and the button that does it."""
    await limit_links(request)
    secret = str(request.path_params["secret"])
    try:
        link, account = await find_link(request, secret, PURPOSES)
    except LinkRefused as error:
        return await dead_link(request, error)
    return await _link_page(request, link, name_typed_here(request, link.address) or account.name, {})


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
    is_elsewhere = await _is_elsewhere(request, link)
    page = LinkPage(secret, link.purpose.value, link.address, name, is_elsewhere, from_archive, errors)
    viewer = await viewer_of(request)
    return render_page(request, viewer, "accounts/link.html", page, title="Confirm your address", status=status)


async def _is_elsewhere(request: Request, link: Link) -> bool:
    """Whether the link proves an address that was registered in another browser, by whomever."""
    return link.purpose is LinkPurpose.VERIFY_EMAIL and not await registered_here(request, link.address)


async def dead_link(request: Request, error: LinkRefused, again: str = "/register/again") -> Response:
    """The page of a link that does nothing. Whoever moves to another address sees in the settings what holds."""
    way = (again, "Send me a new link")
    if error.purpose is LinkPurpose.CHANGE_EMAIL:
        way = ("/settings/email", "Your address in the settings")
    page = DeadLinkPage(str(error), *way)
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
        if link.purpose is LinkPurpose.CLAIM_ACCOUNT or await _is_elsewhere(request, link):
            return await _claim(request, link, fields)
        async with state_of(request).transaction() as tx:
            account = await commands.verify(tx, secret, name_typed_here(request, link.address))
            session = await start_session(request, tx, account)
    except LinkRefused as error:
        return await dead_link(request, error)
    return await _welcome(request, session, account, "Your address is confirmed.")


async def start_session(request: Request, tx: Transaction, account: Account) -> str:
    """A session for whoever used a link; none, and an empty secret, where the account is suspended."""
    if account.suspended_at is not None:
        return ""
    return await commands.sign_in(tx, account.id, request.headers.get("user-agent", ""))


async def show_suspended(request: Request, done: str) -> Response:
    """What was done, what holds all the same, and whom to write to."""
    viewer, page, title = await viewer_of(request), SuspendedPage(done), "Your account is suspended"
    return render_page(request, viewer, "accounts/suspended.html", page, title=title)


async def _claim(request: Request, link: Link, fields: Mapping[str, str]) -> Response:
    state = state_of(request)
    try:
        claimed = validate(Claim, {name: fields.get(name, "") for name in ("name", "password")})
        commands.check_new_password(claimed.password, link.address, claimed.name)
    except Invalid as error:
        return await _link_page(request, link, fields.get("name", ""), error.errors, 422)
    password_hash = await hash_password(state, claimed.password)
    async with state.transaction() as tx:
        secret = str(request.path_params["secret"])
        account = await commands.claim_account(tx, secret, claimed, password_hash, link.purpose)
        session = await start_session(request, tx, account)
    return await _welcome(request, session, account, "Your address is confirmed, and your password is set.")


async def _welcome(request: Request, session: str, account: Account, done: str) -> Response:
    if account.suspended_at is not None:
        return await show_suspended(request, done)
    path = await by_way_of_archive(request, account, safe_path(request.cookies.get(NEXT_COOKIE, "/")))
    response = redirect(request, path, "verified")
    response.delete_cookie(NEXT_COOKIE, path="/")
    forget_registration(request, response)
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


ROUTES: list[BaseRoute] = [
    get("/verify/{secret}", show_link),
    post("/verify/{secret}", use_link),
]
