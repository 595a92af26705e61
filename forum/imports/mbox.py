"""Reads an mbox of any size, message by message; a broken message is reported and never ends the run.

An mbox has no grammar that all writers keep: a message begins with a line "From …", and many archives leave
the same words in bodies as they were. Readers that have met many archives tell the two apart by the whole line:
a mail program writes "From ", one address and one complete date, after an empty line; nobody begins a
paragraph so. Such a line begins a message whatever follows it: where no headers do, that message is malformed, and
reported, for its words must never become part of the letter before. A line that has less of this (no empty
line before it, words between address and date, no date) begins a message only where headers follow it.
A line that says how long a message is ("Content-Length") is no help: programs that change messages leave it.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.parser import BytesParser
from pathlib import Path
from typing import BinaryIO

from forum.imports.bodies import body_of, charset_of
from forum.imports.headers import author_of, date_of, header_text, message_ids, split_subject

LARGEST_MESSAGE = 16 * 1024 * 1024
"""Bytes of one message that are kept; what follows, which is attachments, is read past."""

_LONGEST_HEADERS = 256 * 1024
_LONGEST_HEADER = 4_000
_LONGEST_LINE = 1024 * 1024
_MOST_REFERENCES = 100
_COMPLETE_FROM_LINE = re.compile(
    rb"^From (?:\S{1,320}|\S{1,64} at \S{1,255})\s{1,4}(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?\s{1,2}"
    rb"(?:\w{3}\s{1,2}\d{1,2}\s{1,2}\d{1,2}:\d\d(?::\d\d)?\s(?:[+-]\d{4}\s|[A-Z]{2,4}\s)?\d{4}|"
    rb"\d{1,2}\s\w{3}\s\d{4}\s{1,2}\d{1,2}:\d\d(?::\d\d)?)(?:\s[+-]\d{4}|\s[A-Z]{2,4})?(?:\sremote from \S+)?\s*$"
)
_FROM_LINE = re.compile(
    rb"^From .{0,300}?(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?\s+(?:\w{3}\s+\d{1,2}|\d{1,2}\s+\w{3})\b.{0,60}\d{1,2}:\d\d"
)
_HEADER = re.compile(rb"^[!-9;-~\x80-\xff]{1,80}:(?:\s|$)")
_KNOWN_HEADER = re.compile(
    rb"^(?:From|To|Subject|Date|Message-ID|Received|Return-Path|Delivered-To|Envelope-To|MIME-Version|Reply-To|Cc|"
    rb"Sender|In-Reply-To|References|Content-[\w-]+|List-[\w-]+|X-[\w-]+|Status|Precedence|DKIM-Signature|ARC-[\w-]+)\s*:",
    re.IGNORECASE,
)
_FROM_LINE_DATE = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?\s+(.*)$")
_CTIME = re.compile(r"^(\w{3})\s+(\d{1,2})\s+(\d{1,2}:\d\d(?::\d\d)?)\s+(?:([+-]\d{4}|[A-Z]{2,4})\s+)?(\d{4})")
_LIST_NAME = re.compile(r"<?([\w+-]+)[.@]")


@dataclass(frozen=True, slots=True)
class ParsedMessage:
    """One message of the archive, in words.

    `number` counts from 1 in the file's order; `end` is the place in the file, in bytes, up to which it was
    read. Ids are without angle brackets. `author_address` is in lower case and empty where none was found.
    `base_subject` is `subject` without "Re:" and the list's tag, `is_reply` whether it had such a beginning.
    """

    number: int
    message_id: str
    in_reply_to: str | None
    references: tuple[str, ...]
    subject: str
    base_subject: str
    is_reply: bool
    author_name: str
    author_address: str
    date: datetime
    body: str
    end: int


@dataclass(frozen=True, slots=True)
class Malformed:
    """A piece of the file that is no message: its number, and why, as a sentence."""

    number: int
    reason: str
    end: int


@dataclass(slots=True)
class _Piece:
    from_line: bytes
    content: bytes
    end: int


def read_messages(path: Path) -> Iterator[ParsedMessage | Malformed]:
    """Every message of an mbox in the file's order, each as soon as it is read.

    Raises OSError when the file cannot be read, and nothing else.
    """
    previous: datetime | None = None
    with path.open("rb") as file:
        for number, piece in enumerate(_split(file), start=1):
            read = _read(number, piece, previous)
            if isinstance(read, ParsedMessage):
                previous = read.date
            yield read


def _split(file: BinaryIO) -> Iterator[_Piece]:
    """The file's pieces, each from one "From " line to the next."""
    from_line = b""
    kept: list[bytes] = []
    size = 0
    position = 0
    after_blank = True
    line = file.readline(_LONGEST_LINE)
    while line:
        following = file.readline(_LONGEST_LINE)
        if line.startswith(b"From ") and _begins_message(line, following, file, after_blank):
            if from_line or b"".join(kept).strip():
                yield _Piece(from_line, b"".join(kept), position)
            from_line, kept, size = line, [], 0
        elif size <= LARGEST_MESSAGE:
            kept.append(line)
            size += len(line)
        position += len(line)
        after_blank = not line.strip()
        line = following
    if from_line or b"".join(kept).strip():
        yield _Piece(from_line, b"".join(kept), position)


