"""The broker of many processes: one pub/sub connection in, one ordinary connection out.

Redis may be away at any time. Nobody waits for it: what is to be sent is put down, coalesced to
the newest number of each stream, and a task sends it. A pub/sub connection can die without a word,
so it is pinged itself; after each new connection the listeners are told that they missed something.
Whatever else arrives on our channels (garbage, other programs, huge messages) is ignored.
"""

import asyncio
import contextlib
import json
import logging
import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.connection import Connection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from realtime.brokers.ear import NOTE_LENGTH, Ear, Note, Wakeup
from realtime.ending import end
from realtime.failures import brief

_log = logging.getLogger(__name__)

_MESSAGE_LIMIT = 32_768
_NAME_LIMIT = 200
_WAKEUPS_A_MESSAGE = 200
_UNSENT_LIMIT = 20_000
_HIGHEST_SEQ = 2**62


@dataclass(frozen=True, slots=True)
class RedisTimes:
    """How patient the broker is, in seconds; made shorter by tests."""

    ping: float = 5.0
    answer: float = 2.0
    first_retry: float = 0.1
    longest_retry: float = 2.0


class RedisBroker:
    """Carries wake-ups and notes between processes through Redis pub/sub."""

    def __init__(self, url: str, *, prefix: str = "confer", times: RedisTimes | None = None) -> None:
        self._times = times or RedisTimes()
        self._prefix = prefix
        self._wake_channel = f"{prefix}:wake"
        self._note_channel = f"{prefix}:note"
        # No retries inside the library: a connection that it mends by itself would hide from us
        # that messages were lost.
        self._redis = Redis.from_url(
            url,
            retry=Retry(NoBackoff(), 0),
            socket_timeout=self._times.answer,
            socket_connect_timeout=self._times.answer,
        )
        # What is sent for every post has a connection of its own: the client's way through its pool costs twice as
        # much, and a limit of the library on each step would cost a task each.
        pool = Redis.from_url(url, socket_connect_timeout=self._times.answer).connection_pool
        self._mouth: Connection = pool.make_connection()  # type: ignore[no-untyped-call]
        self._ears: set[Ear] = set()
        self._unsent: dict[str, int] = {}
        self._unsent_notes: deque[Note] = deque(maxlen=1000)
        self._to_send = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._hearing = False
        self._speaking = True

    @property
    def healthy(self) -> bool:
        """Whether the pub/sub connection answers and the last message could be sent."""
        return self._hearing and self._speaking

    async def start(self) -> None:
        """Begin to send and to hear, now or as soon as Redis can be reached."""
        self._tasks = [asyncio.create_task(self._send_for_ever()), asyncio.create_task(self._hear_for_ever())]

    async def stop(self) -> None:
        """End, and close both connections; what was published just now is still sent."""
        await end(self._tasks)  # first, for one alone may speak
        self._tasks = []
        if self._speaking and (self._unsent or self._unsent_notes):
            with contextlib.suppress(Exception):
                await self._send_all()
        self._hearing = False
        await self._mouth.disconnect()
        await self._redis.aclose()

    async def publish(self, wakeups: Sequence[Wakeup]) -> None:
        """Hand the wake-ups to the listeners of this process, and put them down to be sent to the others."""
        for ear in self._ears:
            for wakeup in wakeups:
                ear.wake(wakeup)
        for wakeup in wakeups:
            self._unsent[wakeup.stream] = max(wakeup.seq, self._unsent.get(wakeup.stream, 0))
        if len(self._unsent) > _UNSENT_LIMIT:
            self._unsent.clear()  # Redis has been away for long: the head checks find all of it
        self._to_send.set()

    async def tell(self, note: Note) -> None:
        """Hand the note to the listeners of this process, and put it down to be sent to the others."""
        for ear in self._ears:
            ear.tell(note)
        self._unsent_notes.append(note)
        self._to_send.set()

    async def remember(self, name: str, text: str) -> None:
        """Keep a text under a key of its own. Raises what the library raises where Redis is away."""
        await self._redis.set(f"{self._prefix}:{name}", text)

    async def recall(self, name: str) -> bytes | None:
        """The text that was kept last; None where there is none, or Redis is away."""
        try:
            found = await self._redis.get(f"{self._prefix}:{name}")
        except Exception as error:
            _log.warning("Redis does not answer; Confer goes on without it. Is REDIS_URL right? (%s)", brief(error))
            return None
        return found if isinstance(found, bytes) else None

    def listen(self) -> Ear:
        """A new listener; close it after use."""
        ear = Ear(self._ears.discard)
        self._ears.add(ear)
        return ear

    async def _send_for_ever(self) -> None:
        delay = self._times.first_retry
        while True:
            await self._to_send.wait()
            self._to_send.clear()
            try:
                await self._send_all()
                self._speaking, delay = True, self._times.first_retry
            except Exception as error:
                if self._speaking:
                    _log.warning("Redis takes no messages: %s", brief(error))
                self._speaking = False
                self._unsent_notes.clear()  # presence is worth nothing when it is late
                self._to_send.set()
                await asyncio.sleep(delay * random.uniform(0.5, 1.0))  # noqa: S311 - spreads load, hides nothing
                delay = min(delay * 2, self._times.longest_retry)

    async def _send_all(self) -> None:
        wakeups, notes = dict(self._unsent), list(self._unsent_notes)
        self._unsent_notes.clear()
        lines = [f"{stream} {seq}" for stream, seq in wakeups.items()]
        commands = [
            ("PUBLISH", self._wake_channel, "\n".join(lines[start : start + _WAKEUPS_A_MESSAGE]))
            for start in range(0, len(lines), _WAKEUPS_A_MESSAGE)
        ]
        commands += [("PUBLISH", self._note_channel, json.dumps([note.topic, note.text])) for note in notes]
        await self._say(commands)
        for stream, seq in wakeups.items():
            if self._unsent.get(stream) == seq:
                del self._unsent[stream]

    async def _say(self, commands: Sequence[tuple[str, str, str]]) -> None:
        """Send all of it at once, and wait until Redis has taken it; the connection ends where it has not."""
        try:
            async with asyncio.timeout(self._times.answer):
                await self._mouth.send_packed_command(self._mouth.pack_commands(commands))
                for _ in commands:
                    await self._mouth.read_response()
        except BaseException:
            await self._mouth.disconnect(nowait=True)
            raise

    async def _hear_for_ever(self) -> None:
        delay = self._times.first_retry
        while True:
            try:
                async with self._redis.pubsub() as pubsub:
                    await pubsub.subscribe(self._wake_channel, self._note_channel)
                    await self._hear(pubsub)
            except Exception as error:
                if self._hearing:
                    _log.warning("lost the connection to Redis: %s", brief(error))
                    delay = self._times.first_retry
            self._hearing = False
            await asyncio.sleep(delay * random.uniform(0.5, 1.0))  # noqa: S311 - spreads load, hides nothing
            delay = min(delay * 2, self._times.longest_retry)

    async def _hear(self, pubsub: PubSub) -> None:
        """Take messages until the connection ends or does not answer a ping."""
        while True:
            message = await pubsub.get_message(timeout=self._times.ping)
            if message is None:
                await pubsub.ping()
                message = await pubsub.get_message(timeout=self._times.answer)
                if message is None:
                    raise TimeoutError("Redis does not answer")
            kind, data = message["type"], message["data"]
            if kind == "subscribe":
                self._hearing = True
                self._to_send.set()
                for ear in self._ears:
                    ear.reconnected()
            elif kind == "message" and isinstance(data, bytes) and len(data) <= _MESSAGE_LIMIT:
                self._hand_over(message["channel"], data)

    def _hand_over(self, channel: bytes, data: bytes) -> None:
        if channel == self._wake_channel.encode():
            for wakeup in parse_wakeups(data):
                for ear in self._ears:
                    ear.wake(wakeup)
        elif (note := parse_note(data)) is not None:
            for ear in self._ears:
                ear.tell(note)


def parse_wakeups(data: bytes) -> list[Wakeup]:
    """The wake-ups of one message; lines that are none are left out."""
    found = []
    for line in data.decode("ascii", "replace").split("\n"):
        stream, _, number = line.rpartition(" ")
        if stream and len(stream) <= _NAME_LIMIT and number.isdecimal() and len(number) <= 19:
            seq = int(number)
            if seq <= _HIGHEST_SEQ:
                found.append(Wakeup(stream, seq))
    return found


def parse_note(data: bytes) -> Note | None:
    """The note in one message, or None where it is not of ours."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return None
    match value:
        case [str() as topic, str() as text] if len(topic) <= _NAME_LIMIT and len(text) <= NOTE_LENGTH:
            return Note(topic, text)
    return None
