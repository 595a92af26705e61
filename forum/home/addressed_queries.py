"""Unread posts that mention somebody or answer them: asked only where the viewer's row says that there are some."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import false, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.policy import threads_readable_by
from forum.shown_people import shown_name
from forum.tables import addressed_posts, networks, posts, threads
from forum.viewer import ADDRESSED_MEMBERS, MOST_ADDRESSED, Viewer

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Addressed:
    """An unread post that mentions the viewer or answers them."""

    post_id: str
    network_id: str
    thread_id: str
    title: str
    number: int
    author: str
    author_id: str
    is_answer: bool
    excerpt: str
    created_at: datetime

    @property
    def path(self) -> str:
        """Where the post stands in its thread."""
        return f"/threads/{self.thread_id}?at={self.number}#post-{self.number}"


_authors = accounts.alias("authors")
_answered = posts.alias("answered")
_ADDRESSED = (
    select(
        posts.c.id,
        posts.c.network_id,
        posts.c.thread_id,
        threads.c.title,
        posts.c.number,
        shown_name(_authors),
        posts.c.author_id,
        func.coalesce(_answered.c.author_id == addressed_posts.c.account_id, false()),
        posts.c.excerpt,
        posts.c.created_at,
    )
    .select_from(
        ADDRESSED_MEMBERS.join(posts, posts.c.id == addressed_posts.c.post_id)
        .join(threads, threads.c.id == posts.c.thread_id)
        .join(networks, networks.c.id == posts.c.network_id)
        .join(_authors, _authors.c.id == posts.c.author_id)
        .outerjoin(_answered, _answered.c.id == posts.c.reply_to_id)
    )
    .where(posts.c.removed_at.is_(None))
    .order_by(posts.c.created_at.desc(), posts.c.id.desc())
    .limit(MOST_SHOWN)
)


async def list_addressed(connection: AsyncConnection, viewer: Viewer) -> tuple[Addressed, ...]:
    """Unread posts that mention the viewer or answer them, where they are a member, newest first."""
    mine = addressed_posts.c.account_id == viewer.id
    rows = await connection.execute(_ADDRESSED.where(mine, threads_readable_by(viewer)))
    return tuple(Addressed(*row) for row in rows)


async def count_addressed(connection: AsyncConnection, account_ids: Sequence[str]) -> dict[str, int]:
    """For each of these accounts, how many such posts wait for it."""
    counted = (
        select(addressed_posts.c.account_id, func.count())
        .select_from(ADDRESSED_MEMBERS)
        .where(addressed_posts.c.account_id.in_(account_ids))
        .group_by(addressed_posts.c.account_id)
    )
    found = {row[0]: row[1] for row in await connection.execute(counted)}
    return {account_id: min(MOST_ADDRESSED, found.get(account_id, 0)) for account_id in account_ids}
