"""The request by which a connection becomes a websocket, and its answer (RFC 6455, section 4.2), from and to bytes.

`websockets` could do it too, in a third of the whole time that a new connection takes: when a server has gone,
thousands come at once.
"""

import binascii
from dataclasses import dataclass

from websockets.utils import accept_key

MOST_BYTES = 64 * 1024
"""Of a request's head."""
_END = b"\r\n\r\n"
_PHRASES = {
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    426: "Upgrade Required",
    503: "Service Unavailable",
}


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A whole request. `headers` in lower case and in order, as an ASGI scope has them."""

    path: str
    headers: list[tuple[bytes, bytes]]
    key: str
    """What the answer is made from; empty where this is no right request for a websocket."""
    version: str

    @property
    def refusal(self) -> int | None:
        """The status to refuse it with, where it asks for no websocket, or for another version of them."""
        if not self.key:
            return 400
        return None if self.version == "13" else 426

    def values(self, name: bytes) -> list[str]:
        """The values of a header, taken apart at commas."""
        lines = [value for each, value in self.headers if each == name]
        return [word.strip().decode("latin-1") for line in lines for word in line.split(b",")]

    def accepted(self, subprotocol: str | None) -> bytes:
        """The answer that makes it a websocket."""
        lines = [
            "HTTP/1.1 101 Switching Protocols",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Accept: {accept_key(self.key)}",
        ]
        if subprotocol is not None:
            lines.append(f"Sec-WebSocket-Protocol: {subprotocol}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


def read_upgrade(data: bytes) -> Upgrade | None:
    """The request whose head is `data`; None while it is not all there. Raises ValueError where it is no request."""
    end = data.find(_END)
    if end < 0 and len(data) <= MOST_BYTES:
        return None
    if end + len(_END) != len(data) or end > MOST_BYTES:
        raise ValueError("no request, or more than one")
    first, *lines = data[:end].split(b"\r\n")
    method, target, protocol = first.split(b" ")
    headers: list[tuple[bytes, bytes]] = []
    for line in lines:
        name, colon, value = line.partition(b":")
        if not colon or not name or name != name.strip():
            raise ValueError("no header")
        headers.append((name.lower(), value.strip()))
    key, version = _key_and_version(headers)
    is_right = method == b"GET" and protocol == b"HTTP/1.1"
    return Upgrade(target.partition(b"?")[0].decode("latin-1"), headers, key if is_right else "", version)


def _key_and_version(headers: list[tuple[bytes, bytes]]) -> tuple[str, str]:
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in (b"upgrade", b"connection"):
            found[name] = found.get(name, b"") + b"," + value.lower()
        elif name in (b"sec-websocket-key", b"sec-websocket-version"):
            if name in found:
                return "", ""  # each once
            found[name] = value
    key = found.get(b"sec-websocket-key", b"")
    asks = _has(found.get(b"upgrade", b""), b"websocket") and _has(found.get(b"connection", b""), b"upgrade")
    return key.decode("latin-1") if asks and _is_key(key) else "", found.get(b"sec-websocket-version", b"").decode(
        "latin-1"
    )


def _has(value: bytes, word: bytes) -> bool:
    return word in (each.strip() for each in value.split(b","))


def _is_key(key: bytes) -> bool:
    try:
        return len(binascii.a2b_base64(key, strict_mode=True)) == 16
    except ValueError:
        return False


def refused(status: int) -> bytes:
    """The answer to a request that becomes no websocket."""
    words = "No socket for this request.\n"
    lines = [
        f"HTTP/1.1 {status} {_PHRASES.get(status, 'Refused')}",
        "Content-Type: text/plain; charset=utf-8",
        "Cache-Control: private, no-store",
        f"Content-Length: {len(words)}",
        "Connection: close",
    ]
    if status == 426:
        lines += ["Upgrade: websocket", "Sec-WebSocket-Version: 13"]
    return "\r\n".join([*lines, "", words]).encode()
