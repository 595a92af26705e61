"""What every change in a library begins with: who makes it is a member still, and the network takes changes."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, insert, literal, select

from forum.audit import Deed, ObjectKind, Settings, record
from forum.documents.queries import get_document
from forum.errors import Forbidden
from forum.policy import HELD_DOCUMENTS, REASONS, ending_of, silenced_words
from forum.records import Document
from forum.tables import document_audiences, documents, memberships, networks
from forum.viewer import Viewer
from ground.columns import Identifier, Moment, now
from realtime.transaction import Transaction

NO_LONGER_MEMBER = "You are no longer a member of this network, so nothing was changed."
_MEMBERSHIP = (
    select(memberships.c.role, memberships.c.silenced_until, memberships.c.hold_left)
    .where(
        memberships.c.account_id == bindparam("by", type_=Identifier),
        memberships.c.network_id == bindparam("in_network", type_=Identifier),
        memberships.c.current,
        memberships.c.status == "active",
    )
    .with_for_update(read=True)
)
_NETWORK = (
    select(networks.c.archived_at, networks.c.deletes_at)
    .where(networks.c.id == bindparam("in_network", type_=Identifier))
    .with_for_update(key_share=True)
)
_DOCUMENT = (
    select(documents.c.id)
    .where(documents.c.id == bindparam("held_id", type_=Identifier))
    .with_for_update(key_share=True)
)


async def hold_place(tx: Transaction, viewer: Viewer, network_id: str, *, to_add: bool = True) -> None:
    """Hold the membership of who writes, and that the network takes changes: a removal comes before this, or after.

    Raises Forbidden. `to_add`: it is not asked for what protects people, such as taking something back.
    """
    asked = {"by": viewer.id, "in_network": network_id}
    held = (await tx.execute(_MEMBERSHIP, asked)).first()
    if held is None:
        raise Forbidden(NO_LONGER_MEMBER)
    network = (await tx.execute(_NETWORK, {"in_network": network_id})).one()
    if not to_add:
        return
    if held.silenced_until is not None and held.silenced_until > now():
        raise Forbidden(silenced_words(held.silenced_until))
    if held.hold_left != 0 and held.role == "member":
        raise Forbidden(HELD_DOCUMENTS)
    ending = ending_of(network.archived_at, network.deletes_at)
    if ending:
        raise Forbidden(REASONS[ending])


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
) -> None:
    """Write down in the network's log what was done to a document or a folder, with its title or name."""
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
        names={"title": name},
    )
    await record(tx, deed)
