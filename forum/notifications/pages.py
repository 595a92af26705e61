"""What a person is told, on their list and by mail, and how much of it they want."""

from starlette.routing import BaseRoute

ROUTES: list[BaseRoute] = []
