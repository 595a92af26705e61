"""What the events of this slice show."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from forum.state import State
from realtime.questions import Presented


async def present_invitations(state: State, ids: Sequence[str]) -> Mapping[str, Presented]:
    """That the invitations of these networks have changed: whom they are for is for administrators alone."""
    return {network_id: Presented({"network_id": network_id}) for network_id in ids}


PRESENTERS: dict[str, Callable[[State, Sequence[str]], Awaitable[Mapping[str, Presented]]]] = {
    "invitations.changed": present_invitations
}
