"""Places in the list of documents: a text that means nothing to who carries it."""

import base64
import binascii
import json
import re

from forum.errors import Invalid
from ground.columns import is_id

BAD_CURSOR = "This is no cursor of this list. Leave it out to begin at the beginning."
_MOST = 2**53
_ODD = re.compile("[\0\ud800-\udfff]")


def make_cursor(order: str, place: tuple[str | int, str]) -> str:
    """The cursor of what follows this place in this order."""
    text = json.dumps([order, *place], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str, order: str) -> tuple[str | int, str] | None:
    """The place in such a cursor; None for the beginning. Raises Invalid where it is none of ours for this order."""
    if not text:
        return None
    try:
        padded = text + "=" * (-len(text) % 4)
        parts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True).decode())
    except (binascii.Error, ValueError, RecursionError):
        parts = None
    if isinstance(parts, list) and len(parts) == 3 and parts[0] == order:
        key, last = parts[1:]
        is_right = (type(key) is int and 0 <= key < _MOST) if order == "size" else _is_text(key)
        if is_right and isinstance(last, str) and is_id(last):
            return key, last
    raise Invalid({"after": BAD_CURSOR})


def _is_text(key: object) -> bool:
    return isinstance(key, str) and not _ODD.search(key)
