"""What one client says, and what is done about it: each frame in turn, within its limits."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from realtime.connection import Connection
from realtime.delivery import Delivery
from realtime.events import Event
from realtime.failures import brief
from realtime.frames import Parcel, WhyResync, error, range_of, resync
from realtime.hub import Hub
from realtime.limits import Limits
from realtime.log_reader import LogReader
from realtime.presence import Presence
from realtime.protocol import (
    BadFrame,
    Fetch,
    Frame,
    Hello,
    OtherVersion,
    Pong,
    Subscribe,
    Typing,
    Unsubscribe,
    View,
    parse,
)
from realtime.questions import Questions, own_stream
from realtime.subscribing import NotFound, Subscribing, TooMany

_log = logging.getLogger(__name__)

_EVENTS_AT_ONCE = 25
_NOT_FOUND = "There is nothing here for you under this name."
_NOT_NOW = "This cannot be answered at the moment."


@dataclass(frozen=True, slots=True)
class Parts:
    """What a conversation leans on, the same for all of a gateway."""

    hub: Hub
    log: LogReader
    subscribing: Subscribing
    delivery: Delivery
    presence: Presence
    questions: Questions
    limits: Limits
    greet: Callable[[Connection, Hello], Awaitable[None]]
    """Lets a connection in and welcomes it."""


class Conversation:
    """The client's side of one connection: `read` each message, then `answer` what it gave, one after the other."""

    __slots__ = ("_allowance", "_bad", "_counted_at", "_over", "_parts", "_said_hello", "connection")

    def __init__(self, parts: Parts, connection: Connection) -> None:
        self._parts = parts
        self.connection = connection
        self._said_hello = False
        self._bad = 0
        self._over = 0
        self._allowance = float(parts.limits.frames_a_minute)
        self._counted_at = time.monotonic()

    def read(self, text: str | None) -> Frame | None:
        """What is to be answered of a message (None: one that is no text). Pongs and bad frames are dealt with here."""
        if self.connection.closing:
            return None
        frame = self._parse(text)
        if frame is None:
            return None
        if not self._said_hello:
            if isinstance(frame, Hello):
                self._said_hello = True
                return self._is_welcome(frame)
            self._complain(BadFrame("hello comes first"))
        elif isinstance(frame, Pong):
            self.connection.pong(frame.n)
        elif isinstance(frame, Hello):
            self._complain(BadFrame("hello was said"))
        else:
            return frame
        return None

    async def answer(self, frame: Frame) -> None:
        """Do what a frame asks for. To be awaited before the next is answered."""
        if isinstance(frame, Hello):
            await self._parts.greet(self.connection, frame)
            return
        await self._room()
        if not self.connection.closing:
            await self._answer(frame)

    def _is_welcome(self, hello: Hello) -> Hello | None:
        account = self.connection.account
        if account is None and not (hello.claims and hello.account is None):
            self.connection.close(4401, "session ended")
        elif account is not None and hello.account is not None and hello.account != account:
            self.connection.close(4401, "another person is signed in")
        else:
            return hello
        return None

    def _parse(self, text: str | None) -> Frame | None:
        """The frame; None where it was bad, too much or too many, which the client is told."""
        if not self._is_within_rate():
            return None
        limits = self._parts.limits
        most_bytes = limits.frame_bytes_in if self._said_hello else limits.hello_bytes_in
        try:
            if text is None:
                raise BadFrame("frames are text")
            if len(text) > most_bytes or len(text.encode()) > most_bytes:
                self.connection.close(1009, "too big")
                return None
            return parse(text, resume_limit=limits.streams_a_socket, fetch_limit=limits.fetch_events)
        except OtherVersion:
            self.connection.close(4412, "version too old")
        except BadFrame as bad:
            self._complain(bad)
        return None

    def _complain(self, bad: BadFrame) -> None:
        self._bad += 1
        self.connection.send(error(bad.id, "bad_frame", bad.detail))
        if self._bad >= self._parts.limits.bad_frames:
            self.connection.close(4400, "bad frames")

    def _is_within_rate(self) -> bool:
        now = time.monotonic()
        most = float(self._parts.limits.frames_a_minute)
        self._allowance = min(most, self._allowance + (now - self._counted_at) * most / 60)
        self._counted_at = now
        if self._allowance >= 1:
            self._allowance -= 1
            return True
        self._over += 1
        if self._over > self._parts.limits.frames_ignored:
            self.connection.close(4529, "too many frames")
        else:
            wait = round((1 - self._allowance) * 60_000 / most)
            self.connection.send(error(None, "rate", "Too many frames.", wait))
        return False

    async def _room(self) -> None:
        """Wait until the client has taken what it asked for before: so its questions cannot fill the memory."""
        if not self.connection.has_room:
            ready = asyncio.Event()
            self.connection.when_room(ready.set)
            await ready.wait()

    async def _answer(self, frame: Frame) -> None:
        request_id = getattr(frame, "id", None)
        try:
            async with asyncio.timeout(self._parts.limits.round_seconds):
                await self._do(frame)
        except NotFound:
            self.connection.send(error(request_id, "not_found", _NOT_FOUND))
        except TooMany:
            most = self._parts.limits.streams_a_socket
            self.connection.send(error(request_id, "rate", f"A socket listens to {most} streams at most."))
        except BadFrame as bad:
            self._complain(bad)
        except Exception as failure:
            _log.warning("%s cannot be answered: %s", type(frame).__name__, brief(failure))
            wait = round(self._parts.limits.longest_retry_seconds * 1000)
            self.connection.send(error(request_id, "rate", _NOT_NOW, wait))

    async def _do(self, frame: Frame) -> None:
        connection = self.connection
        match frame:
            case Subscribe():
                await self._parts.subscribing.subscribe(connection, frame)
            case Unsubscribe():
                self._unsubscribe(frame)
            case Fetch():
                await self._fetch(frame)
            case Typing():
                self._parts.presence.type(connection, frame.thread)
            case View(thread=None):
                self._parts.presence.leave(connection)
            case View(thread=str() as thread):
                stream = await self._parts.questions.viewable(connection.account, thread)
                if stream is None:
                    self._parts.presence.leave(connection)
                    raise NotFound(thread)
                if not connection.closing:
                    self._parts.presence.enter(connection, thread, stream)

    def _unsubscribe(self, frame: Unsubscribe) -> None:
        connection = self.connection
        if connection.account is not None and frame.stream == own_stream(connection.account):
            raise BadFrame("one's own stream is always heard", frame.id)
        subscription = connection.subscriptions.get(frame.stream)
        if subscription is not None:
            self._parts.hub.unsubscribe(subscription)

    async def _fetch(self, frame: Fetch) -> None:
        """Events of any stream that this person may hear; asked before they are read and after."""
        connection, name, log = self.connection, frame.stream, self._parts.log
        before = (await log.survey([name])).heads.get(name)
        allowed = await self._parts.questions.audience(name, {connection.account})
        if before is None or connection.account not in allowed:
            raise NotFound(name)
        events = await log.events(name, frame.after, frame.limit)
        parcels = await self._prepare(name, events)
        after = (await log.survey([name])).heads.get(name)
        if after is None:
            raise NotFound(name)
        if after.authz_version != before.authz_version:
            allowed = await self._parts.questions.audience(name, {connection.account})
            if connection.account not in allowed:
                raise NotFound(name)
        first = parcels[0].seq if parcels else before.seq + 1
        if frame.after > after.seq or frame.after + 1 < first:
            why: WhyResync = "ahead" if frame.after > after.seq else "expired"
            connection.send(resync(name, why, after.seq))
            parcels = []
        more = bool(parcels) and parcels[-1].seq < after.seq
        size = self._parts.limits.frame_bytes_out
        connection.send(range_of(frame.id, name, parcels, connection.view, more, size), is_event=True)

    async def _prepare(self, stream: str, events: Sequence[Event]) -> list[Parcel]:
        """As many of the events as one frame may hold, and a few more: none is read for nothing."""
        parcels: list[Parcel] = []
        size = 0
        for start in range(0, len(events), _EVENTS_AT_ONCE):
            part = await self._parts.delivery.prepare(stream, events[start : start + _EVENTS_AT_ONCE])
            parcels += part
            size += sum(len(parcel.item(self.connection.view)) for parcel in part)
            if size > self._parts.limits.frame_bytes_out:
                break
        return parcels
