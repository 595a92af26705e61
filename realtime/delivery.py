"""From the log to the connections: live, and to those who catch up.

Each stream has at most one live round and one catching-up round at a time, each begun when there is
something to do and ended when there is not. A round reads events and their content once, asks about
rights after that, and hands the same frames to everybody: it never awaits a socket.
"""

import asyncio
import functools
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from realtime.batch import Batch
from realtime.connection import Subscription
from realtime.ending import end
from realtime.events import Event
from realtime.failures import brief
from realtime.frames import Parcel, WhyResync, resync
from realtime.hub import Hub, Stream
from realtime.limits import Limits
from realtime.log_reader import LogReader
from realtime.questions import Presented, Questions
from realtime.rights import Rights

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Round:
    """What one reading found. `reached` was the stream's position before it, `version` that of its
    audience after it."""

    generation: int
    reached: int
    parcels: Sequence[Parcel]
    version: int


class Delivery:
    """Hands out what the log holds, in order, to whoever may hear it at that moment."""

    def __init__(self, hub: Hub, log: LogReader, rights: Rights, questions: Questions, limits: Limits) -> None:
        self._hub = hub
        self._log = log
        self._rights = rights
        self._questions = questions
        self._limits = limits
        self._turns = asyncio.Semaphore(limits.rounds_at_once)
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped = False
        self.handed_out = 0
        """Live events so far, each counted for every socket that it was for."""

    def wake(self, name: str, seq: int) -> None:
        """The stream may have reached `seq`. A hint only: the database decides what there is."""
        stream = self._hub.streams.get(name)
        if stream is not None and (seq > stream.position or not stream.subscriptions):
            stream.woken = True
            self.begin_live(stream)

    def begin_live(self, stream: Stream) -> None:
        """Hand out what is new in the stream, where anything is and nobody does so yet."""
        if stream.woken and stream.subscriptions and stream.pump is None and not self._stopped:
            stream.pump = self._begin(self._go_live(stream))

    def begin_catching_up(self, subscription: Subscription) -> None:
        """Send this listener what it lacks, then let it hear live."""
        stream = self._hub.streams.get(subscription.stream)
        if stream is None or not subscription.active:
            return
        self._join(stream, subscription)
        if stream.joins is None and not self._stopped:
            stream.joins = self._begin(self._go_catch_up(stream))

    async def stop(self) -> None:
        """End all rounds."""
        self._stopped = True
        await end(self._tasks)

    def start_afresh(self, stream: Stream, head: int, why: WhyResync) -> None:
        """The numbers do not continue what was handed out: everybody loads afresh and goes on from `head`."""
        stream.generation += 1
        stream.position = head
        stream.woken = False
        stream.joining = ()
        for subscription in list(stream.subscriptions.values()):
            self._resync(subscription, head, why)

    def _resync(self, subscription: Subscription, head: int, why: WhyResync) -> None:
        subscription.sent = head
        subscription.live = True
        subscription.connection.send(resync(subscription.stream, why, head))

    def _begin(self, rounds: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(rounds)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _read(self, stream: Stream, after: int) -> Round:
        generation, reached = stream.generation, stream.position
        events = await self._log.events(stream.name, after, self._limits.events_a_part)
        parcels = await self.prepare(stream.name, events) if events else []
        version = await self._rights.check(stream) if events else 0
        return Round(generation, reached, parcels, version)

    async def _persist(self, stream: Stream, read: Callable[[], Awaitable[Round]]) -> Round | None:
        """Read; where the database fails wait a little and try again, until nobody listens any more."""
        delay = self._limits.retry_seconds
        while stream.subscriptions:
            try:
                async with self._turns, asyncio.timeout(self._limits.round_seconds):
                    return await read()
            except Exception as error:
                _log.warning("%s cannot be read for now: %s", stream.name, brief(error))
            await asyncio.sleep(delay * random.uniform(0.5, 1.0))  # noqa: S311 - spreads load, hides nothing
            delay = min(delay * 2, self._limits.longest_retry_seconds)
        return None

    async def _go_live(self, stream: Stream) -> None:
        try:
            while stream.woken and stream.subscriptions:
                stream.woken = False
                found = await self._persist(stream, lambda: self._read(stream, stream.position))
                if found is not None and found.parcels:
                    await self._hand_out(stream, found)
        finally:
            stream.pump = None

    async def _hand_out(self, stream: Stream, found: Round) -> None:
        if found.generation != stream.generation:
            stream.woken = True
            return
        last = found.parcels[-1].seq
        if found.parcels[0].seq != found.reached + 1:
            self.start_afresh(stream, last, "expired")
            stream.woken = True
            return
        # Before the walk, with nothing awaited between: whoever ends its catching up during the
        # walk must have come to this number by itself.
        stream.position = last
        stream.woken = stream.woken or len(found.parcels) == self._limits.events_a_part
        self.handed_out += len(found.parcels) * len(stream.subscriptions)
        for subscription in await self._hub.walk(stream, found.parcels, found.version):
            self.begin_catching_up(subscription)

    async def _go_catch_up(self, stream: Stream) -> None:
        try:
            while stream.joining:
                group = self._ready(stream)
                if group:
                    after = min(each.sent for each in group)
                    found = await self._persist(stream, functools.partial(self._read, stream, after))
                    if found is not None:
                        await self._hand_over(stream, group, found)
        finally:
            stream.joins = None

    def _ready(self, stream: Stream) -> list[Subscription]:
        """Those who have room for the next part; the others come back when they have."""
        waiting, stream.joining = stream.joining, ()
        group: list[Subscription] = []
        for subscription in waiting:
            if not subscription.active or subscription.live:
                continue
            if subscription.connection.has_room:
                group.append(subscription)
            else:
                subscription.connection.when_room(functools.partial(self.begin_catching_up, subscription))
        return group

    async def _hand_over(self, stream: Stream, group: Sequence[Subscription], found: Round) -> None:
        """The next part for those who catch up; whoever has come to the position goes live in that step."""
        first = found.parcels[0].seq if found.parcels else found.reached + 1
        batch = Batch(found.parcels)
        for index, subscription in enumerate(group):
            if index and index % self._limits.connections_a_slice == 0:
                await asyncio.sleep(0)
            if not subscription.active or subscription.live:
                continue
            if found.generation == stream.generation and subscription.sent + 1 < first:
                self._resync(subscription, stream.position, "expired")
                continue
            if found.generation == stream.generation and subscription.checked >= found.version:
                went = self._catch_up(subscription, batch)
                subscription.live = went and subscription.sent >= stream.position
            if not subscription.live:
                self._join(stream, subscription)

    def _join(self, stream: Stream, subscription: Subscription) -> None:
        if not stream.joining:
            stream.joining = []
        stream.joining.append(subscription)

    def _catch_up(self, subscription: Subscription, batch: Batch) -> bool:
        try:
            return subscription.catch_up(batch)
        except Exception as error:
            # An error ends one connection at most.
            _log.error("connection %s failed: %s", subscription.connection.id, brief(error))
            subscription.connection.close(1011, "error")
            return True

    async def prepare(self, stream: str, events: Sequence[Event]) -> list[Parcel]:
        """The events with their content as it stands now. Rights must be asked after this, not before."""
        try:
            return self._parcels(events, await self._questions.present(stream, events))
        except Exception as error:
            _log.warning("events of %s cannot be shown together: %s", stream, brief(error))
        return [await self._prepare_alone(event) for event in events]

    async def _prepare_alone(self, event: Event) -> Parcel:
        """One event by itself; where its content cannot be shown the client is told to fetch it."""
        try:
            return self._parcels([event], await self._questions.present(event.stream, [event]))[0]
        except Exception as error:
            _log.error("event %s of %s cannot be shown: %s", event.seq, event.stream, brief(error))
            return Parcel(event, None, self._limits.frame_bytes_out)

    def _parcels(self, events: Sequence[Event], presented: Sequence[Presented]) -> list[Parcel]:
        parcels = [
            Parcel(event, shown, self._limits.frame_bytes_out) for event, shown in zip(events, presented, strict=True)
        ]
        for parcel in parcels:
            parcel.build()
        return parcels
