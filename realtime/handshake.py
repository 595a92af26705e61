"""Whether an upgrade request may become a socket: the check against hijacking from other sites."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """What the gateway needs of an upgrade request. `headers` in lower case, each once."""

    headers: Mapping[str, str]
    address: str
    subprotocols: Collection[str]

    @property
    def has_token(self) -> bool:
        """Whether it speaks for itself by a token, which no browser adds to a request by itself."""
        return self.headers.get("authorization", "").lower().startswith("bearer ")


def read_request(scope: Mapping[str, Any]) -> Request | None:
    """The request of an ASGI scope; None where a header that decides is repeated or unreadable."""
    headers: dict[str, str] = {}
    raw: Iterable[tuple[bytes, bytes]] = scope.get("headers", ())
    for name_bytes, value in raw:
        name = name_bytes.decode("latin-1").lower()
        if name == "cookie" and name in headers:
            headers[name] += "; " + value.decode("latin-1")
        elif name in headers and name in ("origin", "authorization"):
            return None
        else:
            headers[name] = value.decode("latin-1")
    client = scope.get("client")
    return Request(headers, client[0] if client else "", tuple(scope.get("subprotocols", ())))


def is_allowed(request: Request, origins: Collection[str]) -> bool:
    """A page may connect from a configured origin only; a program shows a token and no origin.

    A cookie without an origin is refused: it may have been added by a browser for somebody else.
    """
    origin = request.headers.get("origin")
    if origin is None:
        return request.has_token
    return origin in origins


def credentials(request: Request) -> dict[str, str]:
    """The headers by which the request may be authenticated: the cookie only beside a right origin."""
    kept = dict(request.headers)
    if request.has_token or "origin" not in kept:
        kept.pop("cookie", None)
    else:
        kept.pop("authorization", None)
    return kept
