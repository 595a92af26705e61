"""Who waits before they write, and how long still, in words; asked by other rules."""

import math
from datetime import datetime, timedelta

from forum.viewer import Viewer
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


def silenced_until(viewer: Viewer, network_id: str) -> datetime | None:
    """Until when the person may not write in this network; None where they may, as soon as that is over too."""
    place = viewer.place_in(network_id)
    if place is None or place.silenced_until is None:
        return None
    until = datetime.fromisoformat(place.silenced_until)
    return until if until > now() else None


def is_held(viewer: Viewer, network_id: str) -> bool:
    """Whether what the person writes in this network waits for a moderator first."""
    place = viewer.place_in(network_id)
    return place is not None and place.hold_left != 0 and place.role == "member"
