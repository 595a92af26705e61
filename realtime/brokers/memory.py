"""The broker of a single process: it hands everything over at once."""

from collections.abc import Sequence

from realtime.brokers.ear import Ear, Note, Wakeup


class MemoryBroker:
    """Carries wake-ups and notes between the tasks of one process."""

    def __init__(self) -> None:
        self._ears: set[Ear] = set()

    @property
    def healthy(self) -> bool:
        """Always: there is nothing that could be away."""
        return True

    async def start(self) -> None:
        """Nothing to begin."""

    async def stop(self) -> None:
        """Forget the listeners."""
        self._ears.clear()

    async def publish(self, wakeups: Sequence[Wakeup]) -> None:
        """Hand the wake-ups to every listener."""
        for ear in self._ears:
            for wakeup in wakeups:
                ear.wake(wakeup)

    async def tell(self, note: Note) -> None:
        """Hand the note to every listener."""
        for ear in self._ears:
            ear.tell(note)

    async def remember(self, name: str, text: str) -> None:
        """Nothing: what should outlive this process is not kept in it."""

    async def recall(self, name: str) -> bytes | None:
        """Nothing is known."""
        return None

    def listen(self) -> Ear:
        """A new listener; close it after use."""
        ear = Ear(self._ears.discard)
        self._ears.add(ear)
        return ear
