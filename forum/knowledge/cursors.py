"""Places in the list of cards: a text that means nothing to who carries it."""

import base64
import binascii
import json
from datetime import datetime

from forum.errors import Invalid
from ground.columns import is_id, moment_text

BAD_CURSOR = "This is no cursor of this list. Leave it out to begin at the beginning."


def make_cursor(place: tuple[datetime, str] | None) -> str | None:
    """The cursor of what follows this place; None where nothing does."""
    if place is None:
        return None
    text = json.dumps([moment_text(place[0]), place[1]], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str) -> tuple[datetime, str] | None:
    """The place in such a cursor; None for the beginning. Raises Invalid where it is none of ours."""
    if not text:
        return None
    try:
        padded = text + "=" * (-len(text) % 4)
        moment, last_id = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True).decode())
        at = datetime.fromisoformat(moment)
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise Invalid({"after": BAD_CURSOR}) from error
    if at.tzinfo is None or not 1970 < at.year < 3000 or not isinstance(last_id, str) or not is_id(last_id):
        raise Invalid({"after": BAD_CURSOR})
    return at, last_id
