"""Where a request really comes from, when it passed proxies that we know.

`X-Forwarded-For` is a list to which every proxy adds the address it was asked from; whoever sends the request can
write anything at its beginning. So it is read from its end, and only as far as our own proxies wrote it.
"""

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache

from starlette.datastructures import Headers
from starlette.types import Scope

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: For requests whose sender has no address that we could know.
UNKNOWN_ADDRESS = "unknown"
_MOST_HOPS = 32
_UNIX = "unix"


@dataclass(frozen=True, slots=True)
class TrustedProxies:
    """The proxies whose word we take; `unix` for one that speaks through a socket file."""

    networks: tuple[Network, ...] = ()
    unix: bool = False

    def trusts(self, address: Address) -> bool:
        """Whether this is the address of one of them."""
        return any(address in network for network in self.networks if network.version == address.version)


def parse_proxies(text: str) -> TrustedProxies:
    """Read the setting TRUSTED_PROXIES: addresses and networks, with commas or spaces between them.

    Raises ValueError with a sentence that says which is wrong.
    """
    networks: list[Network] = []
    words = [word for word in re.split(r"[\s,]+", text) if word]
    for word in words:
        if word.lower() == _UNIX:
            continue
        try:
            networks.append(ipaddress.ip_network(word))
        except ValueError:
            raise ValueError(
                f"TRUSTED_PROXIES: {word!r} is neither an address nor a network. "
                "Write for example 10.0.0.5 or 10.0.0.0/8, with commas between them, or unix."
            ) from None
    return TrustedProxies(tuple(networks), any(word.lower() == _UNIX for word in words))


def client_address(scope: Scope, trusted: TrustedProxies) -> str:
    """The address of whoever asks, in its shortest form, or UNKNOWN_ADDRESS."""
    client = scope.get("client")
    address = _parse(client[0]) if client else None
    if address is None:
        if client or not trusted.unix:
            return UNKNOWN_ADDRESS
    elif not trusted.trusts(address):
        return str(address)
    for entry in reversed(_forwarded(scope)):
        before = _parse(entry)
        if before is None:  # nonsense was there when our proxy added itself: it tells nothing
            break
        address = before
        if not trusted.trusts(address):
            break
    return UNKNOWN_ADDRESS if address is None else str(address)


def address_group(address: str) -> str:
    """The address by which limits count: an IPv6 household or ward has a /64 of its own, and counts once."""
    parsed = _parse(address)
    if parsed is None or parsed.version == 4:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def _forwarded(scope: Scope) -> list[str]:
    """The entries of every X-Forwarded-For header, in order, the last ones only."""
    entries = ",".join(Headers(scope=scope).getlist("x-forwarded-for"))[-4_000:].split(",")
    return [entry.strip() for entry in entries if entry.strip()][-_MOST_HOPS:]


@lru_cache(1024)
def _parse(text: str) -> Address | None:
    """An address, perhaps with a port; one form for IPv4 however it came."""
    if match := re.fullmatch(r"\[([^\]]+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+", text):
        text = match[1] or match[2]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
