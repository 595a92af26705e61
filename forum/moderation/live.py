"""What the events of this slice show."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from forum.state import State
from realtime.questions import Presented


async def present_reports(_: State, ids: Sequence[str]) -> Mapping[str, Presented]:
    """For moderators: that what waits in this network is something else. How much of it is for whom is asked anew."""
    return {key: Presented({"id": key, "network_id": key}) for key in ids}


PRESENTERS: dict[str, Callable[[State, Sequence[str]], Awaitable[Mapping[str, Presented]]]] = {
    "reports.changed": present_reports
}
