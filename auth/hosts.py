"""The site's own address: which Host and Origin are ours, and 421 for requests meant for another host.

Links in mails are built from the configured address alone, and no other name is answered: a forged Host can
neither turn up in a link nor (by a name that leads to this machine) read what belongs to this site.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from auth.refusals import deny_socket, plain_refusal

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_PORTS = {"http": 80, "https": 443}


def origins_of(base_url: str) -> frozenset[str]:
    """The origins of the site as a browser writes them; on one's own machine all its three names.

    Whoever configures one loopback name configures all three: they lead to this very machine and no other, people
    type the one they know, and a page that another site could put there is as near by any of them. The port and the
    scheme must be the same. For every other name the origin is the configured one, letter by letter.

    Raises ValueError where the address is none.
    """
    scheme, hosts, port = _parts(base_url)
    suffix = "" if port == _PORTS[scheme] else f":{port}"
    return frozenset(f"{scheme}://{host}{suffix}" for host in hosts)


def hosts_of(base_url: str) -> frozenset[str]:
    """The Host headers that mean this site, with the port and, where it is the usual one, without."""
    scheme, hosts, port = _parts(base_url)
    usual = hosts if port == _PORTS[scheme] else ()
    return frozenset((*usual, *(f"{host}:{port}" for host in hosts)))


class HostGuard:
    """ASGI middleware: a request with an unknown Host, none or several gets 421 and goes no further.

    `exempt` paths are answered under any name: a load balancer asks for health by the machine's address.
    """

    def __init__(
        self, app: ASGIApp, hosts: Iterable[str], exempt: Iterable[str] = (), refused: ASGIApp | None = None
    ) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._exempt = frozenset(exempt)
        self._refused = refused or plain_refusal(421, "This address does not belong to this site.")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "lifespan" or self.knows(Headers(scope=scope)) or scope["path"] in self._exempt:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await deny_socket(receive, send)
        else:
            await self._refused(scope, receive, send)

    def knows(self, headers: Headers) -> bool:
        """Whether the request says one Host, and it is ours."""
        hosts = headers.getlist("host")
        return len(hosts) == 1 and hosts[0].lower() in self._hosts


def _parts(base_url: str) -> tuple[str, tuple[str, ...], int]:
    """Scheme, the host's names and the port of the site's address."""
    wrong = f"{base_url!r} is not the address of a site. Write it like https://confer.example.org."
    try:
        parts = urlsplit(base_url)
        name, port = parts.hostname or "", parts.port
        host = f"[{name}]" if ":" in name else name.encode("idna").decode("ascii").lower()
    except ValueError:
        raise ValueError(wrong) from None
    if parts.scheme not in _PORTS or not host or parts.username is not None:
        raise ValueError(wrong)
    return parts.scheme, _LOOPBACK if host in _LOOPBACK else (host,), port or _PORTS[parts.scheme]
