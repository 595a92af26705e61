"""A file that somebody brought, before it is named in the database."""

from dataclasses import dataclass

from forum.files.store import Kept, Store
from forum.settings import Settings


@dataclass(frozen=True, slots=True)
class Room:
    """Where files are kept, and how much room there is."""

    files: Store
    settings: Settings


@dataclass(frozen=True, slots=True)
class BroughtFile:
    """A file that is in the store, and the name that it came by."""

    kept: Kept
    name: str
    room: Room


@dataclass(frozen=True, slots=True)
class BroughtUpload:
    """A file that was sent in parts before, by the id of its upload."""

    upload_id: str
    room: Room


Brought = BroughtFile | BroughtUpload


def mark_of(file: Brought) -> str:
    """What tells this file from others, where the same request comes twice."""
    return file.kept.sha256 if isinstance(file, BroughtFile) else file.upload_id
