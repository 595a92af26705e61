"""Which file the scanner is asked about next, and where one stands that it is asked about late."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, exists, func, null, select

from forum.tables import blobs, document_versions, file_checks, post_files


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A file that is held back, and who shared it where."""

    id: str
    document_id: str | None
    number: int | None
    file_id: str | None
    sha256: str
    name: str
    shared_by: str


def next_unchecked(moment: datetime) -> Select[Any]:
    """The file that has waited longest of those that are due."""
    versions, files = document_versions.c, post_files.c
    columns = (file_checks.c.id, file_checks.c.document_id, file_checks.c.number, file_checks.c.file_id)
    joined = file_checks.outerjoin(
        document_versions,
        and_(versions.document_id == file_checks.c.document_id, versions.number == file_checks.c.number),
    ).outerjoin(post_files, files.id == file_checks.c.file_id)
    told = (
        func.coalesce(versions.sha256, files.sha256),
        func.coalesce(versions.name, files.name),
        func.coalesce(versions.author_id, files.brought_by),
    )
    due = (file_checks.c.state != "infected", file_checks.c.due_at <= moment)
    return select(*columns, *told).select_from(joined).where(*due).order_by(file_checks.c.due_at).limit(1)


# -- What was brought while there was no scanner ----------------------------------------------------

_VERSION_OF_BLOB = exists().where(document_versions.c.sha256 == blobs.c.sha256)
_FILE_OF_BLOB = exists().where(post_files.c.sha256 == blobs.c.sha256)


def next_older(moment: datetime, at_most: int) -> Select[Any]:
    """Files that are due, each with whether a document or a post carries it: the others are pictures that we made."""
    carried = (_VERSION_OF_BLOB | _FILE_OF_BLOB).label("is_carried")
    due = select(blobs.c.sha256, carried).where(blobs.c.scan_due_at <= moment)
    return due.order_by(blobs.c.scan_due_at).limit(at_most)


def version_carriers(sha256: str) -> Select[Any]:
    """Versions of documents with these bytes that no check stands for."""
    versions, none = document_versions.c, null()
    own = exists().where(file_checks.c.document_id == versions.document_id, file_checks.c.number == versions.number)
    told = (versions.document_id, versions.number, none, versions.sha256, versions.name, versions.author_id)
    return select(*told).where(versions.sha256 == sha256, ~own)


def file_carriers(sha256: str) -> Select[Any]:
    """Files of posts with these bytes that no check stands for."""
    files, none = post_files.c, null()
    own = exists().where(file_checks.c.file_id == files.id)
    return select(none, none, files.id, files.sha256, files.name, files.brought_by).where(files.sha256 == sha256, ~own)
