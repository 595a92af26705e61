"""Where there is a virus scanner, a new file is held back until that has found it clean (`forum.scanning`)."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.settings import Settings
from forum.tables import document_versions, file_checks, post_files
from ground.columns import new_id, now
from realtime.transaction import Transaction

CHECKED_WITHIN = timedelta(hours=1)


async def hold_back_version(tx: Transaction, settings: Settings, document_id: str, number: int) -> None:
    """Nobody gets the file of this version until it is found clean. Without a scanner this does nothing."""
    await _hold_back(tx, settings, {"document_id": document_id, "number": number})


async def hold_back_file(tx: Transaction, settings: Settings, file_id: str) -> None:
    """The same for a file of a post."""
    await _hold_back(tx, settings, {"file_id": file_id})


async def _hold_back(tx: Transaction, settings: Settings, of: dict[str, Any]) -> None:
    if settings.has_scanner:
        moment = now()
        await tx.execute(insert(file_checks), {"id": new_id(), **of, "due_at": moment, "created_at": moment})


def version_check() -> ColumnElement[str | None]:
    """How the check of a row of `document_versions` stands; null where nothing holds its file back."""
    own = (
        file_checks.c.document_id == document_versions.c.document_id,
        file_checks.c.number == document_versions.c.number,
    )
    return select(file_checks.c.state).where(*own).correlate(document_versions).scalar_subquery()


def file_check() -> ColumnElement[str | None]:
    """The same for a row of `post_files`."""
    own = file_checks.c.file_id == post_files.c.id
    return select(file_checks.c.state).where(own).correlate(post_files).scalar_subquery()


async def find_late(connection: AsyncConnection) -> list[str]:
    """A sentence where files have waited for the scanner for an hour."""
    late = (file_checks.c.state == "waiting", file_checks.c.created_at < now() - CHECKED_WITHIN)
    number = await connection.scalar(select(func.count()).select_from(file_checks).where(*late)) or 0
    if not number:
        return []
    files_wait = f"{number:,} files wait" if number > 1 else "A file waits"
    return [f"{files_wait} for the virus scanner for over an hour. Is it running, and does CLAMD_URL name it?"]
