"""What the events of this slice show."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from forum.state import State
from realtime.questions import Presented

PRESENTERS: dict[str, Callable[[State, Sequence[str]], Awaitable[Mapping[str, Presented]]]] = {}
