"""Places in a list: opaque to whoever pages, and worth nothing to whoever makes one up."""

import base64
import binascii
import json
import re
from typing import Any

from forum.errors import Invalid
from ground.columns import is_id

_SURROGATE = re.compile("[\ud800-\udfff]")
BAD_CURSOR = "This place in the list is not one that we gave you. Begin again without it."


def cursor_of(*key: str | int) -> str:
    """The place after the row with this key."""
    text = json.dumps(key, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


class Id(str):
    """Stands for a part of a key that is one of our ids."""


def key_of(cursor: str, *kinds: type) -> tuple[Any, ...]:
    """The key in a cursor, whose parts are `str`, `int` or `Id`. Raises Invalid."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        key = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True).decode())
    except (binascii.Error, ValueError, RecursionError) as error:
        raise Invalid({"after": BAD_CURSOR}) from error
    if not isinstance(key, list) or len(key) != len(kinds) or not all(map(_fits, key, kinds)):
        raise Invalid({"after": BAD_CURSOR})
    return tuple(key)


def _fits(part: object, kind: type) -> bool:
    if isinstance(part, str) and kind is not int:
        return is_id(part) if kind is Id else "\0" not in part and not _SURROGATE.search(part)
    return type(part) is int and kind is int and abs(part) < 2**31
