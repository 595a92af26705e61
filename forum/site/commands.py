"""The only writer of the site's own pages."""

from forum.audit import Deed, record, text_hash
from forum.errors import Forbidden
from forum.policy import may_edit_site
from forum.site.inputs import PageWords
from forum.tables import site_pages
from forum.text import render_markdown
from forum.viewer import Viewer
from ground.columns import now
from realtime.transaction import Transaction


async def write_page(tx: Transaction, viewer: Viewer, slug: str, words: PageWords) -> None:
    """Give the page these words. Raises Forbidden for anybody but the site's administrators."""
    decision = may_edit_site(viewer)
    if not decision:
        raise Forbidden(decision.reason)
    values = {
        "body": words.body,
        "html": render_markdown(words.body, top_heading=2),
        "updated_at": now(),
        "updated_by": viewer.id,
    }
    changed = await tx.execute(site_pages.update().where(site_pages.c.slug == slug).values(**values))
    if changed.rowcount == 0:
        await tx.execute(site_pages.insert().values(slug=slug, **values))
    await record(tx, Deed("page.edited", "site", slug, actor_id=viewer.id, after={"body": text_hash(words.body)}))
