"""Withdraw a document, bring it back within thirty days, and delete it for good after them."""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, select

from forum.acts import documents as acts
from forum.acts.erasing_documents import delete_document, erase_document
from forum.acts.erasing_reasons import hold_memberships_about_document
from forum.audit import Deed, record
from forum.documents.writing_commands import hold_document
from forum.errors import Forbidden, Invalid, NotFound
from forum.events import DocumentGone
from forum.policy import looks_after, may_restore, may_withdraw
from forum.records import Document
from forum.state import State
from forum.streams import moderators_stream, network_stream
from forum.tables import acts as act_rows
from forum.tables import (
    documents,
)
from forum.viewer import Viewer
from ground.columns import now
from realtime.transaction import Transaction

KEPT_FOR = timedelta(days=30)
"""How long what was withdrawn can be brought back."""
_PART = 50
ERASED_IN_TIME = "Withdrawn 30 days ago as data about somebody, and erased as announced."


async def withdraw_document(tx: Transaction, viewer: Viewer, document_id: str, reason: str) -> None:
    """Take it back. Raises NotFound, Forbidden, and Invalid where a moderator says no reason."""
    document = await hold_document(tx, viewer, document_id, to_add=False)
    decision = may_withdraw(viewer, document)
    if not decision:
        raise Forbidden(decision.reason)
    if not reason and not looks_after(viewer, document):
        raise Invalid({"reason": "Say why: who looks after it is told your words, and the log keeps them."})
    await acts.withdraw(tx, await acts.hold_document(tx, viewer, document_id), viewer.id, reason)


async def withdraw_for_version(tx: Transaction, viewer: Viewer, document_id: str, of: Document, sha256: str) -> None:
    """Take back what was shared a moment ago, now that its file is a version of another. Raises as `withdraw_document`.

    Nothing is done where it is another file, gone or not theirs by now. The reason names no document: others may read
    this one than that.
    """
    try:
        document = await hold_document(tx, viewer, document_id)
    except NotFound:
        return
    is_it = document.current.sha256 == sha256 and document.network_id == of.network_id
    if is_it and document.state != "withdrawn" and looks_after(viewer, document):
        await withdraw_document(tx, viewer, document_id, "Its file became a version of another document.")


async def restore_document(tx: Transaction, viewer: Viewer, document_id: str) -> None:
    """Bring it back as it was. Raises NotFound and Forbidden."""
    document = await hold_document(tx, viewer, document_id, to_add=False)
    decision = may_restore(viewer, document)
    if not decision:
        raise Forbidden(decision.reason)
    await acts.restore(tx, await acts.hold_document(tx, viewer, document_id), viewer.id)


# -- For the worker --------------------------------------------------------------------------------


async def purge_withdrawn(state: State) -> None:
    """Delete for good what was withdrawn thirty days ago, each in a short transaction of its own."""
    due = select(documents.c.id).where(_is_due()).order_by(documents.c.withdrawn_at).limit(_PART)
    while True:
        async with state.database.read() as connection:
            found = list(await connection.scalars(due))
        for document_id in found:
            async with state.transaction() as tx:
                await _purge(tx, document_id)
        if len(found) < _PART:
            return


def _is_due() -> ColumnElement[bool]:
    """It was withdrawn thirty days ago, nobody holds it back, and no appeal against that waits."""
    appealed = (
        select(act_rows.c.id)
        .where(act_rows.c.document_id == documents.c.id, act_rows.c.undone_at.is_(None))
        .where(act_rows.c.appealed_at.is_not(None), act_rows.c.appeal_decided_at.is_(None))
        .exists()
    )
    return and_(documents.c.withdrawn_at < now() - KEPT_FOR, documents.c.held_at.is_(None), ~appealed)


async def _purge(tx: Transaction, document_id: str) -> None:
    """Nothing of it is left but its row in the log; of data about somebody a line at its address stays as well."""
    due = (documents.c.id == document_id) & _is_due()
    columns = (
        documents.c.network_id,
        documents.c.title,
        documents.c.is_narrowed,
        acts.hidden_as_data().label("hidden"),
    )
    await hold_memberships_about_document(tx, document_id)
    row = (await tx.execute(select(*columns).where(due).with_for_update(of=documents))).first()
    if row is None:
        return  # it was brought back meanwhile, or another worker was here
    if row.hidden:
        await erase_document(tx, None, document_id, ERASED_IN_TIME, only_if=_is_due())
        return
    await delete_document(tx, document_id, row.network_id)
    await record(tx, Deed("document.purged", "document", document_id, row.network_id, names={"title": row.title}))
    stream = moderators_stream if row.is_narrowed else network_stream
    tx.emit(stream(row.network_id), DocumentGone(document_id))
