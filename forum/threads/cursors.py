"""Cursors of lists: where a page ended, as a text that means nothing to who carries it."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from forum.errors import Invalid
from forum.records import Thread
from ground.columns import is_id, moment_text

BAD_CURSOR = "This is no cursor of this list. Leave it out to begin at the beginning."


def make_cursor(*parts: str | int) -> str:
    """A cursor of these parts."""
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode().rstrip("=")


def read_cursor(text: str, kinds: Sequence[type[str] | type[int]]) -> list[str | int]:
    """The parts of a cursor, of these types. Raises Invalid where it is none of ours."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        parts = None
    if not isinstance(parts, list) or [type(part) for part in parts] != list(kinds):
        raise Invalid({"after": BAD_CURSOR})
    if any(isinstance(part, int) and not 0 <= part < 2**31 - 200 for part in parts):
        raise Invalid({"after": BAD_CURSOR})
    return parts


@dataclass(frozen=True, slots=True)
class Keyset:
    """The last thread of the page before."""

    last_post_at: datetime
    thread_id: str


def keyset_cursor(thread: Thread) -> str:
    """The cursor of the page that follows this thread."""
    return make_cursor(moment_text(thread.last_post_at), thread.id)


def parse_keyset(text: str) -> Keyset | None:
    """Where a page of threads begins; None for the first. Raises Invalid."""
    if not text:
        return None
    moment, thread_id = read_cursor(text, (str, str))
    try:
        parsed = datetime.fromisoformat(str(moment))
    except ValueError:
        parsed = None
    if parsed is None or parsed.tzinfo is None or not 1970 < parsed.year < 3000 or not is_id(str(thread_id)):
        raise Invalid({"after": BAD_CURSOR})
    return Keyset(parsed, str(thread_id))
