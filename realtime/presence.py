"""Who reads a thread now, and who writes in it. Best effort, never stored.

Every gateway tells the others, by ids only, whom it has in a thread; what they said is forgotten when
they do not renew it. Changes are gathered: a thread costs one question and one frame a second at
most, however many people come and go.
"""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from realtime.brokers import Ear, Note
from realtime.brokers.ear import NOTE_LENGTH
from realtime.connection import Connection
from realtime.failures import brief
from realtime.frames import presence
from realtime.hub import Hub
from realtime.limits import Limits
from realtime.questions import Questions
from realtime.rights import Rights

_log = logging.getLogger(__name__)

_TOPIC = "presence:"
_ACCOUNTS_A_NOTE = 60
_GATEWAYS_A_THREAD = 100
_ID_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Said:
    """What one gateway says of a thread: accounts that read it, how many more do, and who types."""

    gateway: str
    accounts: tuple[str, ...]
    more: int
    typing: tuple[str, ...]
    asks: bool

    def note(self, thread: str) -> Note:
        """As it goes to the others."""
        value = {"g": self.gateway, "a": self.accounts, "n": self.more, "t": self.typing, "q": self.asks}
        return Note(_TOPIC + thread, json.dumps(value, separators=(",", ":")))


def parse_said(text: str) -> Said | None:
    """What a note says, or None where it is none of ours."""
    try:
        value = json.loads(text) if len(text) <= NOTE_LENGTH else None
    except (ValueError, RecursionError):
        return None
    match value:
        case {
            "g": str() as gateway,
            "a": list() as accounts,
            "n": int() as more,
            "t": list() as typing,
            "q": bool(asks),
        }:
            ids: list[Any] = [gateway, *accounts, *typing]
            short = all(isinstance(each, str) and 0 < len(each) <= _ID_LENGTH for each in ids)
            if short and len(ids) <= 2 * _ACCOUNTS_A_NOTE + 1 and 0 <= more <= 1_000_000:
                return Said(gateway, tuple(accounts), more, tuple(typing), asks)
    return None


@dataclass(slots=True)
class _Room:
    """A thread that somebody here has on the screen."""

    thread: str
    stream: str
    viewers: dict[Connection, None] = field(default_factory=dict)
    typing: dict[str, float] = field(default_factory=dict)
    others: dict[str, tuple[Said, float]] = field(default_factory=dict)
    to_show: bool = True
    to_tell: bool = True
    told_at: float = 0.0
    asks: bool = True


