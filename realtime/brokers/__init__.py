"""Wake-ups between processes. Nothing that matters depends on them: the log is in the database.

Through a broker go wake-ups (stream, seq) and notes of ids (presence, typing); never names, never
words. A listener hears only what it follows, so that a broker may later spread the streams over
many channels or many servers without a change of this interface.
"""

from collections.abc import Sequence
from typing import Protocol

from realtime.brokers.ear import Ear, Heard, Note, Wakeup

__all__ = ["Broker", "Ear", "Heard", "Note", "Wakeup"]


class Broker(Protocol):
    """Carries wake-ups and notes to every listener, here and in other processes, as best it can."""

    @property
    def healthy(self) -> bool:
        """Whether messages are believed to pass at the moment."""

    async def start(self) -> None:
        """Begin; a server that cannot be reached is no error, it is tried again until `stop()`."""

    async def stop(self) -> None:
        """End, and close every connection."""

    async def publish(self, wakeups: Sequence[Wakeup]) -> None:
        """Say that these streams have reached these numbers. Returns without waiting for the network."""

    async def tell(self, note: Note) -> None:
        """Send a note to whoever follows its topic; it may be lost, or come twice."""

    async def remember(self, name: str, text: str) -> None:
        """Keep a short text for all processes, as best it can."""

    async def recall(self, name: str) -> bytes | None:
        """The text that was kept last; None where there is none, or where it can't be asked now."""

    def listen(self) -> Ear:
        """A new listener, which hears nothing until it follows something; close it after use."""
