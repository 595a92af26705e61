"""Reports, the queue of a network, acts of moderation, appeals and erasing."""

from starlette.routing import BaseRoute

from forum.moderation import (
    act_pages,
    queue_pages,
    quieting_pages,
    report_pages,
    site_case_pages,
    site_pages,
    suspension_pages,
)

ROUTES: list[BaseRoute] = [
    *report_pages.ROUTES,
    *queue_pages.ROUTES,
    *act_pages.ROUTES,
    *site_pages.ROUTES,
    *site_case_pages.ROUTES,
    *quieting_pages.ROUTES,
    *suspension_pages.ROUTES,
]
