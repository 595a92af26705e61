"""Every address, in one list: the table of contents. Each slice names its own."""

from starlette.routing import BaseRoute

from forum.accounts import api as accounts_api
from forum.accounts import pages as accounts_pages
from forum.home import pages as home_pages
from forum.networks import api as networks_api
from forum.networks import pages as networks_pages
from forum.site import pages as site_pages
from forum.threads import api as threads_api
from forum.threads import pages as threads_pages

ROUTES: list[BaseRoute] = [
    *home_pages.ROUTES,
    *accounts_pages.ROUTES,
    *networks_pages.ROUTES,
    *threads_pages.ROUTES,
    *site_pages.ROUTES,
    *accounts_api.ROUTES,
    *networks_api.ROUTES,
    *threads_api.ROUTES,
]
