"""Reports, the queue of a network, acts of moderation, appeals and erasing."""

from starlette.routing import BaseRoute

from forum.moderation import act_pages, queue_pages, report_pages, site_pages

ROUTES: list[BaseRoute] = [
    *report_pages.ROUTES,
    *queue_pages.ROUTES,
    *act_pages.ROUTES,
    *site_pages.ROUTES,
]
