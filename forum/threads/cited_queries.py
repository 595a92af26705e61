"""Versions of documents that posts cite: the link that somebody wrote, with what became of the document since.

Nothing of the document is kept with the post. Whoever reads the page is asked for the right to the document, and who
has none sees the link as it was typed.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.policy import documents_readable_by
from forum.state import State
from forum.tables import documents, networks
from forum.threads.kept_parts import PostsBlock
from forum.viewer import Viewer

MOST_CITED = 50
"""Documents on one page of a thread."""
_LINK = re.compile(
    r'<a href="(?P<site>https?://[^"/]+)?/documents/(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})'
    r'/versions/(?P<number>[1-9][0-9]{0,8})"[^>]*>[^<]*(?:<(?!/a>)[^<]*)*</a>'
)
_STATE = Markup('<span class="cited" data-cited="{}" data-version="{}"> (as of version {}{})</span>')
_NEWER = Markup(', <a href="/documents/{}">version {} came since</a>')


async def with_citations(state: State, viewer: Viewer, block: PostsBlock) -> PostsBlock:
    """The posts of a page, where behind each cited version stands which one it is, and whether a newer one came."""
    site = state.settings.public_url
    ids = _ids_in(block.fragments, site)
    if not ids:
        return block
    async with state.database.read() as connection:
        newest = await list_cited(connection, viewer, ids)
    return replace(block, fragments=tuple(_annotated(each, newest, site) for each in block.fragments))


async def list_cited(connection: AsyncConnection, viewer: Viewer, ids: Collection[str]) -> Mapping[str, int]:
    """The number of the newest version of those of these documents that the viewer may open."""
    joined = documents.join(networks, networks.c.id == documents.c.network_id)
    asked = select(documents.c.id, documents.c.version_count).select_from(joined)
    readable = (documents.c.withdrawn_at.is_(None), documents_readable_by(viewer))
    rows = await connection.execute(asked.where(documents.c.id.in_(ids), *readable))
    return {row.id: row.version_count for row in rows}


def _ids_in(fragments: Iterable[str], site: str) -> list[str]:
    links = (link for each in fragments if "/documents/" in each for link in _LINK.finditer(each))
    return list(dict.fromkeys(link["id"] for link in links if link["site"] in (None, site)))[:MOST_CITED]


def _annotated(fragment: str, newest: Mapping[str, int], site: str) -> str:
    def after(link: re.Match[str]) -> str:
        number, last = int(link["number"]), newest.get(link["id"], 0)
        if link["site"] not in (None, site) or number > last:
            return link[0]
        newer = _NEWER.format(link["id"], last) if last > number else ""
        return link[0] + str(_STATE.format(link["id"], number, number, newer))

    return _LINK.sub(after, fragment) if "/documents/" in fragment else fragment
