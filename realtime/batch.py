"""Events on their way to many: their frames joined, once for all who get the same bytes."""

from collections.abc import Sequence

from realtime.frames import Parcel

JOINED_BYTES = 32 * 1024
"""So much is joined at most. It is also what a socket may leave in the hands of its transport, but for one frame."""


class Part:
    """Consecutive events that go out in one write, to whoever has all up to `before`; after it they have `last`."""

    __slots__ = ("before", "last", "message", "parcels")

    def __init__(self, parcels: Sequence[Parcel], message: bytes) -> None:
        self.parcels = parcels
        self.before = parcels[0].seq - 1
        self.last = parcels[-1].seq
        self.message = message


class Batch:
    """Consecutive events of one stream, if any."""

    __slots__ = ("_parts", "parcels")

    def __init__(self, parcels: Sequence[Parcel]) -> None:
        self.parcels = parcels
        self._parts: dict[str | None, Sequence[Part]] = {}

    def parts(self, view: str | None) -> Sequence[Part]:
        """The events as those get them who have the thread `view` on the screen."""
        parts = self._parts.get(view)
        if parts is None:
            # Most threads on a screen are not the one that has something new: then all get the same bytes.
            is_plain = view is None or not any(parcel.is_rich_for(view) for parcel in self.parcels)
            parts = self._join(view) if view is None or not is_plain else self.parts(None)
            self._parts[view] = parts
        return parts

    def _join(self, view: str | None) -> Sequence[Part]:
        parts: list[Part] = []
        joined: list[Parcel] = []
        messages: list[bytes] = []
        size = 0
        for parcel in self.parcels:
            message = parcel.frame(view).message
            if joined and size + len(message) > JOINED_BYTES:
                parts.append(Part(joined, b"".join(messages)))
                joined, messages, size = [], [], 0
            joined.append(parcel)
            messages.append(message)
            size += len(message)
        if joined:
            parts.append(Part(joined, b"".join(messages)))
        return parts
