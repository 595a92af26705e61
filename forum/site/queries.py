"""Reads of the site itself."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.tables import site_pages


@dataclass(frozen=True, slots=True)
class SitePage:
    """A page as an administrator of the site wrote it."""

    body: str
    html: str
    updated_at: datetime


async def find_page(connection: AsyncConnection, slug: str) -> SitePage | None:
    """The page, where somebody has written it."""
    columns = (site_pages.c.body, site_pages.c.html, site_pages.c.updated_at)
    row = (await connection.execute(select(*columns).where(site_pages.c.slug == slug))).first()
    return SitePage(*row) if row else None
