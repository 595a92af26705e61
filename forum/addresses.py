"""How addresses are declared and found: `get("/threads/{id:id}", show_thread)`, and the kinds of parts they have."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route, Router
from starlette.types import Lifespan, Receive, Scope, Send

Endpoint = Callable[[Request], Awaitable[Response]]


class IdConvertor(Convertor[str]):
    """An id in an address: a UUID in small letters. Anything else leads nowhere, as an unknown id does."""

    regex = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

    def convert(self, value: str) -> str:
        """The id as it is."""
        return value

    def to_string(self, value: str) -> str:
        """The id as it is."""
        return value


class SlugConvertor(Convertor[str]):
    """The part of an address that names a network."""

    regex = "[a-z0-9]+(?:-[a-z0-9]+)*"

    def convert(self, value: str) -> str:
        """The slug as it is."""
        return value

    def to_string(self, value: str) -> str:
        """The slug as it is."""
        return value


register_url_convertor("id", IdConvertor())
register_url_convertor("slug", SlugConvertor())


class Known(Route):
    """A route that says to the request which pattern its address has: logs and figures name that, never the address."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        scope["confer.route"] = self.path_format
        await super().handle(scope, receive, send)


def get(path: str, endpoint: Endpoint) -> Route:
    """An address to read from."""
    return Known(path, endpoint, methods=["GET"])


def post(path: str, endpoint: Endpoint) -> Route:
    """An address that changes something."""
    return Known(path, endpoint, methods=["POST"])


def route(method: str, path: str, endpoint: Endpoint) -> Route:
    """An address for another method: PUT, PATCH or DELETE."""
    return Known(path, endpoint, methods=[method])


def methods_at(routes: Iterable[BaseRoute], scope: Scope) -> list[str]:
    """Every method that the address of this request takes, whichever route answers it."""
    met = (known for known in routes if isinstance(known, Route) and known.matches(scope)[0] is not Match.NONE)
    return sorted({method for known in met for method in known.methods or ()})


class Doors(Router):
    """Looks for an address only among those that begin with the same word.

    Asking ninety addresses one after the other took as long as a short answer.
    """

    def __init__(self, routes: Sequence[BaseRoute], lifespan: Lifespan[Any]) -> None:
        super().__init__(routes, redirect_slashes=False, lifespan=lifespan)
        rooms: dict[str, list[BaseRoute]] = {}
        for known in routes:
            rooms.setdefault(door(getattr(known, "path", "")), []).append(known)
        self._rooms = {word: Router(room, redirect_slashes=False) for word, room in rooms.items()}

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the one that matches; 404 and 405 as Starlette has them."""
        room = None if scope["type"] == "lifespan" else self._rooms.get(door(scope["path"]))
        await (super().app if room is None else room.app)(scope, receive, send)


def door(path: str) -> str:
    """The first word of an address; of the API's the word after its version. No parameter may stand there."""
    words = path.split("/", 4)
    return f"api/{words[3]}" if words[1:2] == ["api"] and len(words) > 3 else "".join(words[1:2])
