"""Refusing a request before anything of it was looked at, when no page has been given for it."""

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Send

_HEADERS = {
    "cache-control": "private, no-store",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}


def plain_refusal(status: int, sentence: str) -> ASGIApp:
    """An answer of one sentence, never stored by a cache."""
    return PlainTextResponse(sentence + "\n", status, _HEADERS)


async def deny_socket(receive: Receive, send: Send) -> None:
    """Refuse a socket before the upgrade: the server turns this into HTTP 403."""
    await receive()
    await send({"type": "websocket.close", "code": 1008, "reason": ""})
