"""Files of posts, as a viewer may have them: asked at each request, in the statement that reads."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.attaching import file_columns, file_from
from forum.errors import NotFound
from forum.files.downloads import File
from forum.policy import post_files_readable_by
from forum.records import PostFile
from forum.tables import held_posts, networks, post_files, post_pictures, posts, threads
from forum.viewer import Viewer

PICTURE_TYPE = "image/webp"


@dataclass(frozen=True, slots=True)
class Stored:
    """A file of a post, and its bytes in the store."""

    file: PostFile
    sha256: str
    is_unsent: bool
    """It is the viewer's own, and nothing carries it yet."""
    is_bare: bool | None
    """Of a picture: whether its bytes are without what a camera wrote into them; None where nobody has looked yet."""

    def as_file(self) -> File:
        """The bytes as they were brought."""
        return File(self.sha256, self.file.size, self.file.media_type, self.file.name)


def _readable(viewer: Viewer, *columns: Any) -> Select[Any]:
    joined = (
        post_files.join(networks, networks.c.id == post_files.c.network_id)
        .outerjoin(posts, posts.c.id == post_files.c.post_id)
        .outerjoin(threads, threads.c.id == posts.c.thread_id)
        .outerjoin(held_posts, held_posts.c.id == post_files.c.held_id)
    )
    return select(*columns).select_from(joined).where(post_files_readable_by(viewer))


async def get_file(connection: AsyncConnection, viewer: Viewer, file_id: str) -> Stored:
    """The file. Raises NotFound where there is none that this viewer may have."""
    of_it = (post_files.c.sha256, post_files.c.post_id, post_files.c.held_id, post_files.c.is_bare)
    asked = _readable(viewer, *file_columns(), *of_it)
    row = (await connection.execute(asked.where(post_files.c.id == file_id))).first()
    if row is None:
        raise NotFound
    return Stored(file_from(row), row.sha256, row.post_id is None and row.held_id is None, row.is_bare)


async def get_picture(connection: AsyncConnection, viewer: Viewer, file_id: str, fits: int) -> File:
    """A picture of the file, made for this width. Raises NotFound."""
    asked = _readable(viewer, post_files.c.name, post_pictures.c.sha256, post_pictures.c.size).join(
        post_pictures, post_pictures.c.file_id == post_files.c.id
    )
    this = asked.where(post_files.c.id == file_id, post_pictures.c.fits == fits)
    row = (await connection.execute(this)).first()
    if row is None:
        raise NotFound
    return File(row.sha256, row.size, PICTURE_TYPE, f"{row.name}.webp")
