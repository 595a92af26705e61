"""Which connections here listen to which stream, and how far each stream has been handed out.

Only memory: no I/O and no questions. A stream is known here while somebody listens to it, or while
somebody is about to (`pin`): wake-ups that come in between are not lost.
"""

import asyncio
import logging
import time
from collections.abc import Collection, Iterable, Sequence

from realtime.batch import Batch
from realtime.brokers import Ear
from realtime.connection import Connection, Subscription
from realtime.failures import brief
from realtime.frames import Parcel
from realtime.limits import Limits

_log = logging.getLogger(__name__)


class Stream:
    """A stream that is listened to in this process.

    `position` is the last number that was handed to its live listeners. `woken` means that the
    database may hold more. `generation` changes when `position` begins anew, for the first listener or
    in another database: a round of delivery that began before is void.
    """

    __slots__ = ("generation", "joining", "joins", "name", "pins", "position", "pump", "subscriptions", "woken")

    def __init__(self, name: str) -> None:
        self.name = name
        self.position = 0
        self.generation = 0
        self.woken = False
        self.pins = 0
        self.subscriptions: dict[Connection, Subscription] = {}
        self.joining: list[Subscription] | tuple[()] = ()  # nobody, mostly: each person's own stream is one of these
        self.pump: asyncio.Task[None] | None = None
        self.joins: asyncio.Task[None] | None = None


