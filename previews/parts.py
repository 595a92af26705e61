"""What the process says of a file, piece by piece, and how that is written between the two.

A piece is two lengths, a line of JSON and bytes. Reasons go across as their names, so that no sentence
that people read can come out of a file.
"""

import json
import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

HEAD = struct.Struct(">II")
MAX_WORDS = 16 << 20
"""Bytes of one piece's JSON: two million characters, written as they come."""
MAX_PICTURE = 8 << 20
MAX_TITLE = 200
MAX_PAGES = 1_000_000
KINDS = ("pdf", "image", "document", "sheets", "slides", "text", "markdown", "table", "audio", "video")


class Why(StrEnum):
    """Why a file is not shown, or only a part of it."""

    EMPTY = "empty"
    UNKNOWN = "unknown"
    WEB_PAGE = "web_page"
    OLD_OFFICE = "old_office"
    LOCKED = "locked"
    MACROS = "macros"
    TWO_KINDS = "two_kinds"
    BROKEN = "broken"
    BOMB = "bomb"
    DOCUMENT_TYPE = "document_type"
    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"
    TOO_MANY_PIXELS = "too_many_pixels"
    MORE_PAGES = "more_pages"
    MORE_WORDS = "more_words"
    NOT_ALL = "not_all"


SENTENCES: Mapping[Why, str] = {
    Why.EMPTY: "This file is empty.",
    Why.UNKNOWN: "Files of this kind can’t be shown here. Download it to open it.",
    Why.WEB_PAGE: "Web pages and drawings that may run scripts are not shown here. Download it to open it.",
    Why.OLD_OFFICE: "Files of Office before 2007 can’t be shown here. Download it, or ask for a newer one.",
    Why.LOCKED: "This file is locked with a password, so it can’t be shown here.",
    Why.MACROS: "This file holds macros, which are small programs, so it is not shown here.",
    Why.TWO_KINDS: "This file is two kinds of file at once, so it is not shown here.",
    Why.BROKEN: "This file could not be read. It may be damaged.",
    Why.BOMB: "This file unpacks to far more than it seems to hold, so it is not shown here.",
    Why.DOCUMENT_TYPE: "This file holds definitions (a DOCTYPE) that are never read here. Download it to open it.",
    Why.TOO_LARGE: "This file is too large to be shown here. Download it to open it.",
    Why.TOO_SLOW: "This file takes too long to draw. Download it to open it.",
    Why.TOO_MANY_PIXELS: "This picture is too large to be shown here. Download it to open it.",
    Why.MORE_PAGES: "Only the first pages are shown. Download the file for the rest.",
    Why.MORE_WORDS: "Only the beginning is shown. Download the file for the rest.",
    Why.NOT_ALL: "The rest could not be read. Download the file to open it.",
}


class Refused(Exception):
    """The file is not shown; the text is the sentence that says why."""

    def __init__(self, why: Why) -> None:
        super().__init__(SENTENCES[why])
        self.why = why


@dataclass(frozen=True, slots=True)
class Facts:
    """Comes first: what kind of file it is, and how many pages, sheets or slides it has; none for what is played."""

    kind: str
    pages: int


@dataclass(frozen=True, slots=True)
class Page:
    """What can be read of one page, sheet or slide. The HTML is clean; empty where pictures show it."""

    number: int
    title: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Picture:
    """One page as a WebP picture for one of `WIDTHS` (narrower where the page is), without anything but its pixels."""

    page: int
    fits: int
    width: int
    height: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Cut:
    """Not everything is shown."""

    why: Why


@dataclass(frozen=True, slots=True)
class Refusal:
    """Nothing is shown. `prepare` raises it as Refused."""

    why: Why


@dataclass(frozen=True, slots=True)
class End:
    """Comes last: the process has said everything."""


Part = Facts | Page | Picture | Cut
Spoken = Part | Refusal | End

_SPOKEN: Mapping[str, type[Spoken]] = {
    kind.__name__: kind for kind in (Facts, Page, Picture, Cut, Refusal, End)
}  # fmt: skip


def write_part(part: Spoken) -> bytes:
    """The piece as it goes to the other process."""
    fields = asdict(part)
    body: bytes = fields.pop("body", b"")
    words = json.dumps({"": type(part).__name__, **fields}, ensure_ascii=False).encode("utf-8", "replace")
    return HEAD.pack(len(words), len(body)) + words + body


def read_part(words: bytes, body: bytes) -> Spoken:
    """The piece, with each field of its type and in its bounds. Raises ValueError where it is none."""
    try:
        fields = json.loads(words)
        kind = _SPOKEN[fields.pop("")]
        if kind is Picture:
            fields["body"] = body
        elif body:
            raise ValueError("bytes where none belong")
        if kind in (Cut, Refusal):
            fields["why"] = Why(fields["why"])
        part = kind(**fields)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("no piece") from error
    _check(part)
    return part


def _check(part: Any) -> None:
    for name, kind in type(part).__annotations__.items():
        if type(getattr(part, name)) is not kind:
            raise ValueError(f"{name} is no {kind.__name__}")
    match part:
        case Facts(kind, pages):
            _demand(kind in KINDS and 0 <= pages <= MAX_PAGES)
        case Page(number, title):
            _demand(1 <= number <= MAX_PAGES and len(title) <= MAX_TITLE)
        case Picture(page, fits, width, height, body):
            _demand(1 <= page <= MAX_PAGES and 0 < fits <= 4_000 and 0 < width <= 4_000 and 0 < height <= 4_000)
            _demand(len(body) <= MAX_PICTURE and body[:4] == b"RIFF" and body[8:12] == b"WEBP")
        case _:
            pass


def _demand(holds: bool) -> None:
    if not holds:
        raise ValueError("out of bounds")
