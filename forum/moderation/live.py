"""What the events of this slice show."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from forum.moderation.queries import count_waiting
from forum.state import State
from realtime.questions import Presented


async def present_reports(state: State, ids: Sequence[str]) -> Mapping[str, Presented]:
    """For moderators: how many posts and people are reported and wait for a decision."""
    async with state.database.read() as connection:
        waiting = await count_waiting(connection, ids)
    return {key: Presented({"id": key, "network_id": key, "waiting_count": count}) for key, count in waiting.items()}


PRESENTERS: dict[str, Callable[[State, Sequence[str]], Awaitable[Mapping[str, Presented]]]] = {
    "reports.changed": present_reports
}
