"""Administrators go through the members: keep, ask, end; and sign what they saw."""

from starlette.routing import BaseRoute

ROUTES: list[BaseRoute] = []
