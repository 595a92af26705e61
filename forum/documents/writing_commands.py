"""What every change in a library begins with: who makes it is a member still, and the network takes changes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, insert, literal, select

from forum import entering
from forum.audit import Deed, ObjectKind, Settings, record
from forum.documents.queries import get_document
from forum.policy import HELD_DOCUMENTS
from forum.records import Document
from forum.tables import document_audiences, documents
from forum.viewer import Viewer
from ground.columns import Identifier, Moment
from realtime.transaction import Transaction

_DOCUMENT = (
    select(documents.c.id)
    .where(documents.c.id == bindparam("held_id", type_=Identifier))
    .with_for_update(key_share=True)
)


async def hold_place(tx: Transaction, viewer: Viewer, network_id: str, *, to_add: bool = True) -> None:
    """Hold the membership of who shares. Raises Forbidden. `to_add`: see `forum.entering`."""
    await entering.hold_place(tx, viewer, network_id, HELD_DOCUMENTS, to_add=to_add)


async def hold_document(tx: Transaction, viewer: Viewer, document_id: str, *, to_add: bool = True) -> Document:
    """The document as it stands until the transaction ends, for a member who is about to change something of it.

    Raises NotFound, and Forbidden for who is no member.
    """
    document = await get_document(tx.connection, viewer, document_id)
    await hold_place(tx, viewer, document.network_id, to_add=to_add)
    await tx.execute(_DOCUMENT, {"held_id": document_id})
    return await get_document(tx.connection, viewer, document_id)


async def note_audience(tx: Transaction, which: ColumnElement[bool], moment: datetime, *, is_narrowed: bool) -> None:
    """Keep since when these documents are for the moderators alone, or for all readers of their network."""
    columns = (documents.c.id, literal(moment, Moment()), literal(is_narrowed))
    rows = insert(document_audiences).from_select(
        ["document_id", "since", "is_narrowed"], select(*columns).where(which)
    )
    await tx.execute(rows)


async def note(
    tx: Transaction,
    viewer: Viewer,
    act: str,
    about: Any,
    *,
    kind: ObjectKind = "document",
    before: Settings | None = None,
    after: Settings | None = None,
    reason: str = "",
    subject_id: str | None = None,
    said: Mapping[str, str] | None = None,
) -> None:
    """Write down in the network's log what was done to a document or a folder, with its title or name.

    `said`: other words that belong to it, such as the name of the `folder` in which it lies now.
    """
    name = about.title if kind == "document" else about.name
    deed = Deed(
        act=act,
        kind=kind,
        object_id=about.id,
        network_id=about.network_id,
        actor_id=viewer.id,
        subject_id=subject_id,
        before=before,
        after=after,
        reason=reason,
        names={"title": name, **(said or {})},
    )
    await record(tx, deed)
