"""Share a document, share a version of it, change what is said of it."""

from typing import Any

from sqlalchemy import bindparam, exists, insert, select, update

from forum.audit import text_hash
from forum.documents.folder_queries import get_folder
from forum.documents.inputs import DocumentChange, NewDocument, sort_key
from forum.documents.queries import get_document, get_version
from forum.documents.writing_commands import hold_document, hold_place, note, note_audience
from forum.errors import Conflict, Forbidden, Invalid, NotFound
from forum.events import DocumentAdded, DocumentChanged, DocumentGone, VersionAdded
from forum.files.kinds import named_kind
from forum.files.names import clean_name
from forum.files.store import Kept
from forum.filing import charge, hold_back_version, take_brought
from forum.filing.brought import Brought, BroughtFile, Room
from forum.idempotency import Claim, RequestKey, claim
from forum.policy import Decision, documents_read_in, may_add_version, may_change_document, may_have_file, may_share
from forum.records import Document, Folder
from forum.streams import document_stream, moderators_stream, network_stream
from forum.tables import document_versions, documents, memberships, version_previews
from forum.viewer import Viewer
from ground.columns import Identifier, new_id, now
from realtime.transaction import Transaction

NO_SUCH_FOLDER = "There is no such folder here. Choose one of the list."
NO_SUCH_MEMBER = "Choose a member of this network who may see it."
SAME_BYTES = "This file is the newest version already, byte for byte. Choose the file that you changed."


