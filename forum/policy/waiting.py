"""How long somebody still waits, in words; asked by other rules."""

import math
from datetime import datetime, timedelta

from ground.columns import now

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def waiting_words(left: timedelta) -> str:
    """A time to wait as people say it, rounded up: "3 hours", "1 minute"."""
    seconds = max(1, math.ceil(left.total_seconds()))
    size, unit = next((size, unit) for size, unit in _UNITS if seconds >= size)
    number = math.ceil(seconds / size)
    return f"{number} {unit}{'' if number == 1 else 's'}"


def silenced_words(until: datetime) -> str:
    """What somebody is told who may not write until then."""
    return (
        "A moderator has asked you not to write in this network for a time. You can read everything, and write "
        f"again in {waiting_words(until - now())}."
    )