def _begins_message(line: bytes, following: bytes, file: BinaryIO, after_blank: bool) -> bool:
    """Whether a "From " line is a mail program's and not somebody's sentence."""
    if after_blank and _COMPLETE_FROM_LINE.match(line):
        return True
    if _FROM_LINE.match(line):
        return bool(_KNOWN_HEADER.match(following)) or (
            after_blank and bool(_HEADER.match(following) or following.startswith(b">From "))
        )
    if not after_blank or not _KNOWN_HEADER.match(following):
        return False
    # Without a date two known headers must follow; look ahead and come back.
    place = file.tell()
    second = file.readline(_LONGEST_LINE)
    file.seek(place)
    return bool(_KNOWN_HEADER.match(second)) or second[:1] in {b" ", b"\t"}


def _read(number: int, piece: _Piece, previous: datetime | None) -> ParsedMessage | Malformed:
    # What mail can hold is without end, and so are the ways in which the standard library's parser fails on it.
    try:
        return _parse(number, piece, previous)
    except Exception as failure:
        return Malformed(number, f"It could not be understood ({type(failure).__name__}).", piece.end)


def _parse(number: int, piece: _Piece, previous: datetime | None) -> ParsedMessage | Malformed:
    content = piece.content
    if content.startswith(b">From "):
        content = content.partition(b"\n")[2]
    if len(re.split(rb"\r?\n\r?\n", content[: _LONGEST_HEADERS + 1], maxsplit=1)[0]) > _LONGEST_HEADERS:
        return Malformed(number, "Its headers are too long.", piece.end)
    message: Message = BytesParser().parsebytes(content.replace(b"\0", b""))
    headers = _headers(message)
    if "from" not in headers and "date" not in headers and "subject" not in headers:
        reason = "It has no headers." if piece.from_line else "The file does not begin with a “From ” line."
        return Malformed(number, reason, piece.end)
    charset = charset_of(message)
    subject = header_text(headers.get("subject", ""), charset)
    base_subject, is_reply = split_subject(subject, _list_names(headers))
    name, address = author_of(headers.get("from", "") or headers.get("sender", ""), charset)
    references = message_ids(headers.get("references", ""))
    answered = message_ids(headers.get("in-reply-to", ""))
    return ParsedMessage(
        number=number,
        message_id=_message_id(headers, content),
        in_reply_to=answered[-1] if answered else None,
        references=references
        if len(references) <= _MOST_REFERENCES
        else (references[0], *references[1 - _MOST_REFERENCES :]),
        subject=subject,
        base_subject=base_subject,
        is_reply=is_reply,
        author_name=name,
        author_address=address,
        date=_date(message, piece, previous),
        body=body_of(message),
        end=piece.end,
    )


def _headers(message: Message) -> dict[str, str]:
    """The headers as they stand, by their names in lower case; of several of one name the first, long ones cut."""
    headers: dict[str, str] = {}
    for name, value in message.raw_items():
        name = name.lower()
        headers.setdefault(name, str(value) if name == "references" else str(value)[:_LONGEST_HEADER])
    return headers


def _message_id(headers: dict[str, str], content: bytes) -> str:
    """The message's own id, or one made from its content, the same in every run."""
    found = message_ids(headers.get("message-id", ""))
    if found:
        return found[0]
    bare = headers.get("message-id", "").strip()
    if "@" in bare and not re.search(r"\s", bare) and bare.isascii() and len(bare) <= 500:
        return bare.strip("<>")
    digest = hashlib.sha256(content.rstrip()).hexdigest()[:40]
    return f"{digest}@without-message-id.invalid"


def _list_names(headers: dict[str, str]) -> frozenset[str]:
    """Names that a tag such as [falls-network] in a subject may have: the list's, from where the message was sent."""
    found = (_LIST_NAME.findall(headers.get(name, "")) for name in ("list-id", "to", "cc", "list-post", "x-beenthere"))
    return frozenset(name.lower() for names in found for name in names)


def _date(message: Message, piece: _Piece, previous: datetime | None) -> datetime:
    """When it was written: its date, else when a server received it, else the "From " line, else the one before."""
    for name in ("date", "received", "delivery-date"):
        for value in message.get_all(name, []):
            found = date_of(str(value).rpartition(";")[2])
            if found:
                return found
    return _from_line_date(piece.from_line) or previous or datetime(1980, 1, 1, tzinfo=UTC)


def _from_line_date(line: bytes) -> datetime | None:
    after_weekday = _FROM_LINE_DATE.search(line.decode("ascii", "replace").strip())
    parts = _CTIME.match(after_weekday.group(1)) if after_weekday else None
    if not parts:
        return None
    month, day, time, zone, year = parts.groups()
    return date_of(f"{day} {month} {year} {time} {zone or '+0000'}")
