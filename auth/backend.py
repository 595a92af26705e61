"""Who asks: the same answer for a page, the API and the socket, from a session cookie or a bearer token."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import Headers

from auth import cookies
from auth.accounts import Account
from auth.sessions import LIFETIME, Session, find_session
from auth.tokens import Token, find_token

Kind = Literal["session", "token"]

_LONGEST_SECRET = 100


class BadToken(Exception):
    """A bearer token was shown and opens nothing: 401, even where signed-out people may read."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks, and by what. Exactly one of `session` and `token` is set."""

    account: Account
    session: Session | None = None
    token: Token | None = None

    @property
    def account_id(self) -> str:
        """The account that acts."""
        return self.account.id

    @property
    def kind(self) -> Kind:
        """`session` for a browser, `token` for a program."""
        return "session" if self.session is not None else "token"

    @property
    def session_id(self) -> str | None:
        """The session's id, if it is one."""
        return None if self.session is None else self.session.id

    @property
    def token_id(self) -> str | None:
        """The token's id, if it is one."""
        return None if self.token is None else self.token.id


@dataclass(frozen=True, slots=True)
class Shown:
    """What a request shows of itself, not yet looked up."""

    kind: Kind
    secret: str


def shown_by(headers: Headers, cookie_name: str) -> Shown | None:
    """The bearer token, else the session cookie, else None. A token comes first, and never falls back to a cookie.

    Raises BadToken where the header can't be one of our tokens. Other schemes than Bearer are not ours: a
    proxy in front may ask for Basic.
    """
    bearers = [value for value in headers.getlist("authorization") if value[:7].lower() in ("bearer", "bearer ")]
    if bearers:
        secret = bearers[0][7:].strip()
        if len(bearers) > 1 or not secret or len(secret) > _LONGEST_SECRET:
            raise BadToken("This is not a token of this site. Send Authorization: Bearer, then one token.")
        return Shown("token", secret)
    cookie = cookies.read_cookie(headers, cookie_name)
    if not cookie or len(cookie) > _LONGEST_SECRET:
        return None
    return Shown("session", cookie)


async def identify(connection: AsyncConnection, headers: Headers, cookie_name: str) -> Identity | None:
    """Who asks, in at most one query; None for signed-out people and for sessions that ended.

    Raises BadToken. The account may be unverified: what it may do then is for the caller to say.
    """
    shown = shown_by(headers, cookie_name)
    if shown is None:
        return None
    if shown.kind == "session":
        session = await find_session(connection, shown.secret)
        return None if session is None else Identity(session[1], session=session[0])
    token = await find_token(connection, shown.secret)
    if token is None:
        raise BadToken("This token is unknown, expired or revoked. Make a new one in the settings of your account.")
    return Identity(token[1], token=token[0])


def cookie_name(base_url: str) -> str:
    """The name of the session cookie: `__Host-confer`, or `confer` on plain http."""
    return cookies.session_cookie_name(base_url)


def set_cookie(base_url: str, secret: str, lifetime: timedelta = LIFETIME) -> tuple[str, str]:
    """The header that signs a browser in, and again when `touch_session` wrote: ("set-cookie", …)."""
    return cookies.set_cookie(cookie_name(base_url), secret, lifetime)


def clear_cookie(base_url: str) -> tuple[str, str]:
    """The header that signs a browser out: ("set-cookie", …)."""
    return cookies.clear_cookie(cookie_name(base_url))
