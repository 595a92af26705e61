"""Make, name, move, narrow and remove folders. One after the other in a network, so that no two moves make a ring."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_, bindparam, insert, select, true, update
from sqlalchemy import delete as delete_rows

from forum.documents.folder_queries import MOST_DEEP, MOST_FOLDERS, Tree, get_folder, read_tree
from forum.documents.inputs import FolderChange, NewFolder, sort_key
from forum.documents.writing_commands import hold_place, note, note_audience
from forum.errors import Conflict, Forbidden, Invalid, NotFound
from forum.events import FolderChanged, FolderGone
from forum.idempotency import Claim, RequestKey, claim
from forum.policy import Decision, may_change_folder, may_moderate, may_share
from forum.records import Folder
from forum.streams import document_stream, moderators_stream, network_stream
from forum.tables import documents, folders
from forum.viewer import Viewer
from ground.columns import Identifier, new_id, now
from realtime.transaction import Transaction

NO_SUCH_FOLDER = "There is no such folder here. Choose one of the list."
NAME_TAKEN = "There is a folder of this name already. Choose another name."
TOO_DEEP = f"Folders lie at most {MOST_DEEP} deep. Choose another place for it."
INTO_ITSELF = "A folder can’t be moved into itself. Choose another place for it."
NOT_EMPTY = "There is something in this folder still. Move it or withdraw it first."


def _decide(decision: Decision) -> None:
    if not decision:
        raise Forbidden(decision.reason)


async def _hold_library(tx: Transaction, viewer: Viewer, network_id: str) -> Tree:
    """The folders as they stand until the transaction ends, for a member."""
    await hold_place(tx, viewer, network_id)
    return await read_tree(tx.connection, viewer, network_id)


def _refuse_place(tree: Tree, parent_id: str | None, name: str, depth: int = 1, but: str = "") -> None:
    """Whether a folder of this name, with so many levels in it, may lie there. Raises Invalid."""
    if parent_id is not None and parent_id not in tree.by_id:
        raise Invalid({"parent": NO_SUCH_FOLDER})
    if len(tree.way_to(parent_id)) + depth > MOST_DEEP:
        raise Invalid({"parent": TOO_DEEP})
    key = sort_key(name, 240)
    if any(sort_key(each.name, 240) == key and each.id != but for each in tree.inside(parent_id)):
        raise Invalid({"name": NAME_TAKEN})


async def make_folder(
    tx: Transaction, viewer: Viewer, network_id: str, new: NewFolder, key: RequestKey | None = None
) -> Claim:
    """A new folder. The caller has found the network as the viewer. Raises Forbidden and Invalid."""
    _decide(may_share(viewer, network_id))
    if new.narrowed:
        _decide(may_moderate(viewer, network_id))
    claimed = await claim(tx, viewer.id, key, new_id())
    if claimed.is_replay:
        return claimed
    tree = await _hold_library(tx, viewer, network_id)
    if len(tree.by_id) >= MOST_FOLDERS:
        raise Forbidden(f"There are {MOST_FOLDERS} folders already, and more would help nobody.")
    _refuse_place(tree, new.parent, new.name)
    parent = tree.by_id[new.parent] if new.parent else None
    if parent is not None:
        _decide(may_share(viewer, network_id, parent))
    row: dict[str, Any] = {
        "id": claimed.object_id,
        "network_id": network_id,
        "parent_id": new.parent,
        "name": new.name,
        "name_key": sort_key(new.name, 240),
        "narrowed": new.narrowed,
        "is_narrowed": new.narrowed or (parent is not None and parent.is_narrowed),
        "made_by": viewer.id,
        "created_at": now(),
    }
    await tx.execute(insert(folders), row)
    folder = await get_folder(tx.connection, viewer, claimed.object_id)
    await note(tx, viewer, "folder.made", folder, kind="folder", after={"narrowed": new.narrowed})
    tx.emit(document_stream(folder), FolderChanged(folder.id, folder.version))
    return claimed


async def change_folder(
    tx: Transaction, viewer: Viewer, folder_id: str, wanted: FolderChange, expected: int | None = None
) -> bool:
    """Set what is wanted; whether anything changed. Raises NotFound, Forbidden, Invalid, and Conflict for another
    version."""
    tree, folder = await _hold_folder(tx, viewer, folder_id)
    _decide(may_change_folder(viewer, folder))
    if wanted.narrowed is not None and wanted.narrowed != folder.narrowed:
        _decide(may_moderate(viewer, folder.network_id))
    if expected is not None and expected != folder.version:
        raise Conflict("This folder was changed meanwhile.")
    parent_id = wanted.parent if "parent" in wanted.model_fields_set else folder.parent_id
    name = folder.name if wanted.name is None else wanted.name
    narrowed = folder.narrowed if wanted.narrowed is None else wanted.narrowed
    values: dict[str, Any] = {"name": name, "parent_id": parent_id, "narrowed": narrowed}
    values = {key: value for key, value in values.items() if value != getattr(folder, key)}
    if not values:
        return False
    if "name" in values or "parent_id" in values:
        _move(viewer, tree, folder, parent_id, name)
    if "name" in values:
        values["name_key"] = sort_key(name, 240)
    values["version"] = folder.version + 1
    await tx.execute(update(folders).where(folders.c.id == folder.id).values(**values))
    parent = tree.by_id[parent_id] if parent_id else None
    is_narrowed = narrowed or (parent is not None and parent.is_narrowed)
    await _note_change(tx, viewer, folder, values, parent, is_narrowed=is_narrowed)
    await _tell(tx, tree, folder, is_narrowed=is_narrowed)
    return True


async def _hold_folder(tx: Transaction, viewer: Viewer, folder_id: str) -> tuple[Tree, Folder]:
    found = await get_folder(tx.connection, viewer, folder_id)
    tree = await _hold_library(tx, viewer, found.network_id)
    if folder_id not in tree.by_id:
        raise NotFound
    return tree, tree.by_id[folder_id]


def _move(viewer: Viewer, tree: Tree, folder: Folder, parent_id: str | None, name: str) -> None:
    below = tree.below(folder.id)
    if parent_id in below:
        raise Invalid({"parent": INTO_ITSELF})
    deepest = max(len(tree.way_to(each)) for each in below) - len(tree.way_to(folder.id)) + 1
    _refuse_place(tree, parent_id, name, deepest, folder.id)
    if parent_id is not None:
        _decide(may_share(viewer, folder.network_id, tree.by_id[parent_id]))


async def _note_change(
    tx: Transaction, viewer: Viewer, folder: Folder, values: dict[str, Any], parent: Folder | None, *, is_narrowed: bool
) -> None:
    """With whether what lies in it is for moderators alone: a folder's own mark, or the one in which it lies now."""
    after: dict[str, str | bool | None] = {"parent_id": values["parent_id"]} if "parent_id" in values else {}
    before: dict[str, str | bool | None] = {"parent_id": folder.parent_id} if after else {}
    if is_narrowed != folder.is_narrowed:
        before["is_narrowed"], after["is_narrowed"] = folder.is_narrowed, is_narrowed
    elif "narrowed" in values:
        before["narrowed"], after["narrowed"] = folder.narrowed, bool(values["narrowed"])
    said = {"renamed": values["name"]} if "name" in values else {}
    if "parent_id" in values and parent is not None:
        said["folder"] = parent.name
    await note(tx, viewer, "folder.changed", folder, kind="folder", before=before or None, after=after, said=said)


