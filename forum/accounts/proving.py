"""Who somebody is, proved: passwords checked within limits, and the cookies that follow. For pages and API alike.

An unknown address costs the same work as a known one, and is answered by the same words.
"""

from dataclasses import dataclass

from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import Response

from auth import backend
from auth.accounts import (
    Account,
    UnknownAccount,
    find_credentials,
    lock_account,
    normalise_email,
    rehash_password,
)
from auth.browsers import (
    LIFETIME,
    REGISTRATION_LIFETIME,
    has_registered,
    known_browser,
    mark_registration,
    registered_name,
    remember_browser,
)
from auth.cookies import browser_cookie_name, clear_cookie, read_cookie, registration_cookie_name, set_cookie
from auth.passwords import PasswordsBusy
from auth.proxies import address_group
from auth.rules import CONFIRM_PASSWORD, LINKS, MAIL_FROM_CLIENT, MAIL_TO_ADDRESS, Rule
from forum.accounts.inputs import NewAccount, SignIn
from forum.errors import Forbidden, Invalid, TooMany, Unavailable, WrongPassword
from forum.state import State, client_of, state_of
from forum.viewer import Viewer
from ground.columns import now
from realtime.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Proven:
    """Somebody who showed the right password. `new_hash` is to be kept where the old one is of weaker make."""

    account: Account
    old_hash: str
    new_hash: str | None


async def prove(request: Request, shown: SignIn) -> Proven:
    """Check address and password. Raises WrongPassword, TooMany or Unavailable.

    An address that is not proved yet is answered like a wrong password: otherwise whoever registers an address
    learned by signing in whether it had an account. The account may be suspended: see `refuse_suspended`.
    """
    state, client = state_of(request), client_of(request)
    async with state.database.read() as connection:
        credentials = await find_credentials(connection, shown.email)
    mark = _mark(request, credentials.account) if credentials else None
    key = _limit_key(shown.email)
    verdict = await state.rate_limits.begin_sign_in(key, client, mark)
    if not verdict.allowed:
        raise TooMany(verdict.sentence, verdict.retry_after)
    password_hash = credentials.password_hash if credentials else None
    is_right = await _verify(state, shown.password, password_hash)
    if not is_right or credentials is None or password_hash is None or credentials.account.verified_at is None:
        await state.rate_limits.sign_in_failed(client)
        raise WrongPassword
    await state.rate_limits.sign_in_succeeded(key, client, mark)
    is_weak = state.passwords.needs_rehash(password_hash)
    return Proven(credentials.account, password_hash, await hash_password(state, shown.password) if is_weak else None)


def refuse_suspended(account: Account) -> None:
    """Let nobody in who is suspended. Raises Forbidden."""
    if account.suspended_at is not None:
        raise Forbidden("This account is suspended. Ask the people who run the site.")


async def hold_proven(tx: Transaction, proven: Proven) -> None:
    """Let in by this password only if it is still the account's, and keep it under today's parameters.

    Whoever reset it in the meantime has ended every session and token: no new one may follow. Raises WrongPassword.
    """
    try:
        account = await lock_account(tx.connection, proven.account.id)
    except UnknownAccount:
        raise WrongPassword from None
    if account.password_version != proven.account.password_version:
        raise WrongPassword
    if proven.new_hash is not None:
        await rehash_password(tx.connection, proven.account.id, proven.old_hash, proven.new_hash)


async def confirm_password(request: Request, viewer: Viewer, password: SecretStr) -> None:
    """Ask somebody signed in for their password again. Raises Invalid, TooMany or Unavailable."""
    state = state_of(request)
    await limit(state, CONFIRM_PASSWORD, viewer.id)
    async with state.database.read() as connection:
        credentials = await find_credentials(connection, viewer.account.email if viewer.account else "")
    if not await _verify(state, password, credentials.password_hash if credentials else None):
        raise Invalid({"current_password": "That is not your password. Type the one you sign in with."})
    await state.rate_limits.clear(CONFIRM_PASSWORD, viewer.id)


