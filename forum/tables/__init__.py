"""Every table of the forum: the data dictionary, a file for each kind of thing.

Nothing here is deleted in use: memberships end, posts leave a stub, earlier versions stay.
`auth.tables` holds accounts and sessions, `realtime.tables` the streams and their events.
"""

from forum.tables.audit import audit_chains, audit_heads, audit_rows, audit_words
from forum.tables.cards import card_uses, card_wordings, cards
from forum.tables.documents import (
    document_audiences,
    document_locks,
    document_openings,
    document_readings,
    document_versions,
    document_wishes,
    documents,
    erased_documents,
    folders,
)
from forum.tables.file_checks import file_checks
from forum.tables.files import blobs, uploads
from forum.tables.governance import broken_glass
from forum.tables.holding import held_back, held_posts, moved_posts, moved_readings, moved_threads
from forum.tables.inviting import bounced_addresses, invitation_drafts, invitations, joining_links
from forum.tables.moderation import acts, cases, reports
from forum.tables.networks import former_addresses, memberships, networks
from forum.tables.notifications import (
    followed_streams,
    mail_wishes,
    network_watches,
    notifications,
    thread_writers,
)
from forum.tables.parts import metadata
from forum.tables.people import membership_states, organisation_domains, organisations
from forum.tables.photos import account_photos
from forum.tables.post_files import post_files, post_pictures
from forum.tables.previews import version_pages, version_pictures, version_previews
from forum.tables.reviews import review_decisions, review_names, reviews
from forum.tables.search import search_cursors, search_rows, search_terms
from forum.tables.site import requests, site, site_pages
from forum.tables.stewardship import announcement_reads, announcements, network_weeks
from forum.tables.threads import (
    addressed_posts,
    imported_messages,
    mentions,
    post_versions,
    posts,
    read_states,
    threads,
    watches,
)

__all__ = [
    "account_photos",
    "acts",
    "addressed_posts",
    "announcement_reads",
    "announcements",
    "audit_chains",
    "audit_heads",
    "audit_rows",
    "audit_words",
    "blobs",
    "bounced_addresses",
    "broken_glass",
    "card_uses",
    "card_wordings",
    "cards",
    "cases",
    "document_audiences",
    "document_locks",
    "document_openings",
    "document_readings",
    "document_versions",
    "document_wishes",
    "documents",
    "erased_documents",
    "file_checks",
    "folders",
    "followed_streams",
    "former_addresses",
    "held_back",
    "held_posts",
    "imported_messages",
    "invitation_drafts",
    "invitations",
    "joining_links",
    "mail_wishes",
    "membership_states",
    "memberships",
    "mentions",
    "metadata",
    "moved_posts",
    "moved_readings",
    "moved_threads",
    "network_watches",
    "network_weeks",
    "networks",
    "notifications",
    "organisation_domains",
    "organisations",
    "post_files",
    "post_pictures",
    "post_versions",
    "posts",
    "read_states",
    "reports",
    "requests",
    "review_decisions",
    "review_names",
    "reviews",
    "search_cursors",
    "search_rows",
    "search_terms",
    "site",
    "site_pages",
    "thread_writers",
    "threads",
    "uploads",
    "version_pages",
    "version_pictures",
    "version_previews",
    "watches",
]
