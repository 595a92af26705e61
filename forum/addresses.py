"""How addresses are declared: `get("/threads/{id:id}", show_thread)`, and the kinds of parts they have."""

from collections.abc import Awaitable, Callable

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

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


def get(path: str, endpoint: Endpoint) -> Route:
    """An address to read from."""
    return Route(path, endpoint, methods=["GET"])


def post(path: str, endpoint: Endpoint) -> Route:
    """An address that changes something."""
    return Route(path, endpoint, methods=["POST"])


def route(method: str, path: str, endpoint: Endpoint) -> Route:
    """An address for another method: PUT, PATCH or DELETE."""
    return Route(path, endpoint, methods=[method])
