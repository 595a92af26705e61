"""What the events of cards show: the API's objects, without what depends on who reads."""

from collections.abc import Mapping, Sequence

from forum.knowledge.presenting import heard_card
from forum.knowledge.queries import list_heard
from forum.state import State
from realtime.questions import Presented


async def present_cards(state: State, ids: Sequence[str], *, by_moderators: bool = False) -> Mapping[str, Presented]:
    """Cards as they now stand, of which everybody hears who hears the network's stream."""
    async with state.database.read() as connection:
        found = await list_heard(connection, ids, by_moderators=by_moderators)
    return {each.id: Presented(heard_card(each, state.settings.public_url)) for each in found}


async def present_narrowed(state: State, ids: Sequence[str]) -> Mapping[str, Presented]:
    """For moderators: those of which the network's stream does not tell."""
    return await present_cards(state, ids, by_moderators=True)


async def present_ids(state: State, ids: Sequence[str]) -> Mapping[str, Presented]:
    """Ids that these readers knew, and nothing else."""
    return {each: Presented({"id": each}) for each in ids}


PRESENTERS = {
    "card.made": present_cards,
    "card.changed": present_cards,
    "card.used": present_ids,
    "card.gone": present_ids,
}
TO_MODERATORS = {"card.made": present_narrowed, "card.changed": present_narrowed}
"""On the stream of a network's moderators these kinds tell of what its own stream does not tell of."""
