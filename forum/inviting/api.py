"""Bringing people in: invitations by address, joining links, and mails that came back: by the API."""

from starlette.routing import BaseRoute

ROUTES: list[BaseRoute] = []
