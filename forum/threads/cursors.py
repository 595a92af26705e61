"""Cursors of lists: where a page ended, as a text that means nothing to who carries it."""

import base64
import binascii
import json
from collections.abc import Sequence

from forum.errors import Invalid


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
        raise Invalid({"after": "This is no cursor of this list. Leave it out to begin at the beginning."})
    return parts
