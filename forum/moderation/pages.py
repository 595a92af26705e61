"""Reports, the queue of a network, acts of moderation, appeals and erasing."""

from starlette.routing import BaseRoute

ROUTES: list[BaseRoute] = []
