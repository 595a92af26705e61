"""The only writer of the site's own pages."""

from sqlalchemy.dialects import postgresql, sqlite

from forum.audit import Deed, record, text_hash
from forum.errors import Conflict, Forbidden
from forum.policy import may_edit_site
from forum.site.inputs import PageWords
from forum.site.queries import SitePage, find_page, words_seen
from forum.tables import site_pages
from forum.text import render_markdown
from forum.viewer import Viewer
from ground.columns import now
from realtime.transaction import Transaction


async def write_page(tx: Transaction, viewer: Viewer, slug: str, words: PageWords) -> None:
    """Give the page these words.

    Raises Forbidden for anybody but the site's administrators, and Conflict where it no longer says what was seen.
    """
    decision = may_edit_site(viewer)
    if not decision:
        raise Forbidden(decision.reason)
    values = {
        "slug": slug,
        "body": words.body,
        "html": render_markdown(words.body, top_heading=2),
        "updated_at": now(),
        "updated_by": viewer.id,
    }
    # Written before anything is read, so that of two who save at once, also for the first time, the second waits
    # and then sees what the first one wrote.
    made = await tx.execute(_NEW[tx.connection.dialect.name], values)
    is_first = made.rowcount == 1
    if not is_first:
        await tx.execute(site_pages.update().where(site_pages.c.slug == slug).values(slug=slug))
    _check_seen(slug, words.seen, None if is_first else await find_page(tx.connection, slug))
    await tx.execute(site_pages.update().where(site_pages.c.slug == slug).values(**values))
    await record(tx, Deed("page.edited", "site", slug, actor_id=viewer.id, after={"body": text_hash(words.body)}))


def _check_seen(slug: str, seen: str, written: SitePage | None) -> None:
    """Raises Conflict where the page says something else than what whoever writes began with."""
    if seen and seen != words_seen(slug, written):
        who = written.updated_by if written and written.updated_by else "Somebody"
        raise Conflict(
            f"{who} changed this page while you wrote. Yours is still here, and theirs stands below it. "
            "Bring into yours what you want to keep of theirs, then save again."
        )


_NEW = {
    "postgresql": postgresql.insert(site_pages).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(site_pages).on_conflict_do_nothing(),
}
