"""Addresses of the slice."""

from starlette.routing import BaseRoute

ROUTES: list[BaseRoute] = []