async def hash_password(state: State, password: SecretStr | str) -> str:
    """The hash to keep. Raises Unavailable where too many are signing in at once."""
    plain = password if isinstance(password, str) else password.get_secret_value()
    try:
        return await state.passwords.hash(plain)
    except PasswordsBusy as error:
        raise Unavailable(str(error)) from error


async def _verify(state: State, password: SecretStr, password_hash: str | None) -> bool:
    try:
        return await state.passwords.verify(password.get_secret_value(), password_hash)
    except PasswordsBusy as error:
        raise Unavailable(str(error)) from error


async def limit(state: State, rule: Rule, *whose: str) -> None:
    """Count one act. Raises TooMany."""
    verdict = await state.rate_limits.hit(rule, *whose)
    if not verdict.allowed:
        raise TooMany(verdict.sentence, verdict.retry_after)


async def limit_mail(request: Request, email: str) -> None:
    """Count a mail that somebody makes us send to this address. Raises TooMany, whoever owns the address."""
    state = state_of(request)
    await limit(state, MAIL_FROM_CLIENT, address_group(client_of(request)))
    await limit(state, MAIL_TO_ADDRESS, normalise_email(email))


async def limit_links(request: Request) -> None:
    """Count one look at a link from a mail. Raises TooMany."""
    await limit(state_of(request), LINKS, address_group(client_of(request)))


def let_in(request: Request, response: Response, secret: str, account: Account) -> Response:
    """Give the browser its session, and the mark by which it is no stranger to this account from now on."""
    state = state_of(request)
    url = state.settings.public_url
    response.headers.append(*backend.set_cookie(url, secret))
    name = browser_cookie_name(url)
    before = read_cookie(request.headers, name)
    mark = remember_browser(before, state.key, account.id, account.password_version, now())
    response.headers.append(*set_cookie(name, mark, LIFETIME))
    return response


def remember_registration(request: Request, response: Response, new: NewAccount, password_hash: str) -> None:
    """Mark the browser in which somebody registered; whether the address had an account already changes nothing."""
    state = state_of(request)
    mark = mark_registration(state.key, normalise_email(new.email), password_hash, new.name)
    name = registration_cookie_name(state.settings.public_url)
    response.headers.append(*set_cookie(name, mark, REGISTRATION_LIFETIME))


def forget_registration(request: Request, response: Response) -> None:
    """Take that mark away: the address is proved."""
    response.headers.append(*clear_cookie(registration_cookie_name(state_of(request).settings.public_url)))


async def registered_here(request: Request, email: str) -> bool:
    """Whether the password of the account with this address was typed in this browser."""
    state = state_of(request)
    async with state.database.read() as connection:
        credentials = await find_credentials(connection, email)
    if credentials is None or credentials.password_hash is None:
        return False
    return has_registered(_registration(request), state.key, normalise_email(email), credentials.password_hash)


def name_typed_here(request: Request, email: str) -> str:
    """The name with which this address was registered in this browser; empty where it was not."""
    return registered_name(_registration(request), state_of(request).key, normalise_email(email))


def _registration(request: Request) -> str | None:
    return read_cookie(request.headers, registration_cookie_name(state_of(request).settings.public_url))


def let_out(request: Request, response: Response) -> Response:
    """Take the session away, and all that pages left in this browser: the next person may be another one."""
    response.headers.append(*backend.clear_cookie(state_of(request).settings.public_url))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _mark(request: Request, account: Account) -> str | None:
    state = state_of(request)
    cookie = read_cookie(request.headers, browser_cookie_name(state.settings.public_url))
    return known_browser(cookie, state.key, account.id, account.password_version, now())


def _limit_key(email: str) -> str:
    try:
        return normalise_email(email)
    except ValueError:
        return email.strip().casefold()[:254]
