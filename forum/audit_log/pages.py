"""What was done in a network, read and taken away by its administrators; who could see what; breaking the glass."""

from starlette.routing import BaseRoute

from forum.audit_log import audience_pages, log_pages, site_pages

ROUTES: list[BaseRoute] = [*audience_pages.ROUTES, *log_pages.ROUTES, *site_pages.ROUTES]
