"""What posts said, and which files they carried, before they were edited."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.attaching import file_columns, file_from
from forum.policy import threads_readable_by_account
from forum.records import PostFile, PostVersion
from forum.tables import networks, post_files, post_versions, posts, threads
from forum.viewer import Viewer
from ground.columns import Identifier

_VERSIONS = (
    select(post_versions.c.version, post_versions.c.html, post_versions.c.body, post_versions.c.written_at)
    .join(posts, posts.c.id == post_versions.c.post_id)
    .join(threads, threads.c.id == posts.c.thread_id)
    .join(networks, networks.c.id == posts.c.network_id)
    .where(
        posts.c.id == bindparam("post_id"),
        posts.c.removed_at.is_(None),
        post_versions.c.version < bindparam("before"),
        threads_readable_by_account(bindparam("viewer_id", type_=Identifier)),
    )
    .order_by(post_versions.c.version.desc())
    .limit(bindparam("at_most"))
)


async def list_versions_of(
    connection: AsyncConnection, viewer: Viewer, post_id: str, *, before: int, at_most: int
) -> list[PostVersion]:
    """What a post said before its later edits, newest first; nothing once it is removed."""
    asked = {"post_id": post_id, "before": before, "at_most": at_most, "viewer_id": viewer.id or None}
    found = [PostVersion(*row) for row in await connection.execute(_VERSIONS, asked)]
    files = (await connection.execute(_FILES_EVER, {"post_id": post_id})).all() if found else []
    return [replace(each, files=tuple(_files_at(each.version, files))) for each in found]


_FILES_EVER = (
    select(*file_columns(), post_files.c.from_version, post_files.c.until_version)
    .where(post_files.c.post_id == bindparam("post_id", type_=Identifier))
    .order_by(post_files.c.place, post_files.c.id)
)


def _files_at(version: int, rows: Sequence[Any]) -> Iterator[PostFile]:
    for row in rows:
        if row.from_version <= version and (row.until_version is None or version < row.until_version):
            yield file_from(row)
