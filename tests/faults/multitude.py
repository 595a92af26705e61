"""Thousands of people at their sockets in one process: plain TCP, no task and no library's object for any of them.

They keep the client's rules of the contract (P4, P5, P6) and its times of reconnecting. What they hear is counted and
not kept: the recorder's readers see everything, and these are many.
"""

import asyncio
import base64
import json
import random
import secrets
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from auth.tokens import PREFIX
from tests.faults.waiting import until

LONGEST_WAIT = 30.0
STEADY_SECONDS = 60.0
WELCOME_SECONDS = 20.0
FETCH_AGAIN_SECONDS = 2.0
_EVENT = b'{"type":"event","stream":"'
_SEQ = b'","seq":'


class Link(asyncio.Protocol):
    """One socket, from its upgrade request to its end."""

    __slots__ = ("_held", "_is_open", "_member", "_port", "code", "transport")

    def __init__(self, member: "Member", port: int) -> None:
        """`port` is the server's own, also where the way leads through a proxy."""
        self._member = member
        self._port = port
        self._held = b""
        self._is_open = False
        self.code = 1006
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        transport.write(
            f"GET /live HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Protocol: confer.v1\r\n"
            f"{self._credential()}\r\n\r\n".encode()
        )

    def _credential(self) -> str:
        token = self._member.token
        if token.startswith(PREFIX):
            return f"Authorization: Bearer {token}"
        return f"Cookie: confer={token}\r\nOrigin: http://127.0.0.1:{self._port}"

    def say(self, **frame: Any) -> None:
        """One text frame. Its mask is zero, which the protocol allows and costs nothing."""
        if self.transport is None or self.transport.is_closing():
            return
        body = json.dumps(frame).encode()
        size = bytes([0x80 | len(body)]) if len(body) < 126 else b"\xfe" + len(body).to_bytes(2, "big")
        self.transport.write(b"\x81" + size + bytes(4) + body)

    def data_received(self, data: bytes) -> None:
        """Take frames apart; what is not whole yet is kept."""
        data = self._held + data if self._held else data
        at = 0
        if not self._is_open:
            at = data.find(b"\r\n\r\n") + 4
            if at < 4:
                self._held = data
                return
            self._open(data[:at])
        size = len(data)
        while size - at >= 2:
            begin, length = at + 2, data[at + 1] & 127
            if length > 125:
                begin += 2 if length == 126 else 8
                length = int.from_bytes(data[at + 2 : begin], "big")
            if size < begin or size < begin + length:
                break
            self._take(data[at] & 15, data, begin, begin + length)
            at = begin + length
        self._held = data[at:]

    def _open(self, head: bytes) -> None:
        if head.split(b" ", 2)[1] != b"101":
            self.code = int(head.split(b" ", 2)[1])
            self.abort()
            return
        self._is_open = True
        self._member.greet(self)

    def _take(self, opcode: int, data: bytes, begin: int, end: int) -> None:
        if opcode == 8:
            self.code = int.from_bytes(data[begin : begin + 2], "big") or 1005
            self.abort()
        elif data.startswith(_EVENT, begin):
            name_at = begin + len(_EVENT)
            name_end = data.index(b'"', name_at)
            number_at = name_end + len(_SEQ)
            seq = int(data[number_at : data.index(b",", number_at)])
            self._member.hear_event(data[name_at:name_end].decode(), seq, data, begin, end)
        else:
            self._member.hear(json.loads(data[begin:end]))

    def abort(self) -> None:
        """End it without a goodbye."""
        if self.transport is not None:
            self.transport.abort()

    def connection_lost(self, _: Exception | None) -> None:
        """The member comes back by themselves."""
        self._member.lost(self)


