"""What people and programs may send about documents: one model for a form and for JSON."""

import unicodedata
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from forum.fields import Reason, clean_words
from forum.forms import Input
from forum.records import DocumentOrder
from forum.text import clean_line, tidy
from ground.columns import is_id

MOST_TITLE = 200
MOST_DESCRIPTION = 2_000
MOST_NOTE = 1_000
MOST_TAGS = 10
MOST_TAG = 40
MOST_NAME = 120
MOST_PURPOSE = 200
MOST_NUMBER = 2_147_483_647


def sort_key(text: str, most: int) -> str:
    """A title or a name by which lists are ordered: small letters, no accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in plain if not unicodedata.combining(each))[:most]


def _title(text: str) -> str:
    if not text.strip():
        raise ValueError("Give the document a title.")
    return clean_line(text, MOST_TITLE)


def _folder_name(text: str) -> str:
    if not text.strip():
        raise ValueError("Give the folder a name.")
    return clean_line(text, MOST_NAME)


def _several_lines(text: str, most: int) -> str:
    if len(text) > 4 * most:
        raise ValueError(f"This is too long: at most {most:,} characters, and it has {len(text):,}.")
    cleaned = tidy(text).strip()
    if len(cleaned) > most:
        raise ValueError(f"This is too long: at most {most:,} characters, and it has {len(cleaned):,}.")
    return cleaned


def _description(text: str) -> str:
    return _several_lines(text, MOST_DESCRIPTION)


def _note(text: str) -> str:
    return _several_lines(text, MOST_NOTE)


def _given_note(text: str) -> str:
    if not _note(text):
        raise ValueError("Say in a few words what is new in this version.")
    return _note(text)


def _purpose(text: str) -> str:
    return clean_line(text, MOST_PURPOSE) if text.strip() else ""


def _id_or_none(value: object) -> object:
    if value == "":
        return None
    if isinstance(value, str) and not is_id(value):
        raise ValueError("There is no such folder here. Choose one of the list.")
    return value


def _account(text: str) -> str:
    if not is_id(text):
        raise ValueError("Choose a member of this network.")
    return text


def _upload(text: str) -> str:
    if not is_id(text):
        raise ValueError("There is no such upload of yours. Send the file first.")
    return text


def _tags(tags: list[str]) -> list[str]:
    cleaned = list(dict.fromkeys(clean_line(tag, MOST_TAG).lower() for tag in tags if tag.strip()))
    if len(cleaned) > MOST_TAGS:
        raise ValueError(f"These are too many tags: at most {MOST_TAGS}.")
    return cleaned


def split_tags(text: str) -> list[str]:
    """The tags in a form's field, parted by commas."""
    return [tag.strip() for tag in text[:10_000].split(",") if tag.strip()]


Title = Annotated[str, AfterValidator(_title)]
Description = Annotated[str, AfterValidator(_description)]
Tags = Annotated[list[str], AfterValidator(_tags)]
UploadId = Annotated[str, AfterValidator(_upload)]
FolderId = Annotated[str | None, BeforeValidator(_id_or_none)]


class NewDocument(Input):
    """What is said of a document that is shared; its file comes beside it, or was sent before as an upload."""

    title: Title = Field(max_length=10_000)
    description: Description = Field("", max_length=100_000)
    folder: FolderId = None
    tags: Tags = Field(default_factory=list, max_length=100)
    state: Literal["draft", "current"] = "current"
    upload: UploadId | None = None


class NewVersion(Input):
    """What is new in a version, and which one it replaces; its file comes beside it, or was sent before."""

    note: Annotated[str, AfterValidator(_given_note)] = Field(max_length=100_000)
    base: int = Field(ge=1, le=MOST_NUMBER)
    upload: UploadId | None = None


class Restoration(Input):
    """Which version is the newest, as far as its sender knows."""

    base: int = Field(ge=1, le=MOST_NUMBER)


class FileMark(Input):
    """What makes two requests with a file the same: what is said with it, and its bytes."""

    said: str
    sha256: str


class DocumentChange(Input):
    """What may change of a document. What is left out stays as it is."""

    title: Title | None = None
    description: Description | None = None
    tags: Tags | None = None
    folder: FolderId = None
    state: Literal["draft", "current"] | None = None
    owner: Annotated[str, AfterValidator(_account)] | None = None
    asks_reading: bool | None = None


class Withdrawal(Input):
    """Why a document is withdrawn; a moderator says it of what somebody else looks after."""

    reason: Annotated[str, AfterValidator(clean_words)] = Field("", max_length=10_000)


class Working(Input):
    """What somebody works on a document for."""

    purpose: Annotated[str, AfterValidator(_purpose)] = Field("", max_length=10_000)


class Breaking(Input):
    """Why an administrator ends what somebody works on; they are told."""

    reason: Reason


class NewFolder(Input):
    """A folder, in another or on the first page of the library."""

    name: Annotated[str, AfterValidator(_folder_name)] = Field(max_length=10_000)
    parent: FolderId = None
    narrowed: bool = False


class FolderChange(Input):
    """What may change of a folder. What is left out stays as it is."""

    name: Annotated[str, AfterValidator(_folder_name)] | None = None
    parent: FolderId = None
    narrowed: bool | None = None


class Listing(Input):
    """How much of the library is asked for, in which order, and after what."""

    limit: int = Field(20, ge=1, le=100)
    after: str = Field("", max_length=1_000)
    order: DocumentOrder = "newest"
    folder: FolderId = None
    """Only what lies in this folder itself."""
    withdrawn: bool = False
    """What was withdrawn, in place of what was not."""


class VersionListing(Input):
    """How many versions are asked for, and after which."""

    limit: int = Field(20, ge=1, le=100)
    after: str = Field("", pattern=r"^[0-9]{0,9}$")