class CameFirst(Conflict):
    """A version came between the one that is to be replaced and this; `number` is that of the newest."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"Version {number} was shared meanwhile, so yours would replace what you have not seen. Nothing is lost."
        )
        self.number = number


def _refuse_base(document: Document, base: int) -> None:
    """Raises CameFirst where a newer version came since this one, and Invalid where there is none such yet."""
    if base > document.version_count:
        raise Invalid({"base": f"There is no version {base}. The newest is {document.version_count}."})
    if base != document.version_count:
        raise CameFirst(document.version_count)


def _decide(decision: Decision) -> None:
    if not decision:
        raise Forbidden(decision.reason)


async def _folder_of(tx: Transaction, viewer: Viewer, network_id: str, folder_id: str | None) -> Folder | None:
    """The folder into which something goes, as it stands now. Raises Invalid and Forbidden."""
    if folder_id is None:
        return None
    try:
        folder = await get_folder(tx.connection, viewer, folder_id)
    except NotFound as error:
        raise Invalid({"folder": NO_SUCH_FOLDER}) from error
    if folder.network_id != network_id:
        raise Invalid({"folder": NO_SUCH_FOLDER})
    _decide(may_share(viewer, network_id, folder))
    return folder


async def share_document(
    tx: Transaction, viewer: Viewer, network_id: str, new: NewDocument, brought: Brought, key: RequestKey | None
) -> Claim:
    """A new document with its first version. The caller has found the network as the viewer.

    Raises Forbidden, and Invalid for a folder that is not there.
    """
    _decide(may_share(viewer, network_id))
    claimed = await claim(tx, viewer.id, key, new_id())
    if claimed.is_replay:
        return claimed
    await hold_place(tx, viewer, network_id)
    folder = await _folder_of(tx, viewer, network_id, new.folder)
    moment, document_id = now(), claimed.object_id
    file = await take_brought(tx, viewer.id, network_id, brought)
    media_type = await _charge(tx, network_id, file)
    row: dict[str, Any] = {
        "id": document_id,
        "network_id": network_id,
        "folder_id": folder.id if folder else None,
        "is_narrowed": folder.is_narrowed if folder else False,
        "title": new.title,
        "title_key": sort_key(new.title, 400),
        "description": new.description,
        "tags": list(new.tags),
        "owner_id": viewer.id,
        "state": new.state,
        "size": file.kept.size,
        "media_type": media_type,
        "created_at": moment,
        "changed_at": moment,
    }
    await tx.execute(insert(documents), row)
    await note_audience(tx, documents.c.id == document_id, moment, is_narrowed=row["is_narrowed"])
    await _write_version(tx, viewer, document_id, 1, file, media_type, "")
    document = await get_document(tx.connection, viewer, document_id)
    await note(tx, viewer, "document.shared", document, after={"sha256": file.kept.sha256, "size": file.kept.size})
    tx.emit(document_stream(document), DocumentAdded(document_id))
    return claimed


async def _charge(tx: Transaction, network_id: str, file: BroughtFile) -> str:
    """Count the file to the network; its media type. Raises StoreFull."""
    await charge(tx, file.room.settings, network_id, file.kept.size)
    return named_kind(file.kept.media_type, file.name)[:120]


async def _write_version(
    tx: Transaction, viewer: Viewer, document_id: str, number: int, file: BroughtFile, media_type: str, said: str
) -> None:
    row: dict[str, Any] = {
        "document_id": document_id,
        "number": number,
        "sha256": file.kept.sha256,
        "size": file.kept.size,
        "name": clean_name(file.name),
        "media_type": media_type,
        "author_id": viewer.id,
        "note": said,
        "created_at": now(),
    }
    await tx.execute(insert(document_versions), row)
    waiting = {"document_id": document_id, "number": number, "created_at": row["created_at"]}
    await tx.execute(insert(version_previews), waiting)
    await hold_back_version(tx, file.room.settings, document_id, number)


async def add_version(
    tx: Transaction,
    viewer: Viewer,
    document_id: str,
    brought: Brought,
    said: str,
    base: int,
    key: RequestKey | None = None,
) -> Claim:
    """A new version in place of `base`. Raises NotFound, Forbidden, and CameFirst where that is not the newest."""
    _decide(may_add_version(viewer, await get_document(tx.connection, viewer, document_id)))
    claimed = await claim(tx, viewer.id, key, document_id)
    if claimed.is_replay:
        return claimed
    document = await hold_document(tx, viewer, document_id)
    _decide(may_add_version(viewer, document))
    _refuse_base(document, base)
    file = await take_brought(tx, viewer.id, document.network_id, brought)
    if file.kept.sha256 == document.current.sha256:
        raise Invalid({"file": SAME_BYTES})
    media_type = await _charge(tx, document.network_id, file)
    await _put_on_top(tx, viewer, document, file, media_type, said)
    return claimed


async def _put_on_top(
    tx: Transaction,
    viewer: Viewer,
    document: Document,
    file: BroughtFile,
    media_type: str,
    said: str,
    restored: int | None = None,
) -> None:
    number = document.version_count + 1
    await _write_version(tx, viewer, document.id, number, file, media_type, said)
    values = {
        "version_count": number,
        "size": file.kept.size,
        "media_type": media_type,
        "changed_at": now(),
        "version": document.version + 1,
    }
    await tx.execute(update(documents).where(documents.c.id == document.id).values(**values))
    settings: dict[str, str | int | bool | None] = {
        "number": number,
        "sha256": file.kept.sha256,
        "size": file.kept.size,
        **({"restored": restored} if restored else {}),
    }
    await note(tx, viewer, "document.version_added", document, after=settings)
    tx.emit(document_stream(document), VersionAdded(document.id, document.version + 1))


async def restore_version(tx: Transaction, viewer: Viewer, document_id: str, number: int, base: int, room: Room) -> int:
    """Make an earlier version the newest again, as a version of its own; its number. Raises as `add_version`."""
    document = await hold_document(tx, viewer, document_id)
    _decide(may_add_version(viewer, document))
    earlier = await get_version(tx.connection, viewer, document_id, number)
    _refuse_base(document, base)
    if number == document.version_count:
        raise Forbidden("This is the newest version already.")
    _decide(may_have_file(earlier.check))
    file = BroughtFile(Kept(earlier.sha256, earlier.size, earlier.media_type), earlier.name, room)
    await _charge(tx, document.network_id, await take_brought(tx, viewer.id, document.network_id, file))
    await _put_on_top(tx, viewer, document, file, earlier.media_type, f"Version {number} again", number)
    return document.version_count + 1


# -- What is said of it ----------------------------------------------------------------------------

_MAY_LOOK_AFTER = select(
    exists().where(
        memberships.c.account_id == bindparam("heir", type_=Identifier),
        memberships.c.network_id == bindparam("in_network", type_=Identifier),
        documents_read_in(bindparam("narrowed", type_=documents.c.is_narrowed.type)),
    )
)


async def change_document(
    tx: Transaction, viewer: Viewer, document_id: str, wanted: DocumentChange, expected: int | None = None
) -> bool:
    """Set what is wanted; whether anything changed. Raises NotFound, Forbidden, Invalid, and Conflict for another
    version."""
    document = await hold_document(tx, viewer, document_id)
    _decide(may_change_document(viewer, document))
    if expected is not None and expected != document.version:
        raise Conflict("This document was changed meanwhile.")
    values, said = _values(document, wanted), dict[str, str]()
    if "folder" in wanted.model_fields_set and wanted.folder != document.folder_id:
        folder = await _folder_of(tx, viewer, document.network_id, wanted.folder)
        values |= {"folder_id": wanted.folder, "is_narrowed": folder.is_narrowed if folder else False}
        said = {"folder": folder.name} if folder else {}
    owner_id = document.owner.id if document.owner else None
    if wanted.owner is not None and wanted.owner != owner_id:
        narrowed = bool(values.get("is_narrowed", document.is_narrowed))
        asked = {"heir": wanted.owner, "in_network": document.network_id, "narrowed": narrowed}
        if not await tx.connection.scalar(_MAY_LOOK_AFTER, asked):
            raise Invalid({"owner": NO_SUCH_MEMBER})
        values["owner_id"] = wanted.owner
    if not values:
        return False
    await _write_change(tx, viewer, document, values, said)
    return True


def _values(document: Document, wanted: DocumentChange) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in ("title", "description", "state", "asks_reading"):
        value = getattr(wanted, name)
        if value is not None and value != getattr(document, name):
            values[name] = value
    if "title" in values:
        values["title_key"] = sort_key(values["title"], 400)
    if wanted.tags is not None and tuple(wanted.tags) != document.tags:
        values["tags"] = list(wanted.tags)
    return values


async def _write_change(
    tx: Transaction, viewer: Viewer, document: Document, values: dict[str, Any], said: dict[str, str]
) -> None:
    this = documents.c.id == document.id
    await tx.execute(update(documents).where(this).values(**values, version=document.version + 1))
    after = {name: _logged(name, value) for name, value in values.items() if name != "title_key"}
    subject_id = values.get("owner_id")
    await note(tx, viewer, "document.changed", document, after=after, subject_id=subject_id, said=said)
    is_narrowed = values.get("is_narrowed", document.is_narrowed)
    if is_narrowed == document.is_narrowed:
        tx.emit(document_stream(document), DocumentChanged(document.id, document.version + 1))
        return
    await note_audience(tx, this, now(), is_narrowed=is_narrowed)
    told, untold = network_stream(document.network_id), moderators_stream(document.network_id)
    if is_narrowed:
        told, untold = untold, told
    tx.emit(untold, DocumentGone(document.id, document.version + 1))
    tx.emit(told, DocumentAdded(document.id, document.version + 1))


def _logged(name: str, value: Any) -> str | bool | None:
    if name in ("title", "description"):
        return text_hash(value)
    return ", ".join(value) if isinstance(value, list) else value
