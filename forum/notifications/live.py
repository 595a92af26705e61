"""What the events of this slice show, on a person's own stream."""

from collections.abc import Mapping, Sequence

from forum.notifications.presenting import api_line
from forum.notifications.queries import count_waiting, list_heard_lines
from forum.state import State
from realtime.questions import Presented


async def present_lines(state: State, ids: Sequence[str]) -> Mapping[str, Presented]:
    """Lines that came, as their readers may see them now, each with how many the bell counts."""
    async with state.database.read() as connection:
        lines = await list_heard_lines(connection, ids)
        counts = await count_waiting(connection, {line.account_id for line in lines})
    url = state.settings.public_url
    return {line.id: Presented({**api_line(line, url), "waiting": counts[line.account_id]}) for line in lines}


async def present_changes(state: State, ids: Sequence[str]) -> Mapping[str, Presented]:
    """How many lines the bell counts."""
    async with state.database.read() as connection:
        counts = await count_waiting(connection, ids)
    return {account_id: Presented({"waiting": count}) for account_id, count in counts.items()}


PRESENTERS = {"notification.created": present_lines, "notifications.changed": present_changes}
