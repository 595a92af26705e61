"""What every answer goes out in: its number, the security headers, a bound on what comes in.

A plain ASGI wrapper: it costs a few microseconds, where Starlette's BaseHTTPMiddleware costs more
than some of our pages.
"""

import logging
import secrets
import time
from collections.abc import Iterable, Sequence

import brotli
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from forum.errors import TooLarge
from forum.logs import METHODS, Told, current_request, where

_MEGABYTE = 1024 * 1024
MOST_BODY_BYTES = 2 * _MEGABYTE
WORTH_COMPRESSING = 1400
COMPRESSED_TYPES = (b"text/html", b"application/json", b"application/problem+json")

_INDEXED = "confer.indexed"
_LARGEST = "confer.largest"
_WARNING = "confer.warning"

_log = logging.getLogger("forum")

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; font-src 'self'; "
    "connect-src 'self'{live}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()"


class Envelope:
    """Wraps the application; `public_url` decides HSTS and where the page's socket may go.

    `told` hear of each answer when it is out.
    """

    def __init__(self, app: ASGIApp, public_url: str, told: Sequence[Told] = ()) -> None:
        self._app = app
        self._told = told
        self._headers = security_headers(public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; sockets and the lifespan pass through untouched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["confer.request_id"] = request_id = secrets.token_hex(6)
        current_request.set(request_id)
        began = time.perf_counter()
        sender = _Sender(scope, send, [*self._headers, (b"x-request-id", request_id.encode())])
        try:
            await self._app(scope, _bounded(scope, receive), sender.send)
        except Exception as error:
            if sender.status == 0:
                sender.status = 500  # the server says so
                raise
            # The answer is out. What an error says may hold what people wrote, so only where it happened is kept.
            if sender.status != 503:  # that the database is away is told already, and is no fault of ours
                _log.error("a fault: %s", where(error))
        finally:
            if self._told:
                seconds = time.perf_counter() - began
                method = scope["method"] if scope["method"] in METHODS else "other"
                for tell in self._told:
                    tell(request_id, method, scope.get("confer.route", "none"), sender.status, seconds, sender.size)


def let_index(scope: Scope) -> None:
    """Search engines may keep this answer: it belongs to an open network, or tells of the site itself.

    They are asked to forget every other one, also that there is nothing: so nothing hidden differs from nothing.
    """
    scope[_INDEXED] = True


def let_bring(scope: Scope, most: int) -> None:
    """Let this request have a body of so many bytes, for whoever reads it in parts and keeps none of them in memory."""
    scope[_LARGEST] = most


def let_warn(scope: Scope, kinds: Sequence[str]) -> None:
    """Say in a header of the answer, for programs, what kinds of data about somebody it seems to hold."""
    if kinds:
        scope[_WARNING] = ", ".join(kinds)


def is_indexed(scope: Scope) -> bool:
    """Whether `let_index` was called."""
    return scope.get(_INDEXED, False) is True


def security_headers(public_url: str) -> list[tuple[bytes, bytes]]:
    """The headers of every answer, errors too."""
    scheme, _, host = public_url.partition("://")
    live = f" {'wss' if scheme == 'https' else 'ws'}://{host}"
    headers = {
        "content-security-policy": CONTENT_SECURITY_POLICY.format(live=live),
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "permissions-policy": PERMISSIONS,
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    if scheme == "https":
        headers["strict-transport-security"] = "max-age=31536000; includeSubDomains"
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def _bounded(scope: Scope, receive: Receive) -> Receive:
    taken = 0

    async def bounded() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        most = scope.get(_LARGEST, MOST_BODY_BYTES)
        if taken > most:
            raise TooLarge(f"That is too large to take: at most {most // _MEGABYTE} MB at once.")
        return message

    return bounded


class _Sender:
    def __init__(self, scope: Scope, send: Send, headers: list[tuple[bytes, bytes]]) -> None:
        self.status = 0
        self.size = 0
        self._scope = scope
        self._send = send
        self._headers = headers
        self._start: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], *self._headers]
            if not any(name == b"cache-control" for name, _ in message["headers"]):
                message["headers"].append((b"cache-control", b"private, no-store"))
            if not is_indexed(self._scope):
                message["headers"].append((b"x-robots-tag", b"noindex"))
            if _WARNING in self._scope:
                message["headers"].append((b"content-warning", self._scope[_WARNING].encode()))
            self._start = message
            return
        if self._start is not None:
            start, self._start = self._start, None
            if not message.get("more_body") and _is_worth_compressing(self._scope, start, message):
                _compress(start, message)
            await self._send(start)
        self.size += len(message.get("body", b""))
        await self._send(message)


def _header(headers: Iterable[tuple[bytes, bytes]], wanted: bytes) -> bytes:
    return next((value for name, value in headers if name == wanted), b"")


def _is_worth_compressing(scope: Scope, start: Message, message: Message) -> bool:
    return (
        len(message.get("body", b"")) > WORTH_COMPRESSING
        and b"br" in _header(scope["headers"], b"accept-encoding")
        and _header(start["headers"], b"content-type").startswith(COMPRESSED_TYPES)
        and not _header(start["headers"], b"content-encoding")
    )


def _compress(start: Message, message: Message) -> None:
    # Quality 1 costs 55 to 80 µs for a fifth of the bytes; higher ones cost a third of a page.
    message["body"] = brotli.compress(message["body"], quality=1)
    kept = [(name, _pressed_tag(name, value)) for name, value in start["headers"] if name != b"content-length"]
    length = str(len(message["body"])).encode()
    start["headers"] = [*kept, (b"content-length", length), (b"content-encoding", b"br"), (b"vary", b"Accept-Encoding")]


def _pressed_tag(name: bytes, value: bytes) -> bytes:
    """A strong ETag names the bytes as they go out: pressed, they are others."""
    is_strong_tag = name == b"etag" and value.startswith(b'"')
    return value[:-1] + b'-br"' if is_strong_tag else value
