"""Places in a list of what was found: opaque to whoever pages, and worth nothing to whoever makes one up."""

import base64
import binascii
import json
from dataclasses import dataclass

from forum.errors import Invalid
from forum.search.tags import LAST_ROW

BAD_CURSOR = "This place in the list is not one that we gave you. Begin again without it."
_TOP = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Spot:
    """After which match a page begins: which part of all was put in order, as of when, and the last one shown."""

    as_of: int
    below: int = LAST_ROW
    score: int = _TOP
    row: int = LAST_ROW

    @property
    def is_first(self) -> bool:
        """Whether the newest part is meant: people and networks stand there."""
        return self.below == LAST_ROW

    def comes_before(self, score: int, row: int) -> bool:
        """Whether a match of this score stands behind it."""
        return (score, row) < (self.score, self.row)

    def text(self) -> str:
        """The spot as a cursor."""
        parts = [self.as_of, self.below, self.score, self.row]
        return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode().rstrip("=")


def read_spot(text: str, as_of: int) -> Spot:
    """The spot of a cursor; the beginning where there is none. Raises Invalid."""
    if not text:
        return Spot(as_of)
    try:
        parts = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise Invalid({"after": BAD_CURSOR}) from error
    bounds = (2**40, LAST_ROW, _TOP, LAST_ROW)
    if not isinstance(parts, list) or len(parts) != len(bounds):
        raise Invalid({"after": BAD_CURSOR})
    if not all(type(part) is int and -_TOP <= part <= most for part, most in zip(parts, bounds, strict=True)):
        raise Invalid({"after": BAD_CURSOR})
    return Spot(*parts)
