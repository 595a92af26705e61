"""Looking after a network, by the API."""

from starlette.routing import BaseRoute

ROUTES: list[BaseRoute] = []
