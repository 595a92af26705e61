"""A document is erased for good: its files where nothing else has them, what was made of them, and all that was said.

In one transaction; a line at its address and a row of the log stay. The worker then takes the files out of the store
at once, unless somebody has brought the same bytes since. Backups that were made before keep them as long as they are
kept themselves.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select

from forum.acts.appeals import close_appeals
from forum.acts.cards import withhold_cards_of_document
from forum.acts.cases import close_cases_about_document
from forum.acts.deciding import staff_of
from forum.acts.documents import HeldDocument, hold_document
from forum.acts.erasing_reasons import erase_reasons_of_document, hold_memberships_about_document
from forum.acts.titles import erase_title_about
from forum.audit import Deed, empty_words_about, record
from forum.errors import Forbidden, Invalid
from forum.events import DocumentGone
from forum.filing import give_back
from forum.policy import may_erase
from forum.tables import (
    acts,
    document_audiences,
    document_locks,
    document_openings,
    document_readings,
    document_versions,
    document_wishes,
    documents,
    erased_documents,
    version_pictures,
)
from forum.telling import tell
from forum.unindexing import forget_document
from forum.viewer import Viewer
from ground.columns import moment_text, now
from realtime.transaction import Transaction

SAY_WHY = "Say why it is erased, without the words themselves: the reason stays."
NOTHING_LEFT = "The document was erased for good before this was answered, so nothing can be given back."
FORGET_FILES = "files.forget"
"""The task that takes files out of the store."""
_OWN = (
    document_audiences,
    document_locks,
    document_wishes,
    document_openings,
    document_readings,
    document_versions,
)
_FILES_AT_ONCE = 50
_AS_IT_WAS_WRITTEN = timedelta(seconds=2)
"""The row of a version is written so soon after that of its file."""


async def delete_document(tx: Transaction, document_id: str, network_id: str) -> None:
    """Nothing of it is left, in the index neither; its files are collected where nothing else names them."""
    used = select(func.coalesce(func.sum(document_versions.c.size), 0))
    size = await tx.connection.scalar(used.where(document_versions.c.document_id == document_id))
    await give_back(tx, network_id, int(size or 0))
    for table in _OWN:
        await tx.execute(delete(table).where(table.c.document_id == document_id))
    await forget_document(tx, document_id)
    await tx.execute(delete(documents).where(documents.c.id == document_id))


async def erase_document(
    tx: Transaction,
    viewer: Viewer | None,
    document_id: str,
    reason: str,
    *,
    only_if: ColumnElement[bool] | None = None,
) -> bool:
    """Erase it, by an administrator of the site or (without a viewer) by Confer itself; whether that was done.

    False where `only_if` is not so of its row once that is held. Nothing of it is told to whoever asks. Raises
    Forbidden, Invalid without a reason, and NotFound.
    """
    if viewer is not None and not (decision := may_erase(viewer)):
        raise Forbidden(decision.reason)
    if not reason:
        raise Invalid({"reason": SAY_WHY})
    await hold_memberships_about_document(tx, document_id)
    held = await hold_document(tx, None, document_id)
    this = select(documents.c.id).where(documents.c.id == document_id)
    if only_if is not None and (await tx.execute(this.where(only_if))).first() is None:
        return False
    tx.forgets = True
    by_id = viewer.id if viewer is not None else None
    await _note(tx, held, by_id, reason)
    await withhold_cards_of_document(tx, document_id, by_id)
    if held.thread_id is not None:
        await erase_title_about(tx, held.thread_id, held.title, by_id)
    await _leave_files(tx, document_id)
    await delete_document(tx, document_id, held.network_id)
    tx.emit(held.stream, DocumentGone(document_id))
    return True


async def _note(tx: Transaction, held: HeldDocument, by_id: str | None, reason: str) -> None:
    """The line that stays at its address, the row in the log, and word to whom it concerns."""
    row = {"id": held.id, "network_id": held.network_id, "is_narrowed": held.is_apart or held.is_narrowed}
    row |= {"concerned_id": held.concerns, "reason": reason, "erased_at": now()}
    await tx.execute(insert(erased_documents), row)
    await erase_reasons_of_document(tx, held.id)
    await empty_words_about(tx, held.id, ("title", "before", "after"), lambda _: True)
    deed = Deed("document.erased", "document", held.id, held.network_id, by_id, held.concerns, reason=reason)
    await record(tx, deed)
    await close_cases_about_document(tx, held.id, by_id, None, is_final=True)
    taken = select(acts.c.id).where(acts.c.document_id == held.id)
    await close_appeals(tx, by_id, list((await tx.execute(taken)).scalars()), NOTHING_LEFT, "upheld")
    whom = {held.concerns, *await staff_of(tx, held.network_id)} - {by_id}
    await tell(tx, whom, "document.erased", held.id, network_id=held.network_id)


async def _leave_files(tx: Transaction, document_id: str) -> None:
    """Have the worker let go of its files, those that nobody has brought anew since they were shared here."""
    versions, pictures = document_versions.c, version_pictures.c
    shared = select(versions.sha256, func.max(versions.created_at)).where(versions.document_id == document_id)
    rows: list[Any] = [tuple(row) for row in await tx.execute(shared.group_by(versions.sha256))]
    for sha256, at in rows:
        _leave(tx, [sha256], at + _AS_IT_WAS_WRITTEN)
    made = select(pictures.sha256).where(pictures.document_id == document_id).distinct()
    names = list((await tx.execute(made)).scalars())
    for place in range(0, len(names), _FILES_AT_ONCE):
        _leave(tx, names[place : place + _FILES_AT_ONCE], now())


def _leave(tx: Transaction, names: Sequence[str], before: datetime) -> None:
    tx.enqueue(FORGET_FILES, {"names": ",".join(names), "before": moment_text(before)})
