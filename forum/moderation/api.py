"""Reports, the queue of a network, acts of moderation, appeals and erasing: by the API."""

from starlette.routing import BaseRoute

ROUTES: list[BaseRoute] = []
