"""Looking after a network: settings, who may see it, archive and end, announcements, numbers, what others see."""

from starlette.routing import BaseRoute

ROUTES: list[BaseRoute] = []