async def _tell(tx: Transaction, tree: Tree, folder: Folder, *, is_narrowed: bool) -> None:
    """Narrow or open what lies in it, where that changes, and say what happened to those who may hear it."""
    if is_narrowed == folder.is_narrowed:
        tx.emit(document_stream(folder), FolderChanged(folder.id, folder.version + 1))
        return
    wide, close = network_stream(folder.network_id), moderators_stream(folder.network_id)
    changed = _set_narrowed(tree, folder, is_narrowed)
    ids = [each for each, value in changed.items() if value != tree.by_id[each].is_narrowed]
    await tx.execute(update(folders).where(folders.c.id.in_(ids)).values(is_narrowed=is_narrowed))
    # What is withdrawn may be for the moderators alone by itself: it is as its folder when it comes back.
    inside = and_(documents.c.folder_id.in_(ids), true() if is_narrowed else documents.c.withdrawn_at.is_(None))
    values = {"is_narrowed": is_narrowed, "version": documents.c.version + 1}
    await tx.execute(update(documents).where(inside).values(**values))
    await note_audience(tx, inside, now(), is_narrowed=is_narrowed)
    told, untold = (close, wide) if is_narrowed else (wide, close)
    for each in ids:
        tx.emit(untold, FolderGone(each, folder.version + 1))
        tx.emit(told, FolderChanged(each, folder.version + 1))


def _set_narrowed(tree: Tree, folder: Folder, is_narrowed: bool) -> dict[str, bool]:
    """How each folder in it is narrowed then: a folder that is narrowed by itself stays so."""
    changed = {folder.id: is_narrowed}

    def go_down(parent_ids: Iterable[str]) -> None:
        for parent_id in parent_ids:
            children = tree.inside(parent_id)
            changed.update({child.id: child.narrowed or changed[parent_id] for child in children})
            go_down([child.id for child in children])

    go_down([folder.id])
    return changed


_FULL = (
    select(documents.c.id).where(documents.c.folder_id == bindparam("in_folder", type_=Identifier)).limit(1),
    select(folders.c.id).where(folders.c.parent_id == bindparam("in_folder", type_=Identifier)).limit(1),
)


async def remove_folder(tx: Transaction, viewer: Viewer, folder_id: str) -> str | None:
    """Remove an empty folder; the one that it lay in. Raises NotFound and Forbidden."""
    _, folder = await _hold_folder(tx, viewer, folder_id)
    _decide(may_change_folder(viewer, folder))
    for statement in _FULL:
        if (await tx.execute(statement, {"in_folder": folder_id})).first() is not None:
            raise Forbidden(NOT_EMPTY)
    await tx.execute(delete_rows(folders).where(folders.c.id == folder_id))
    await note(tx, viewer, "folder.removed", folder, kind="folder")
    tx.emit(document_stream(folder), FolderGone(folder.id, folder.version + 1))
    return folder.parent_id
