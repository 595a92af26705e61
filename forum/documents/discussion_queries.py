"""What was said of a document last, in the thread that is about it, for its page."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.policy import documents_readable_by, threads_readable_by
from forum.records import Document
from forum.shown_people import shown_name
from forum.tables import documents, networks, posts, threads
from forum.viewer import Viewer

MOST_POSTS = 3
MOST_TALKS = 20
"""So many threads a form links to."""


@dataclass(frozen=True, slots=True)
class Said:
    """A post about the document."""

    number: int
    author: str
    excerpt: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Discussion:
    """The thread, and what was said in it last."""

    thread_id: str
    post_count: int
    last: tuple[Said, ...]


async def find_discussion(connection: AsyncConnection, viewer: Viewer, document: Document) -> Discussion | None:
    """The thread about the document; None where there is none in its network that the viewer may read."""
    if document.thread_id is None:
        return None
    readable = (threads.c.id == document.thread_id, networks.c.id == document.network_id, threads_readable_by(viewer))
    joined = threads.join(networks, networks.c.id == threads.c.network_id)
    count = await connection.scalar(select(threads.c.post_count).select_from(joined).where(*readable))
    if count is None:
        return None
    newest = (
        select(posts.c.number, shown_name(accounts), posts.c.excerpt, posts.c.created_at)
        .select_from(joined.join(posts, posts.c.thread_id == threads.c.id))
        .join(accounts, accounts.c.id == posts.c.author_id)
        .where(*readable, posts.c.removed_at.is_(None))
        .order_by(posts.c.number.desc())
        .limit(MOST_POSTS)
    )
    rows = (await connection.execute(newest)).all()
    return Discussion(document.thread_id, count, tuple(Said(*row) for row in reversed(rows)))


@dataclass(frozen=True, slots=True)
class Talk:
    """A thread that is about a document, as a form links to it."""

    thread_id: str
    title: str


async def list_talks(
    connection: AsyncConnection,
    viewer: Viewer,
    network_id: str,
    *,
    folder_ids: Collection[str] = (),
    document_id: str = "",
) -> Sequence[Talk]:
    """The threads about a document, or about all that lie in these folders: they stay as open as they are when those
    are narrowed. The first few, and only of those that the viewer may read, about what the viewer may see."""
    is_it = documents.c.id == document_id if document_id else documents.c.folder_id.in_(folder_ids)
    asked = (
        select(threads.c.id, threads.c.title)
        .select_from(documents.join(threads, threads.c.id == documents.c.thread_id))
        .join(networks, networks.c.id == threads.c.network_id)
        .where(is_it, documents.c.network_id == network_id, networks.c.id == network_id)
        .where(documents_readable_by(viewer), threads_readable_by(viewer))
        .order_by(threads.c.title, threads.c.id)
        .limit(MOST_TALKS)
    )
    return [Talk(*row) for row in await connection.execute(asked)]
