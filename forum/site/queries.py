"""Reads of the site itself."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.audit import text_hash
from forum.site.legal_words import WORDS
from forum.tables import site_pages


@dataclass(frozen=True, slots=True)
class SitePage:
    """A page as an administrator of the site wrote it."""

    body: str
    html: str
    updated_at: datetime
    updated_by: str
    """Their name; empty once their account is closed."""


async def find_page(connection: AsyncConnection, slug: str) -> SitePage | None:
    """The page, where somebody has written it."""
    writer = accounts.c.id == site_pages.c.updated_by
    statement = select(site_pages.c.body, site_pages.c.html, site_pages.c.updated_at, accounts.c.name)
    statement = statement.outerjoin_from(site_pages, accounts, writer & accounts.c.closed_at.is_(None))
    row = (await connection.execute(statement.where(site_pages.c.slug == slug))).first()
    return SitePage(row.body, row.html, row.updated_at, row.name or "") if row else None


def words_of(slug: str, written: SitePage | None) -> str:
    """What the page says: ours until somebody has written it."""
    return written.body if written else WORDS[slug]


def words_seen(slug: str, written: SitePage | None) -> str:
    """By what one knows again the words that a form began with."""
    return text_hash(words_of(slug, written))
