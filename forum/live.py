"""The live gateway, made of our own answers: who asks, who hears, and what an event shows."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence

from forum.home import live as home_live
from forum.networks import live as networks_live
from forum.state import State
from forum.threads import live as threads_live
from realtime.events import Event
from realtime.gateway import Gateway, Presented

Presenter = Callable[[State, Sequence[str]], Awaitable[Mapping[str, Presented]]]
"""Reads the objects with these ids as they stand now; an id that is gone is left out."""

PRESENTERS: dict[str, Presenter] = {
    **threads_live.PRESENTERS,
    **networks_live.PRESENTERS,
    **home_live.PRESENTERS,
}
"""For each kind of event, what reads its object."""

GONE = Presented(None, None, None)


async def present(state: State, stream: str, events: Sequence[Event]) -> list[Presented]:
    """What each event shows now, the same for every reader; each kind is read in one go."""
    wanted: dict[str, list[str]] = defaultdict(list)
    for event in events:
        wanted[event.kind].append(event.object_id)
    shown: dict[str, Mapping[str, Presented]] = {}
    for kind, ids in wanted.items():
        presenter = PRESENTERS.get(kind)
        shown[kind] = await presenter(state, list(dict.fromkeys(ids))) if presenter else {}
    return [shown[event.kind].get(event.object_id, GONE) for event in events]
