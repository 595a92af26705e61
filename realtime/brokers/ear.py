"""One listener of a broker: what it follows, and what it has not yet taken.

Bounded by construction: wake-ups of a stream coalesce to the highest number, names that are not
followed are dropped, and of notes only the newest are kept.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

NOTES_KEPT = 1000
NOTE_LENGTH = 4096
"""The most characters that the text of a note may have."""


@dataclass(frozen=True, slots=True)
class Wakeup:
    """A stream has reached this number. A hint: only the database knows the head."""

    stream: str
    seq: int


@dataclass(frozen=True, slots=True)
class Note:
    """A small message about a topic, ids only (presence, typing). Best effort."""

    topic: str
    text: str


@dataclass(frozen=True, slots=True)
class Heard:
    """All that waited. `reconnected`: messages may have been lost, look at the heads now."""

    wakeups: dict[str, int]
    notes: list[Note]
    reconnected: bool


class Ear:
    """What one listener follows and has not yet taken. Filled by the broker, emptied by `take()`."""

    def __init__(self, on_close: Callable[["Ear"], None]) -> None:
        self._on_close = on_close
        self._following: set[str] = set()
        self._wakeups: dict[str, int] = {}
        self._notes: deque[Note] = deque(maxlen=NOTES_KEPT)
        self._reconnected = False
        self._filled = asyncio.Event()

    def follow(self, name: str) -> None:
        """Hear of this stream or topic from now on."""
        self._following.add(name)

    def unfollow(self, name: str) -> None:
        """Hear of it no more."""
        self._following.discard(name)

    def close(self) -> None:
        """Hear nothing more."""
        self._following.clear()
        self._on_close(self)

    def wake(self, wakeup: Wakeup) -> None:
        """For the broker: a wake-up has come."""
        if wakeup.stream in self._following:
            self._wakeups[wakeup.stream] = max(wakeup.seq, self._wakeups.get(wakeup.stream, 0))
            self._filled.set()

    def tell(self, note: Note) -> None:
        """For the broker: a note has come."""
        if note.topic in self._following:
            self._notes.append(note)
            self._filled.set()

    def reconnected(self) -> None:
        """For the broker: the connection is back, what was sent meanwhile is lost."""
        self._reconnected = True
        self._filled.set()

    async def take(self) -> Heard:
        """Wait until something has come, and take all of it."""
        await self._filled.wait()
        self._filled.clear()
        heard = Heard(self._wakeups, list(self._notes), self._reconnected)
        self._wakeups, self._reconnected = {}, False
        self._notes.clear()
        return heard
