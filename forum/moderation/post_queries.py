"""A post as the forms about it show it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.errors import NotFound
from forum.policy import Standing, threads_readable_by
from forum.records import Person
from forum.shown_people import shown_name
from forum.tables import networks, posts, threads
from forum.viewer import Viewer

_authors = accounts.alias("authors")


@dataclass(frozen=True, slots=True)
class Place:
    """A post where it stands. Its words are empty once it is removed or hidden."""

    id: str
    thread_id: str
    network_id: str
    number: int
    title: str
    html: str
    created_at: datetime
    person: Person
    version: int
    standing: Standing

    @property
    def path(self) -> str:
        """Its address in the thread."""
        return f"/threads/{self.thread_id}?at={self.number}#post-{self.number}"


async def get_place(connection: AsyncConnection, viewer: Viewer, post_id: str) -> Place:
    """The post. Raises NotFound where there is none that this viewer may read."""
    query = (
        select(
            posts.c.id,
            posts.c.thread_id,
            posts.c.network_id,
            posts.c.number,
            threads.c.title,
            case((posts.c.removed_at.is_(None), posts.c.html), else_=""),
            posts.c.created_at,
            posts.c.author_id,
            shown_name(_authors),
            _authors.c.closed_at,
            posts.c.removed_at,
            posts.c.hidden_rule,
            posts.c.erased_at,
            posts.c.removed_by,
            posts.c.version,
        )
        .join(threads, threads.c.id == posts.c.thread_id)
        .join(networks, networks.c.id == posts.c.network_id)
        .join(_authors, _authors.c.id == posts.c.author_id)
        .where(posts.c.id == post_id, threads_readable_by(viewer))
    )
    row = (await connection.execute(query)).first()
    if row is None:
        raise NotFound
    standing = Standing(
        network_id=row[2],
        author_id=row[7],
        is_gone=row[10] is not None,
        hidden_rule=row[11],
        is_erased=row[12] is not None,
        by_author=row[13] == row[7],
    )
    person = Person(row[7], row[8], is_former=row[9] is not None)
    return Place(row[0], row[1], row[2], row[3], row[4], row[5], row[6], person, row[14], standing)
