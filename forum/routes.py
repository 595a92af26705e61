"""Every address, in one list: the table of contents. Each slice names its own."""

from starlette.routing import BaseRoute

from forum.accounts import api as accounts_api
from forum.accounts import pages as accounts_pages
from forum.attachments import api as attachments_api
from forum.attachments import pages as attachments_pages
from forum.audit_log import api as audit_log_api
from forum.audit_log import pages as audit_log_pages
from forum.documents import api as documents_api
from forum.documents import pages as documents_pages
from forum.home import pages as home_pages
from forum.inviting import api as inviting_api
from forum.inviting import pages as inviting_pages
from forum.knowledge import api as knowledge_api
from forum.knowledge import pages as knowledge_pages
from forum.moderation import api as moderation_api
from forum.moderation import pages as moderation_pages
from forum.networks import api as networks_api
from forum.networks import pages as networks_pages
from forum.notifications import api as notifications_api
from forum.notifications import pages as notifications_pages
from forum.reviews import api as reviews_api
from forum.reviews import pages as reviews_pages
from forum.search import api as search_api
from forum.search import pages as search_pages
from forum.site import pages as site_pages
from forum.stewardship import api as stewardship_api
from forum.stewardship import pages as stewardship_pages
from forum.threads import api as threads_api
from forum.threads import pages as threads_pages
from forum.uploads import api as uploads_api

ROUTES: list[BaseRoute] = [
    *home_pages.ROUTES,
    *accounts_pages.ROUTES,
    *networks_pages.ROUTES,
    *threads_pages.ROUTES,
    *attachments_pages.ROUTES,
    *documents_pages.ROUTES,
    *knowledge_pages.ROUTES,
    *audit_log_pages.ROUTES,
    *inviting_pages.ROUTES,
    *moderation_pages.ROUTES,
    *notifications_pages.ROUTES,
    *reviews_pages.ROUTES,
    *search_pages.ROUTES,
    *stewardship_pages.ROUTES,
    *site_pages.ROUTES,
    *accounts_api.ROUTES,
    *networks_api.ROUTES,
    *threads_api.ROUTES,
    *attachments_api.ROUTES,
    *documents_api.ROUTES,
    *knowledge_api.ROUTES,
    *audit_log_api.ROUTES,
    *inviting_api.ROUTES,
    *moderation_api.ROUTES,
    *notifications_api.ROUTES,
    *reviews_api.ROUTES,
    *search_api.ROUTES,
    *stewardship_api.ROUTES,
    *uploads_api.ROUTES,
]
