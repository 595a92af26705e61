"""Folders as one viewer may see them, and the way to each from the first page of the library."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.errors import NotFound
from forum.policy import documents_readable_by, folders_heard, folders_readable_by, kept_in_library
from forum.records import Folder
from forum.tables import documents, folders, networks
from forum.viewer import Viewer

MOST_FOLDERS = 500
"""In one network."""
MOST_DEEP = 8
"""So many folders one in another."""

_COLUMNS: list[ColumnElement[Any]] = [
    folders.c.id,
    folders.c.network_id,
    folders.c.parent_id,
    folders.c.name,
    folders.c.narrowed,
    folders.c.is_narrowed,
    folders.c.made_by,
    folders.c.created_at,
    folders.c.version,
    kept_in_library(folders),
]
_FOLDERS = select(*_COLUMNS).select_from(folders).join(networks, networks.c.id == folders.c.network_id)


def _folder_from(row: Sequence[Any]) -> Folder:
    folder_id, network_id, parent_id, name, narrowed, is_narrowed, made_by, created_at, version, is_kept = row[:10]
    return Folder(
        folder_id,
        network_id,
        parent_id,
        name,
        bool(narrowed),
        bool(is_narrowed),
        made_by,
        created_at,
        version,
        bool(is_kept),
    )


@dataclass(frozen=True, slots=True)
class Tree:
    """The folders of a network that one viewer may see."""

    by_id: dict[str, Folder]
    """In order of their names."""
    counts: dict[str, int]
    """How many documents lie in each, by its id; what the viewer may not see is not counted."""

    def inside(self, folder_id: str | None) -> list[Folder]:
        """Those that lie in this one, or on the first page."""
        return [folder for folder in self.by_id.values() if folder.parent_id == folder_id]

    def way_to(self, folder_id: str | None) -> list[Folder]:
        """The folders on the way to this one, and it itself last."""
        way: list[Folder] = []
        while folder_id is not None and folder_id in self.by_id and len(way) <= MOST_DEEP:
            way.insert(0, self.by_id[folder_id])
            folder_id = way[0].parent_id
        return way

    def below(self, folder_id: str) -> set[str]:
        """It and all that lie in it, however deep."""
        found, more = {folder_id}, {folder_id}
        while more:
            more = {folder.id for folder in self.by_id.values() if folder.parent_id in more} - found
            found |= more
        return found


async def read_tree(connection: AsyncConnection, viewer: Viewer, network_id: str) -> Tree:
    """All folders of the network that this viewer may see."""
    asked = _FOLDERS.where(networks.c.id == network_id, folders_readable_by(viewer))
    rows = (await connection.execute(asked.order_by(folders.c.name_key, folders.c.id))).all()
    counted = (
        select(documents.c.folder_id, func.count())
        .join(networks, networks.c.id == documents.c.network_id)
        .where(networks.c.id == network_id, documents.c.withdrawn_at.is_(None), documents.c.folder_id.is_not(None))
        .where(documents_readable_by(viewer))
        .group_by(documents.c.folder_id)
    )
    counts = {row[0]: row[1] for row in await connection.execute(counted)} if rows else {}
    return Tree({row[0]: _folder_from(row) for row in rows}, counts)


async def get_folder(connection: AsyncConnection, viewer: Viewer, folder_id: str) -> Folder:
    """The folder. Raises NotFound where there is none that this viewer may see."""
    row = (await connection.execute(_FOLDERS.where(folders.c.id == folder_id, folders_readable_by(viewer)))).first()
    if row is None:
        raise NotFound
    return _folder_from(row)


async def list_heard_folders(connection: AsyncConnection, ids: Collection[str], *, by_moderators: bool) -> list[Folder]:
    """The folders with these ids that the network's stream tells of, or that its moderators' does."""
    heard = ~folders_heard() if by_moderators else folders_heard()
    return [_folder_from(row) for row in await connection.execute(_FOLDERS.where(folders.c.id.in_(ids), heard))]
