"""One browser: what waits to be sent to it, within bounds, and what it listens to.

Nothing here awaits a socket. Frames are put into a bounded buffer; the transport takes them out
when its socket has room. A connection whose buffer is full is *lagging*: it gets no further events
until the buffer is empty, and then a ping with the heads, from which it sees what to fetch.
"""

import contextlib
import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from realtime.batch import Batch
from realtime.frames import Frame, Parcel
from realtime.limits import Limits
from realtime.questions import Identity
from realtime.straight import Send


class Transport(Protocol):
    """What carries frames to one client: `socket.AsgiSocket`, or `wire.Wire` below ASGI."""

    def flush(self) -> None:
        """Frames wait: take them as soon as the socket has room."""

    def close(self) -> None:
        """The connection is `closing`: write what waits, then close; at once where nothing is taken."""

    def finish(self, message: bytes, taken: int) -> None:
        """The socket took so much of what was sent past the queue: see to the rest of it."""

    def kept(self) -> int:
        """How many bytes were written and are not taken by the socket yet."""


class Budget:
    """How many bytes this process holds unsent for all its connections together."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.held = 0


class Subscription:
    """A connection listening to a stream.

    `sent` is the last number handed to it. `checked` is the version of the stream's audience against
    which its right was last asked: an event with a newer one may not go out before it is asked again.
    `live` is False while it catches up.
    """

    __slots__ = ("active", "checked", "connection", "live", "sent", "stream")

    def __init__(self, connection: "Connection", stream: str, *, sent: int, checked: int, live: bool) -> None:
        self.connection = connection
        self.stream = stream
        self.sent = sent
        self.checked = checked
        self.live = live
        self.active = True

    def offer(self, batch: Batch) -> None:
        """Hand over live events; those that it had while catching up are left out."""
        connection = self.connection
        for part in batch.parts(connection.view):
            if connection.direct is not None and self.sent == part.before:
                self.sent = part.last
                connection.send_directly(part.message)
            else:
                self._offer_singly(part.parcels)

    def _offer_singly(self, parcels: Sequence[Parcel]) -> None:
        connection = self.connection
        for parcel in parcels:
            if parcel.seq > self.sent:
                connection.offer(parcel.frame(connection.view))
                self.sent = parcel.seq

    def catch_up(self, batch: Batch) -> bool:
        """Hand over older events while there is room; whether all of them went."""
        connection = self.connection
        for part in batch.parts(connection.view):
            if connection.direct is not None and self.sent == part.before:
                self.sent = part.last
                connection.send_directly(part.message)
            elif not self._catch_up_singly(part.parcels):
                return False
        return True

    def _catch_up_singly(self, parcels: Sequence[Parcel]) -> bool:
        connection = self.connection
        for parcel in parcels:
            if parcel.seq > self.sent:
                if not connection.has_room:
                    return False
                connection.send(parcel.frame(connection.view), is_event=True)
                self.sent = parcel.seq
        return True


class Connection:
    """One socket: who it is, what it listens to, and what waits to be sent to it."""

    __slots__ = (
        "_awaited",
        "_budget",
        "_in_hand",
        "_kept",
        "_limits",
        "_pings",
        "_queue",
        "_transport",
        "_when_room",
        "address",
        "closing",
        "direct",
        "drained_at",
        "id",
        "identity",
        "lagging",
        "on_recovered",
        "own",
        "ping_at",
        "pong_by",
        "subscriptions",
        "unsent_bytes",
        "view",
        "view_stream",
    )

    def __init__(self, connection_id: str, address: str, transport: Transport, limits: Limits, budget: Budget) -> None:
        self.id = connection_id
        self.address = address
        self.identity: Identity | None = None
        self.view: str | None = None
        self.view_stream: str | None = None
        self.own: tuple[str, ...] = ()  # the streams that belong to this person: account, memberships, moderation
        self.subscriptions: dict[str, Subscription] = {}
        self.closing: tuple[int, str] | None = None
        self.lagging = False
        self.direct: Send | None = None
        """Sends to the socket, past the queue: there while nothing waits anywhere. Set by the transport."""
        self.unsent_bytes = 0
        self.drained_at = time.monotonic()
        self.ping_at = math.inf  # after the welcome
        self.pong_by: float | None = None
        self._pings = 0
        self._awaited = 0
        self._transport = transport
        self._limits = limits
        self._budget = budget
        self._queue: deque[tuple[Frame, bool]] | tuple[()] = ()  # a deque takes 600 bytes, and mostly nothing waits
        self._in_hand: Frame | None = None
        self._kept = 0
        self._when_room: list[Callable[[], None]] | tuple[()] = ()
        self.on_recovered: Callable[[Connection], None] | None = None

    @property
    def account(self) -> str | None:
        """Whose connection it is; None for a signed-out person."""
        return self.identity.account_id if self.identity else None

    @property
    def unsent_frames(self) -> int:
        """How many frames wait, the one in the transport's hand included."""
        return len(self._queue) + (self._in_hand is not None)

    @property
    def has_room(self) -> bool:
        """Whether the next part of a catch-up, or the answer to a `fetch`, may be handed over."""
        return self.unsent_bytes < self._limits.unsent_before_next_part and self.unsent_frames < (
            self._limits.unsent_frames
        )

    def offer(self, frame: Frame) -> None:
        """Hand over a live event; where the buffer is full it is dropped and the connection lags."""
        if self.lagging or self.closing:
            return
        budget = self._budget
        full = (
            self.unsent_frames >= self._limits.unsent_frames
            or self.unsent_bytes + frame.size > self._limits.unsent_bytes
            or (self.unsent_bytes and budget.held + frame.size > budget.limit)
        )
        if full:
            self.lagging = True
            return
        self._push(frame, True)

    def send_directly(self, message: bytes) -> None:
        """Send to the socket, past the queue. Only where there is `direct`."""
        taken = 0
        if self.direct is not None:
            with contextlib.suppress(OSError):  # it takes nothing now, or is broken: the transport finds out which
                taken = self.direct(message)
        if taken < len(message):
            self.finish(message, taken)

    def finish(self, message: bytes, taken: int) -> None:
        """The socket took only so much: from here on things wait their turn."""
        self.direct = None
        self._transport.finish(message, taken)

    def offer_lightly(self, frame: Frame) -> None:
        """Hand over what is worth nothing late (presence); dropped where much waits already, or goodbye was said."""
        if not self.lagging and not self.closing and self.has_room:
            self._push(frame, True)

    def send(self, frame: Frame, *, is_event: bool = False) -> None:
        """Hand over an answer, which is never dropped; a client that takes none of them is closed."""
        if self.closing:
            return
        limits = self._limits
        if self.unsent_bytes > 2 * limits.unsent_bytes or self.unsent_frames > 2 * limits.unsent_frames:
            self.close(4508, "too slow")
            return
        self._push(frame, is_event)

    def _push(self, frame: Frame, is_event: bool) -> None:
        if not self._queue and self._in_hand is None:
            self.drained_at = time.monotonic()
        if not self._queue:
            self._queue = deque()
        self._queue.append((frame, is_event))
        self.direct = None  # until the transport has written all
        self.unsent_bytes += frame.size
        self._budget.held += frame.size
        self._transport.flush()

    def take(self) -> Frame | None:
        """For the transport: the next frame to write; `wrote()` follows when the socket has it."""
        if not self._queue:
            return None
        self._in_hand = self._queue.popleft()[0]
        if not self._queue:
            self._queue = ()
        return self._in_hand

    def wrote(self) -> None:
        """For the transport: the socket has the frame that was taken."""
        if self._in_hand is None:
            return
        self._release(self._in_hand)
        self._in_hand = None
        self.drained_at = time.monotonic()
        if self._when_room and self.has_room:
            waiting, self._when_room = self._when_room, ()
            for call in waiting:
                call()
        if self.lagging and not self._queue:
            self.lagging = False
            if self.on_recovered:
                self.on_recovered(self)

    def keep(self, size: int) -> None:
        """For the transport: it has so many bytes in all that its socket does not take now; 0 when it took them."""
        if size and not self.unsent_bytes:
            self.drained_at = time.monotonic()
        self.unsent_bytes += size - self._kept
        self._budget.held += size - self._kept
        self._kept = size
        if size:
            self.direct = None

    def is_stalled(self, now: float) -> bool:
        """Whether something waits and the client has taken nothing of it for too long."""
        if not self.unsent_bytes or now - self.drained_at <= self._limits.stalled_seconds:
            return False
        kept = self._transport.kept()
        if kept < self._kept:
            self.keep(kept)
            self.drained_at = now
            return False
        return True

    def when_room(self, call: Callable[[], None]) -> None:
        """Call this, once, as soon as there is room; also when the connection ends."""
        if self.closing or self.has_room:
            call()
        else:
            self._when_room = [*self._when_room, call]

    def drop_content(self) -> None:
        """Forget the events that wait: they may no longer be sent. The client will fetch them."""
        kept = [entry for entry in self._queue if not entry[1]]
        if len(kept) == len(self._queue):
            return
        for frame, is_event in self._queue:
            if is_event:
                self._release(frame)
        self._queue = deque(kept)
        self.lagging = True

    def close(self, code: int, reason: str = "") -> None:
        """Send what is no event, then close with this code; the first call counts."""
        if self.closing:
            return
        self.drop_content()
        self.closing = (code, reason)
        self.direct = None
        self._transport.close()

    def abandon(self) -> None:
        """The socket is gone: give back what was held for it, and let nobody wait for it."""
        self.closing = self.closing or (1006, "")
        self.keep(0)
        self.direct = None
        for frame, _ in self._queue:
            self._release(frame)
        self._queue = ()
        if self._in_hand is not None:
            self._release(self._in_hand)
            self._in_hand = None
        waiting, self._when_room = self._when_room, ()
        for call in waiting:
            call()

    def _release(self, frame: Frame) -> None:
        self.unsent_bytes -= frame.size
        self._budget.held -= frame.size

    def next_ping(self, now: float) -> int:
        """Count a ping; from the first that is not answered the time for a pong runs."""
        self._pings += 1
        if self.pong_by is None:
            self._awaited = self._pings
            self.pong_by = now + self._limits.pong_seconds
        return self._pings

    def pong(self, n: int) -> None:
        """A pong came: right if it answers the awaited ping or a later one."""
        if self._awaited <= n <= self._pings:
            self.pong_by = None
