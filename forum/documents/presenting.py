"""Documents and folders in the shape of the API."""

from collections.abc import Sequence

from forum.documents.reading_queries import Readers
from forum.records import Document, DocumentVersion, FileCheck, Folder, Person, State
from ground.answers import Answer
from ground.columns import moment_text


class ApiDocumentPerson(Answer):
    """Somebody by id and name."""

    id: str
    name: str


class ApiVersion(Answer):
    """A version of a document. Its bytes are at `content_url`."""

    document_id: str
    number: int
    name: str
    media_type: str
    size: int
    sha256: str
    author: ApiDocumentPerson
    note: str
    created_at: str
    check: FileCheck | None
    """Null where its bytes are given out; else a virus scanner has not found them clean, and they are 403."""
    content_url: str


class ApiFolderName(Answer):
    """The folder in which a document lies."""

    id: str
    name: str


class ApiLock(Answer):
    """Who works on a document, for what, and until when at most."""

    holder: ApiDocumentPerson
    purpose: str
    taken_at: str
    ends_at: str


class ApiDocument(Answer):
    """A document, with its newest version; null once it is withdrawn."""

    id: str
    network_id: str
    url: str
    title: str
    description: str
    tags: list[str]
    folder: ApiFolderName | None
    narrowed: bool
    """Only moderators see it."""
    owner: ApiDocumentPerson | None
    """Who looks after it."""
    state: State
    current: ApiVersion | None
    version_count: int
    thread_id: str | None
    asks_reading: bool
    lock: ApiLock | None
    created_at: str
    changed_at: str
    withdrawn_at: str | None
    withdrawal_reason: str
    held: bool
    """It was withdrawn, and is kept from being deleted."""
    version: int


class ApiDocuments(Answer):
    """Documents of a network in the order that was asked for."""

    items: list[ApiDocument]
    next: str | None
    as_of: dict[str, list[str | int]]


class ApiVersions(Answer):
    """Versions of a document, newest first."""

    items: list[ApiVersion]
    next: str | None
    as_of: dict[str, list[str | int]]


class ApiFolder(Answer):
    """A folder. `narrowed`: only moderators see it, because it or one that it lies in is narrowed to them."""

    id: str
    network_id: str
    url: str
    name: str
    parent: str | None
    narrowed: bool
    created_at: str
    version: int


class ApiFolders(Answer):
    """All folders of a network, by name."""

    items: list[ApiFolder]
    next: str | None
    as_of: dict[str, list[str | int]]


class ApiReader(Answer):
    """Who said that they have read it, and which version."""

    account: ApiDocumentPerson
    number: int


class ApiReaders(Answer):
    """How many members have opened a document, of how many; and who said that they have read it."""

    opened: int
    others: int
    read: list[ApiReader]


def _person(person: Person) -> dict[str, object]:
    return {"id": person.id, "name": person.name}


def api_version(version: DocumentVersion, public_url: str) -> dict[str, object]:
    """The version in the shape of the API."""
    path = f"/api/v1/documents/{version.document_id}/versions/{version.number}/content"
    return {
        "document_id": version.document_id,
        "number": version.number,
        "name": version.name,
        "media_type": version.media_type,
        "size": version.size,
        "sha256": version.sha256,
        "author": _person(version.author),
        "note": version.note,
        "created_at": moment_text(version.created_at),
        "check": version.check,
        "content_url": f"{public_url}{path}",
    }


def api_document(document: Document, public_url: str) -> dict[str, object]:
    """The document in the shape of the API, the same for everybody who may see it."""
    lock, folder = document.lock, document.folder_id
    is_withdrawn = document.state == "withdrawn"
    return {
        "id": document.id,
        "network_id": document.network_id,
        "url": f"{public_url}/documents/{document.id}",
        "title": document.title,
        "description": document.description,
        "tags": list(document.tags),
        "folder": {"id": folder, "name": document.folder_name} if folder else None,
        "narrowed": document.is_narrowed,
        "owner": _person(document.owner) if document.owner else None,
        "state": document.state,
        "current": None if is_withdrawn else api_version(document.current, public_url),
        "version_count": document.version_count,
        "thread_id": document.thread_id,
        "asks_reading": document.asks_reading,
        "lock": {
            "holder": _person(lock.holder),
            "purpose": lock.purpose,
            "taken_at": moment_text(lock.taken_at),
            "ends_at": moment_text(lock.ends_at),
        }
        if lock
        else None,
        "created_at": moment_text(document.created_at),
        "changed_at": moment_text(document.changed_at),
        "withdrawn_at": moment_text(document.withdrawn_at) if document.withdrawn_at else None,
        "withdrawal_reason": document.withdrawal_reason,
        "held": document.held_at is not None,
        "version": document.version,
    }


def api_folder(folder: Folder, public_url: str) -> dict[str, object]:
    """The folder in the shape of the API."""
    return {
        "id": folder.id,
        "network_id": folder.network_id,
        "url": f"{public_url}/folders/{folder.id}",
        "name": folder.name,
        "parent": folder.parent_id,
        "narrowed": folder.is_narrowed,
        "created_at": moment_text(folder.created_at),
        "version": folder.version,
    }


def api_readers(readers: Readers) -> dict[str, object]:
    """Who has opened and read it, as its owner sees it."""
    named: Sequence[tuple[Person, int]] = readers.read
    return {
        "opened": readers.opened,
        "others": readers.others,
        "read": [{"account": _person(person), "number": number} for person, number in named],
    }
