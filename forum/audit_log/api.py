"""The audit log by the API."""

from starlette.routing import BaseRoute

ROUTES: list[BaseRoute] = []