class Member:
    """Somebody at their socket: how far they have come in each stream."""

    __slots__ = (
        "_all",
        "_asked",
        "_began",
        "_tries",
        "_waits",
        "held",
        "is_away",
        "is_live",
        "last",
        "link",
        "link_code",
        "resyncs",
        "token",
    )

    def __init__(self, token: str, others: "Multitude") -> None:
        """`token`: a token of the API, or the secret of a session as a browser has it."""
        self.token = token
        self.last: dict[str, int] = {}
        self.held: dict[str, set[int]] = {}
        self.is_away = False
        self.is_live = False
        self.link: Link | None = None
        self.link_code = 0
        """How the last link ended."""
        self.resyncs: list[str] = []
        self._all = others
        self._asked: dict[str, tuple[int, float]] = {}
        self._tries = 0
        self._began = 0.0
        self._waits: asyncio.TimerHandle | None = None

    # -- The link ------------------------------------------------------------------------------

    def come(self, wait: float) -> None:
        """Connect after so many seconds."""
        loop = asyncio.get_running_loop()
        self._waits = loop.call_later(wait, lambda: self._all.begin(self._connect()))

    async def _connect(self) -> None:
        port = self._all.choose_port()
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(WELCOME_SECONDS):
                _, self.link = await loop.create_connection(
                    lambda: Link(self, port), "127.0.0.1", self._all.detours.get(port, port)
                )
        except (OSError, TimeoutError):
            self._come_again()
            return
        self._waits = loop.call_later(WELCOME_SECONDS, self._give_up, self.link)

    def _give_up(self, link: Link) -> None:
        if self.link is link and not self.is_live:
            self._all.codes["no welcome"] += 1
            link.abort()

    def _come_again(self) -> None:
        wait = random.uniform(0, min(LONGEST_WAIT, 2.0**self._tries))
        self._tries += 1
        self.come(wait)

    def greet(self, link: Link) -> None:
        """Say hello, with how far they have come."""
        resume = {stream: [self._all.epoch, seq] for stream, seq in self.last.items()}
        link.say(type="hello", v=1, client="multitude", resume=resume)

    def lost(self, link: Link) -> None:
        """The link has ended: come back, unless told to stay away."""
        if self.link is not link and self.link is not None:
            return
        was_live, self.is_live, self.link = self.is_live, False, None
        self._all.codes[link.code] += 1
        self.link_code = link.code
        if was_live and time.monotonic() - self._began > STEADY_SECONDS:
            self._tries = 0
        if not self._all.is_over and not self.is_away and not 4400 <= link.code < 4500:
            self._come_again()

    def leave(self) -> None:
        """End the link; the multitude's `is_over` says whether they come back."""
        if self._waits is not None:
            self._waits.cancel()
        if self.link is not None:
            self.link.abort()

    def rest(self, is_away: bool) -> None:
        """Stay away, or come back."""
        self.is_away = is_away
        self.leave()
        if not is_away and self.link is None:
            self.come(0)

    def take_nothing(self) -> None:
        """Read no more from the socket, whose buffer is small."""
        if self.link is not None and self.link.transport is not None:
            self._room(16 * 1024)
            self.link.transport.pause_reading()

    def take_again(self) -> None:
        """Read on."""
        if self.link is not None and self.link.transport is not None:
            self._room(1024 * 1024)
            self.link.transport.resume_reading()

    def _room(self, size: int) -> None:
        if self.link is not None and self.link.transport is not None:
            self.link.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)

    # -- Frames --------------------------------------------------------------------------------

    def hear_event(self, stream: str, seq: int, data: bytes, begin: int, end: int) -> None:
        """One event: applied, dropped as known, or held until what lacks has come."""
        last = self.last.get(stream)
        if last is None:
            return
        if seq == last + 1:
            self.last[stream] = seq
            self._all.tell(self, stream, seq, data, begin, end)
            if self.held.get(stream):
                self._go_on(stream)
        elif seq > last:
            self._all.tell(self, stream, seq, data, begin, end)
            self.held.setdefault(stream, set()).add(seq)
            self._fetch(stream)
        else:
            self._all.repeated += 1

    def _go_on(self, stream: str) -> None:
        held = self.held[stream]
        while self.last[stream] + 1 in held:
            self.last[stream] += 1
        held -= {seq for seq in held if seq <= self.last[stream]}
        if held:
            self._fetch(stream)

    def _fetch(self, stream: str) -> None:
        after, now = self.last[stream], time.monotonic()
        before = self._asked.get(stream, (-1, 0.0))
        if self.link is not None and (before[0] != after or now - before[1] > FETCH_AGAIN_SECONDS):
            self._asked[stream] = (after, now)
            self.link.say(type="fetch", id=after, stream=stream, after=after)

    def hear(self, frame: dict[str, Any]) -> None:
        """Every other frame."""
        match frame["type"]:
            case "welcome":
                self._welcome(frame)
            case "subscribed":
                self.last.setdefault(frame["stream"], frame["head"])
            case "unsubscribed":
                self.last.pop(frame["stream"], None)
            case "resync":
                self.resyncs.append(frame["why"])
                self.last[frame["stream"]] = frame["head"]
            case "ping" if self.link is not None:
                self.link.say(type="pong", n=frame["n"])
                for stream, head in frame["heads"].items():
                    if self.last.get(stream, head) < head:
                        self._fetch(stream)
            case "range":
                self._take_range(frame)
            case "bye":
                self._tries = 0

    def _welcome(self, frame: dict[str, Any]) -> None:
        self.is_live, self._began = True, time.monotonic()
        self._asked.clear()
        self._all.epoch = self._all.epoch or frame["epoch"]
        for stream, head in frame["streams"].items():
            self.last.setdefault(stream, head)

    def _take_range(self, frame: dict[str, Any]) -> None:
        stream = frame["stream"]
        for event in frame["events"]:
            if self.last.get(stream, event["seq"]) + 1 == event["seq"]:
                self.last[stream] = event["seq"]
                self._all.fetched += 1
                self._all.on_event(self, stream, event["seq"])
        if self.held.get(stream):
            self._go_on(stream)
        elif frame["more"]:
            self._fetch(stream)


