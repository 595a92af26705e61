"""A form with a file, as it comes: the file goes to the store in parts, and the fields beside it are kept.

No part of a file is in memory but the one that has just come. A form that is refused for its words gives the file back
as a sealed note, so that nobody has to send it again: it names bytes that this very person brought.
"""

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from forum.envelope import let_bring
from forum.errors import Invalid
from forum.files.store import MEGABYTE, Incoming, Kept
from forum.filing import ask_disk
from forum.filing.brought import BroughtFile, Room
from forum.forms import MOST_FIELDS
from forum.state import State, state_of
from ground.columns import is_id

FILE, HELD = "file", "held_file"
MOST_WORDS = 256 * 1024
"""In all fields of such a form together."""
MOST_HEADER = 8 * 1024
HELD_SECONDS = 12 * 3600
"""Shorter than files that nothing names are left alone."""
NOT_WHOLE = "The form did not come whole. Try again."
TWICE = "This was sent twice or in the wrong form. Go back and try again."
EMPTY = "This file is empty. Choose another one."


@dataclass(slots=True)
class _Parts:
    """What the parser has found and nobody has taken yet."""

    found: list[tuple[str, Any]] = field(default_factory=list)
    _header: bytes = b""
    _value: bytes = b""
    _disposition: bytes = b""

    def callbacks(self) -> dict[str, Callable[..., None]]:
        """What the parser calls."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._take_header,
            "on_header_value": self._take_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._end_headers,
            "on_part_data": lambda data, start, end: self.found.append(("data", data[start:end])),
            "on_part_end": lambda: self.found.append(("end", None)),
        }

    def _begin(self) -> None:
        self._header = self._value = self._disposition = b""

    def _take_header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]
        self._bound(self._header)

    def _take_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]
        self._bound(self._value)

    def _bound(self, words: bytes) -> None:
        if len(words) > MOST_HEADER:
            raise FormParserError("a header of a part is too long")

    def _end_header(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header = self._value = b""

    def _end_headers(self) -> None:
        _, options = parse_options_header(self._disposition)
        name, filename = options.get(b"name", b""), options.get(b"filename")
        shown = None if filename is None else filename.decode(errors="replace")
        self.found.append(("begin", (name.decode(errors="replace"), shown)))


@dataclass(slots=True)
class Form:
    """The fields, each once, and the files in their order."""

    fields: dict[str, str]
    files: list[BroughtFile]

    @property
    def file(self) -> BroughtFile | None:
        """The only file; None where none was chosen."""
        return self.files[0] if self.files else None


async def read_file_form(
    request: Request, account_id: str, most: int = 1, too_many: str = TWICE, *, keeps: bool = True
) -> Form:
    """The form of this request, its files in the store by now. The caller has asked whether anything may be brought.

    Unless it `keeps` them files are passed over. Raises Invalid, with `too_many` where more than `most` files come;
    TooLarge and StoreFull.
    """
    state = state_of(request)
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise Invalid({"": "Send this as multipart/form-data, with the file as `file`."})
    if keeps:
        let_bring(request.scope, state.settings.file_mb * MEGABYTE + 2 * MOST_WORDS)
    request.scope["confer.form"] = {}
    reading = _Reading(state, most, too_many, keeps=keeps)
    parts = _Parts()
    try:
        parser = MultipartParser(options[b"boundary"], parts.callbacks())  # type: ignore[arg-type]
        async for chunk in request.stream():
            parser.write(chunk)
            for what, value in parts.found:
                await reading.take(what, value)
            parts.found.clear()
        parser.finalize()
    except FormParserError as error:
        raise Invalid({"": NOT_WHOLE}) from error
    finally:
        request.scope["confer.form"] = reading.fields
        await reading.close()
    form = Form(reading.fields, reading.files)
    if not form.files and form.fields.get(HELD):
        held = _unseal(state, account_id, form.fields[HELD])
        form.files += [held] if held else []
    request.scope["confer.form"] = {name: value for name, value in form.fields.items() if name != HELD}
    return form


class _Reading:
    """One form as it comes in."""

    def __init__(self, state: State, most: int, too_many: str, *, keeps: bool) -> None:
        self.fields: dict[str, str] = {}
        self.files: list[BroughtFile] = []
        self._state = state
        self._most = most
        self._too_many = too_many
        self._keeps = keeps
        self._incoming: Incoming | None = None
        self._name = ""
        self._filename: str | None = None
        self._words = bytearray()
        self._total = 0

    async def take(self, what: str, value: Any) -> None:
        """The next thing that the parser found."""
        if what == "begin":
            await self._begin(*value)
        elif what == "data":
            await self._data(value)
        else:
            await self._end()

    async def close(self) -> None:
        """Throw away what was not finished."""
        if self._incoming is not None:
            incoming, self._incoming = self._incoming, None
            await incoming.__aexit__(None, None, None)

    async def _begin(self, name: str, filename: str | None) -> None:
        if name in self.fields or (filename is not None and name != FILE) or len(self.fields) >= MOST_FIELDS:
            raise Invalid({name[:40]: TWICE})
        if filename is not None and len(self.files) >= self._most:
            raise Invalid({FILE: self._too_many})
        self._name, self._filename = name, filename
        self._words.clear()
        if filename and self._keeps:
            await ask_disk(self._state.files, self._state.settings)
            self._incoming = await self._state.files.begin()

    async def _data(self, data: bytes) -> None:
        if self._incoming is not None:
            await self._incoming.write(data)
            return
        if self._filename:
            return
        self._total += len(data)
        if self._total > MOST_WORDS:
            raise Invalid({"": "There are too many words in this form. Shorten them."})
        self._words += data

    async def _end(self) -> None:
        if self._incoming is not None:
            kept = await self._incoming.finish() if self._incoming.size else None
            await self.close()
            if kept is None:
                raise Invalid({FILE: EMPTY})
            self.files.append(BroughtFile(kept, self._filename or "", room_of(self._state)))
        elif self._filename is None and (self._name != FILE or self._words):  # some send that where nothing was chosen
            try:
                self.fields[self._name] = self._words.decode()
            except UnicodeDecodeError as error:
                raise Invalid({self._name[:40]: "There are characters in this that can't be kept."}) from error


def room_of(state: State) -> Room:
    """Where files are kept."""
    return Room(state.files, state.settings)


# -- A file that was brought with words that could not be taken ----------------------------------------


def seal(state: State, account_id: str, file: BroughtFile) -> str:
    """A note by which the same person names the same file in the next form."""
    kept = file.kept
    said = [account_id, kept.sha256, kept.size, kept.media_type, file.name, int(time.time())]
    text = base64.urlsafe_b64encode(json.dumps(said, separators=(",", ":")).encode()).decode()
    return f"{text}.{_mark(state, text)}"


def _unseal(state: State, account_id: str, note: str) -> BroughtFile | None:
    text, _, mark = note.partition(".")
    if not hmac.compare_digest(_mark(state, text).encode(), mark.encode()):
        return None
    try:
        whose, sha256, size, media_type, name, at = json.loads(base64.urlsafe_b64decode(text))
    except (binascii.Error, ValueError):
        return None
    if whose != account_id or not is_id(account_id) or time.time() - at > HELD_SECONDS:
        return None
    return BroughtFile(Kept(sha256, size, media_type), name, room_of(state))


def _mark(state: State, text: str) -> str:
    return hmac.new(state.key, f"held file {text}".encode(), hashlib.sha256).hexdigest()
