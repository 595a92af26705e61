"""What the events of this slice show."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from forum.state import State
from forum.stewardship.announcement_queries import read_announcements
from forum.stewardship.presenting import heard_announcement
from realtime.questions import Presented


async def present_announcements(state: State, ids: Sequence[str]) -> Mapping[str, Presented]:
    """What members were told. An open network's stream is heard by everybody, and what stayed with the members of
    before is not for all who hear it since: there only that something was said."""
    async with state.database.read() as connection:
        found = await read_announcements(connection, ids)
    return {
        key: Presented(heard_announcement(each) if is_for_all else {"id": key, "network_id": each.network_id})
        for key, (each, is_for_all) in found.items()
    }


PRESENTERS: dict[str, Callable[[State, Sequence[str]], Awaitable[Mapping[str, Presented]]]] = {
    "announcement.made": present_announcements
}
