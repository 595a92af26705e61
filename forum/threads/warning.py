"""Warns whoever is about to post what looks like data about a patient or a card. It warns, and never blocks."""

import asyncio
from collections.abc import Mapping, Sequence

from forum.errors import Warned
from forum.text import PersonalData, find_personal_data
from forum.threads.writing import LONG
from forum.warning import listed
from ground.columns import now

ANYWAY_ACT = "anyway"
"""What the second button sends: the writer has looked again."""
_PATIENT, _CARD = "a patient could be recognised", "somebody could pay with a card that is not theirs"
"""What may come of it."""


async def find_warnings(*texts: str) -> tuple[PersonalData, ...]:
    """What these texts seem to hold; a long one is looked at in a thread."""
    text, today = "\n\n".join(texts), now().date()
    if len(text) > LONG:
        return await asyncio.to_thread(find_personal_data, text, today)
    return find_personal_data(text, today)


async def warn(fields: Mapping[str, str], *texts: str) -> None:
    """Raises Warned where the texts seem to hold such data, unless the form says that its writer was warned."""
    if fields.get("act") != ANYWAY_ACT and (found := await find_warnings(*texts)):
        raise Warned(warning_words(found))


def warning_words(found: Sequence[PersonalData]) -> str:
    """What the writer is told."""
    harm = [_PATIENT] if set(found) - {"card_number"} else []
    harm += [_CARD] if "card_number" in found else []
    return (
        f"This looks as if it held {listed(found)}. Everybody who reads here would see it, and {', and '.join(harm)}. "
        "Take it out if you can; if it is something else, post it anyway."
    )
