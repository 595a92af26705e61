"""Requests that another site makes a browser send: refused before anything else sees them.

One rule for every unsafe method. `Sec-Fetch-Site` is the browser's own word and comes first. Where it is missing
(plain http to a name, old browsers) or says another site, the `Origin` must be ours, letter by letter.
A request with neither comes from a program; it is let through only without cookies, since then it
carries nothing that a browser adds by itself.
"""

from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from auth.refusals import deny_socket, plain_refusal

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_OWN_SITE = frozenset({"same-origin", "none"})
_SENTENCE = "This request came from another site, so nothing was done. Open the page here and try again."


def may_change(headers: Headers, origins: frozenset[str]) -> bool:
    """Whether a request with an unsafe method comes from our own pages, or from a program."""
    if _is_program(headers):
        return True
    sites, named = headers.getlist("sec-fetch-site"), headers.getlist("origin")
    if len(sites) == 1 and sites[0] in _OWN_SITE:
        return True
    if len(named) == 1:
        return named[0] in origins
    return not named and not sites and "cookie" not in headers


def may_open_socket(headers: Headers, origins: frozenset[str]) -> bool:
    """Whether a socket's handshake comes from our own pages (exact Origin), or from a program with a token."""
    named = headers.getlist("origin")
    if named:
        return len(named) == 1 and named[0] in origins
    return _is_program(headers)


class OriginGuard:
    """ASGI middleware that refuses unsafe requests and sockets from other sites with 403.

    `exempt` are paths, or beginnings of paths that end with "/", whose requests other programs send by design,
    such as the one-click unsubscribing of mail programs. `refused` answers instead of one plain sentence.
    """

    def __init__(
        self, app: ASGIApp, origins: Iterable[str], exempt: Iterable[str] = (), refused: ASGIApp | None = None
    ) -> None:
        self._app = app
        self._origins = frozenset(origins)
        self._exempt = frozenset(exempt)
        self._beginnings = tuple(path for path in self._exempt if path.endswith("/"))
        self._refused = refused or plain_refusal(403, _SENTENCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "websocket":
            if may_open_socket(Headers(scope=scope), self._origins):
                await self._app(scope, receive, send)
            else:
                await deny_socket(receive, send)
        elif scope["type"] != "http" or self._passes(scope):
            await self._app(scope, receive, send)
        else:
            await self._refused(scope, receive, send)

    def _passes(self, scope: Scope) -> bool:
        if scope["method"] in _SAFE_METHODS or may_change(Headers(scope=scope), self._origins):
            return True
        path: str = scope["path"]
        return path in self._exempt or (bool(self._beginnings) and path.startswith(self._beginnings))


def _is_program(headers: Headers) -> bool:
    """Whether the request shows a token and no cookie: a page of another site can't make a browser do that."""
    values = headers.getlist("authorization")
    return len(values) == 1 and values[0][:7].lower() == "bearer " and "cookie" not in headers