class Presence:
    """Keeps the threads that are looked at here, and tells viewers and the other gateways of changes."""

    def __init__(
        self,
        gateway_id: str,
        ear: Ear,
        tell: Callable[[Note], Awaitable[None]],
        hub: Hub,
        rights: Rights,
        questions: Questions,
        limits: Limits,
    ) -> None:
        self._gateway_id = gateway_id
        self._ear = ear
        self._tell = tell
        self._hub = hub
        self._rights = rights
        self._questions = questions
        self._limits = limits
        self._rooms: dict[str, _Room] = {}
        self._emptied: set[str] = set()

    def enter(self, connection: Connection, thread: str, stream: str) -> None:
        """This connection has the thread on the screen now, and no other."""
        self.leave(connection)
        connection.view, connection.view_stream = thread, stream
        room = self._rooms.get(thread)
        if room is None:
            room = self._rooms[thread] = _Room(thread, stream)
            self._ear.follow(_TOPIC + thread)
            self._emptied.discard(thread)
        room.stream = stream
        room.viewers[connection] = None
        room.to_show = room.to_tell = True

    def leave(self, connection: Connection) -> None:
        """This connection has no thread on the screen."""
        thread = connection.view
        connection.view = connection.view_stream = None
        if thread is not None:
            self._go_out(connection, thread)

    def _go_out(self, connection: Connection, thread: str) -> None:
        room = self._rooms.get(thread)
        if room is None or connection not in room.viewers:
            return
        del room.viewers[connection]
        if connection.account and connection.account not in self._accounts(room):
            room.typing.pop(connection.account, None)
        room.to_show = room.to_tell = True
        if not room.viewers:
            del self._rooms[thread]
            self._ear.unfollow(_TOPIC + thread)
            self._emptied.add(thread)

    def type(self, connection: Connection, thread: str) -> None:
        """This person writes in the thread that it looks at; counts for members only."""
        room = self._rooms.get(thread)
        if room is None or connection.view != thread or connection.account is None or room.stream not in connection.own:
            return
        if connection.account not in room.typing:
            room.to_show = room.to_tell = True
        room.typing[connection.account] = time.monotonic() + self._limits.typing_seconds

    def hear(self, note: Note) -> None:
        """Another gateway has spoken; whatever is not well formed is ignored."""
        room = self._rooms.get(note.topic.removeprefix(_TOPIC))
        said = parse_said(note.text)
        if room is None or said is None or said.gateway == self._gateway_id:
            return
        known = room.others.get(said.gateway)
        if known is None and len(room.others) >= _GATEWAYS_A_THREAD:
            return
        if known is None or known[0] != said:
            room.to_show = True
        room.to_tell = room.to_tell or said.asks
        room.others[said.gateway] = (said, time.monotonic() + self._limits.presence_forgotten_seconds)

    async def run(self) -> None:
        """Tell and show what has changed, once in every `presence_seconds`, for ever."""
        while True:
            await asyncio.sleep(self._limits.presence_seconds)
            emptied, self._emptied = self._emptied, set()
            for thread in emptied:
                await self._tell(Said(self._gateway_id, (), 0, (), False).note(thread))
            for room in list(self._rooms.values()):
                try:
                    await self._turn(room)
                except Exception as error:
                    _log.info("presence is not shown: %s", brief(error))
                    room.to_show = True

    async def _turn(self, room: _Room) -> None:
        now = time.monotonic()
        self._forget(room, now)
        if room.to_tell or now - room.told_at > self._limits.presence_renewed_seconds:
            room.to_tell, room.told_at = False, now
            await self._tell(self._say(room).note(room.thread))
            room.asks = False
        if room.to_show:
            room.to_show = False
            async with asyncio.timeout(self._limits.read_seconds):
                await self._show(room)

    def _forget(self, room: _Room, now: float) -> None:
        for account in [account for account, until in room.typing.items() if until <= now]:
            del room.typing[account]
            room.to_show = room.to_tell = True
        for gateway in [gateway for gateway, (_, until) in room.others.items() if until <= now]:
            del room.others[gateway]
            room.to_show = True
        for connection in [each for each in room.viewers if each.view != room.thread]:
            self._go_out(connection, room.thread)  # its right to see the thread has ended

    def _accounts(self, room: _Room) -> list[str]:
        return list(dict.fromkeys(each.account for each in room.viewers if each.account))

    def _say(self, room: _Room) -> Said:
        accounts = self._accounts(room)
        guests = sum(1 for each in room.viewers if each.account is None)
        named = tuple(accounts[:_ACCOUNTS_A_NOTE])
        typing = tuple(list(room.typing)[: self._limits.names_shown])
        return Said(self._gateway_id, named, guests + len(accounts) - len(named), typing, room.asks)

    async def _show(self, room: _Room) -> None:
        here = self._say(room)
        all_said = [here, *(said for said, _ in room.others.values())]
        accounts = list(dict.fromkeys([account for said in all_said for account in said.accounts]))
        typing = list(dict.fromkeys([account for said in all_said for account in said.typing]))
        viewing = len(accounts) + sum(said.more for said in all_said)
        most = self._limits.names_shown
        shown = list(dict.fromkeys(accounts[:most] + typing[:most]))
        # A note may be late or forged: nobody is named who may not hear the stream now.
        hearing = await self._questions.audience(room.stream, shown) if shown else set()
        names = await self._questions.name_of([account for account in shown if account in hearing])
        stream = self._hub.streams.get(room.stream)
        if stream is None:
            return
        version = await self._rights.check(stream)
        called = [names[account] for account in accounts[:most] if account in names]
        writing = [names[account] for account in typing[:most] if account in names]
        for_members = presence(room.thread, viewing, called, writing)
        for_others = presence(room.thread, viewing, None, [])
        for connection in list(room.viewers):
            subscription = stream.subscriptions.get(connection)
            if subscription is not None and subscription.checked >= version and connection.view == room.thread:
                connection.offer_lightly(for_members if room.stream in connection.own else for_others)