class Multitude:
    """Many members, on the servers at `ports`, which may come and go."""

    def __init__(self, tokens: Iterable[str], ports: Sequence[int]) -> None:
        self.members = [Member(token, self) for token in tokens]
        self.detours: dict[int, int] = {}
        """The port of a proxy for the port of a server."""
        self.ports = list(ports)
        self.epoch = ""
        self.codes: Counter[int | str] = Counter()
        """How links ended: close codes of sockets, or the HTTP status of a refusal."""
        self.repeated = 0
        """Events that came a second time, and were dropped."""
        self.fetched = 0
        """Events that were asked for, and came in a range."""
        self.on_event: Callable[[Member, str, int], None] = lambda *_: None
        self.seen: dict[tuple[str, int], str] = {}
        """The id that each event told when the first of them heard it."""
        self.is_over = False
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, work: Any) -> None:
        """Do this beside everything else."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def choose_port(self) -> int:
        """Where somebody knocks: any server that is there, as behind a proxy."""
        return random.choice(self.ports)

    def tell(self, member: Member, stream: str, seq: int, data: bytes, begin: int, end: int) -> None:
        """An event has come for the first time to this member."""
        if (stream, seq) not in self.seen:
            shown = json.loads(data[begin:end])["object"] or {}
            self.seen[stream, seq] = str(shown.get("id", ""))
        self.on_event(member, stream, seq)

    @property
    def live(self) -> int:
        """How many are welcomed now."""
        return sum(member.is_live for member in self.members)

    async def gather(self, seconds: float, over: float = 0.0) -> float:
        """All come within `over` seconds, and are welcomed within `seconds`; how long the last one took."""
        began = time.monotonic()
        for member in self.members:
            member.come(random.uniform(0, over))
        assert await self.all_live(seconds), f"{self.live} of {len(self.members)} were welcomed; {self.codes}"
        return time.monotonic() - began

    async def all_live(self, seconds: float, part: float = 1.0) -> bool:
        """Whether such a part of all is welcomed within so many seconds."""
        return await until(lambda: self.live >= part * len(self.members), seconds, every=0.02)

    async def all_at(self, heads: dict[str, int], seconds: float) -> bool:
        """Whether everybody comes to these heads, in those streams that they hear."""
        wanted = {stream: head for stream, head in heads.items() if head}

        def is_there() -> bool:
            return all(
                member.last[stream] >= head
                for member in self.members
                if member.is_live or not 4400 <= member.link_code < 4500  # who was told to stop hears no more
                for stream, head in wanted.items()
                if stream in member.last
            )

        return await until(is_there, seconds, every=0.1)

    async def go_home(self) -> None:
        """End every link."""
        self.is_over = True
        for member in self.members:
            member.leave()
        await until(lambda: not any(member.link for member in self.members), 5)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