class Hub:
    """The connections and the streams of this process."""

    def __init__(self, ear: Ear, limits: Limits) -> None:
        self.streams: dict[str, Stream] = {}
        self.connections: dict[str, Connection] = {}
        self.expected: dict[Connection, float] = {}
        """Connections that have not said hello yet, and until when they may wait."""
        self.epoch: str | None = None
        self.empty = asyncio.Event()
        self.empty.set()
        self._ear = ear
        self._limits = limits
        # In order of arrival: the first is the oldest.
        self._of_account: dict[str, tuple[Connection, ...]] = {}
        self._of_address: dict[str, dict[str, Connection]] = {}

    def expect(self, connection: Connection) -> None:
        """A connection is there, and will say hello."""
        self.expected[connection] = time.monotonic() + self._limits.hello_seconds

    def admit(self, connection: Connection) -> Connection | None:
        """Count a connection in; returns the oldest of the same person where there are too many now."""
        self.expected.pop(connection, None)
        self.connections[connection.id] = connection
        self.empty.clear()
        same: Collection[Connection]
        if connection.account is None:
            guests = self._of_address.setdefault(connection.address, {})
            guests[connection.id] = connection
            same, most = guests.values(), self._limits.sockets_an_address
        else:
            same = self._of_account[connection.account] = (*self.of_account(connection.account), connection)
            most = self._limits.sockets_a_person
        # Those that are closing already stay here until their sockets have gone: they count no more.
        staying = [each for each in same if not each.closing]
        return staying[0] if len(staying) > most else None

    def remove(self, connection: Connection) -> None:
        """Count a connection out, and end what it listened to."""
        self.expected.pop(connection, None)
        for subscription in list(connection.subscriptions.values()):
            self.unsubscribe(subscription)
        if self.connections.pop(connection.id, None) is None:
            return
        if connection.account is not None:
            left = tuple(each for each in self.of_account(connection.account) if each is not connection)
            self._of_account[connection.account] = left
            if not left:
                del self._of_account[connection.account]
        elif guests := self._of_address.get(connection.address):
            guests.pop(connection.id, None)
            if not guests:
                del self._of_address[connection.address]
        if not self.connections:
            self.empty.set()

    def of_account(self, account_id: str) -> list[Connection]:
        """The connections of one person here."""
        return list(self._of_account.get(account_id, ()))

    def pin(self, name: str) -> Stream:
        """Know this stream, and hear its wake-ups from now on, until `unpin()`."""
        stream = self.streams.get(name)
        if stream is None:
            stream = self.streams[name] = Stream(name)
            self._ear.follow(name)
        stream.pins += 1
        return stream

    def unpin(self, stream: Stream) -> None:
        """The counterpart of `pin()`; a stream that nobody listens to is forgotten."""
        stream.pins -= 1
        self._forget_if_idle(stream)

    def subscribe(self, connection: Connection, stream: Stream, *, head: int, sent: int, checked: int) -> Subscription:
        """Let a pinned stream be heard by this connection, which has everything up to `sent`.

        `head` was read from the database after the pin. The subscription is live where nothing
        lies between `sent` and what has been handed out; else it must catch up first.
        """
        if not stream.subscriptions:
            stream.position = head
            stream.generation += 1  # a round that began for earlier listeners must not move it
        live = sent >= stream.position
        subscription = Subscription(connection, stream.name, sent=sent, checked=checked, live=live)
        stream.subscriptions[connection] = subscription
        connection.subscriptions[stream.name] = subscription
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """From this moment nothing of the stream reaches the connection."""
        if not subscription.active:
            return
        subscription.active = subscription.live = False
        subscription.connection.subscriptions.pop(subscription.stream, None)
        stream = self.streams.get(subscription.stream)
        if stream is not None:
            stream.subscriptions.pop(subscription.connection, None)
            self._forget_if_idle(stream)

    def _forget_if_idle(self, stream: Stream) -> None:
        if stream.pins <= 0 and not stream.subscriptions and self.streams.get(stream.name) is stream:
            del self.streams[stream.name]
            self._ear.unfollow(stream.name)

    def heads(self, connection: Connection) -> dict[str, int]:
        """How far each of its streams has been handed out here: what a ping tells."""
        return {name: self.streams[name].position for name in connection.subscriptions}

    async def walk(self, stream: Stream, parcels: Sequence[Parcel], version: int) -> list[Subscription]:
        """Hand events to every live listener whose right was asked against `version` or a newer one.

        Awaits no socket; yields between slices so that others get their turn. Returns those that
        must be asked first: they are no longer live and have to catch up.
        """
        late: list[Subscription] = []
        batch = Batch(parcels)
        listeners = list(stream.subscriptions.values())
        size = self._limits.connections_a_slice
        for start in range(0, len(listeners), size):
            if start:
                await asyncio.sleep(0)
            self._hand_out(listeners[start : start + size], batch, version, late)
        return late

    def _hand_out(
        self, listeners: Sequence[Subscription], batch: Batch, version: int, late: list[Subscription]
    ) -> None:
        # The innermost loop of all: every name that is looked up here is looked up for each reader of each post.
        # Most readers have nothing waiting and no thread on the screen: for them it is one write and nothing else.
        plain = batch.parts(None)
        only = plain[0] if len(plain) == 1 else None
        before, last, message = (only.before, only.last, only.message) if only else (None, 0, b"")
        size = len(message)
        for subscription in listeners:
            if not subscription.live:
                continue
            if subscription.checked < version:
                subscription.live = False
                late.append(subscription)
                continue
            connection = subscription.connection
            try:
                direct = connection.direct
                if direct is None or connection.view is not None or subscription.sent != before:
                    subscription.offer(batch)
                    continue
                subscription.sent = last
                try:
                    taken = direct(message)
                except OSError:
                    taken = 0  # nothing now, or it is broken: the transport finds out which
                if taken != size:
                    connection.finish(message, taken)
            except Exception as error:
                # An error ends one connection at most.
                _log.error("connection %s failed: %s", connection.id, brief(error))
                connection.close(1011, "error")


class Pins:
    """Streams that are about to be listened to, pinned for the time of a `with` block."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._pinned: dict[str, Stream] = {}

    def __enter__(self) -> "Pins":
        return self

    def __exit__(self, *_: object) -> None:
        for stream in self._pinned.values():
            self._hub.unpin(stream)

    def add(self, names: Iterable[str]) -> None:
        """Pin these too."""
        for name in names:
            if name not in self._pinned:
                self._pinned[name] = self._hub.pin(name)

    def __getitem__(self, name: str) -> Stream:
        return self._pinned[name]

    def __contains__(self, name: str) -> bool:
        return name in self._pinned
