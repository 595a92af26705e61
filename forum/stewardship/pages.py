"""Looking after a network: settings, who may see it, archive and end, announcements, numbers, what others see."""

from starlette.routing import BaseRoute

from forum.stewardship import announcement_pages, ending_pages, numbers_pages, seen_pages, settings_pages

ROUTES: list[BaseRoute] = [
    *settings_pages.ROUTES,
    *ending_pages.ROUTES,
    *announcement_pages.ROUTES,
    *seen_pages.ROUTES,
    *numbers_pages.ROUTES,
]
