"""What the events of this slice show."""

from collections.abc import Mapping, Sequence

from forum.home.addressed_queries import count_addressed
from forum.state import State
from realtime.questions import Presented


async def present_needs(state: State, ids: Sequence[str]) -> Mapping[str, Presented]:
    """On a person's own stream: how many unread posts mention or answer them."""
    async with state.database.read() as connection:
        counts = await count_addressed(connection, ids)
    return {account_id: Presented({"addressed": count}) for account_id, count in counts.items()}


PRESENTERS = {"needs.changed": present_needs}
