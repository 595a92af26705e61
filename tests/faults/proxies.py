"""Bad ways between people and servers: slow and lossy links, black holes, half-open sockets, and pushes that go astray.

TCP hides loss from both ends: what they see of it is that nothing comes for the time of a retransmission, and then
all at once. So that is what a lossy link does here.
"""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.faults.waiting import until

_SEGMENT = 1460
_AT_ONCE = 64 * 1024
_EVENT = b'{"type":"event"'


@dataclass(slots=True)
class Way:
    """How a proxy treats what passes through it. May be changed at any time."""

    delay: float = 0.0
    """Seconds, one way."""
    loss: float = 0.0
    """Part of the segments that must be sent again."""
    retransmission: float = 0.0
    """Seconds that each of them costs, and all that follow it."""
    is_black: bool = False
    """Nothing passes in either direction while set; what was sent comes later."""
    astray: float = 0.0
    """Part of the events that are dropped, doubled or let past by the next frame."""
    seen: Counter[str] = field(default_factory=Counter)
    """What has been done, by its name."""


class Proxy:
    """Listens on a port of its own and passes everything on to the server."""

    def __init__(self, server_port: int, way: Way) -> None:
        self.way = way
        self.port = 0
        self._server_port = server_port
        self._server: asyncio.Server | None = None
        self._pairs: set[_Pair] = set()

    @classmethod
    async def start(cls, server_port: int, way: Way) -> "Proxy":
        """A running proxy; `stop` it at the end."""
        made = cls(server_port, way)
        made._server = await asyncio.start_server(made._serve, "127.0.0.1", 0, backlog=2048)
        made.port = made._server.sockets[0].getsockname()[1]
        return made

    async def stop(self) -> None:
        """Cut everything."""
        if self._server is not None:
            self._server.close()
        for pair in list(self._pairs):
            pair.cut()
        await until(lambda: not self._pairs, 5)

    @property
    def count(self) -> int:
        """How many connections there are."""
        return len(self._pairs)

    def deafen(self) -> int:
        """From now on nothing passes on these connections, which stay open at both ends for ever; how many they are."""
        for pair in self._pairs:
            pair.is_deaf = True
        return len(self._pairs)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        pair = _Pair(self.way)
        self._pairs.add(pair)
        try:
            await pair.run(reader, writer, self._server_port)
        finally:
            self._pairs.discard(pair)


class _Pair:
    """One connection through the proxy: a client's side and a server's side."""

    def __init__(self, way: Way) -> None:
        self.is_deaf = False
        self._way = way
        self._writers: list[asyncio.StreamWriter] = []
        self._running: asyncio.Task[None] | None = None

    async def run(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, server_port: int) -> None:
        """Pass on until one side ends, or `cut`."""
        self._running = asyncio.current_task()
        self._writers.append(writer)
        try:
            await self._while_passing()
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", server_port)
            self._writers.append(far_writer)
            astray = _Astray(self._way)
            ways = [
                asyncio.create_task(self._pass_on(reader, far_writer, lambda data: [data])),
                asyncio.create_task(self._pass_on(far_reader, writer, astray.take)),
            ]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for each in ways:
                    each.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        except (OSError, asyncio.CancelledError):
            pass  # the server is away, or the test is over
        finally:
            for each in self._writers:
                each.transport.abort()

    def cut(self) -> None:
        """End both sides."""
        if self._running is not None:
            self._running.cancel()

    async def _while_passing(self) -> None:
        while not await until(lambda: not (self._way.is_black or self.is_deaf), 60, every=0.02):
            pass

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, treat: Callable[[bytes], list[bytes]]
    ) -> None:
        """One direction: in order, each piece after its delay; nothing overtakes what had to be sent again."""
        waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(1000)
        sending = asyncio.create_task(self._send(waiting, writer))
        loop, due = asyncio.get_running_loop(), 0.0
        try:
            while data := await reader.read(_AT_ONCE):
                for piece in treat(data):
                    lost = sum(random.random() < self._way.loss for _ in range(len(piece) // _SEGMENT + 1))
                    self._way.seen["segments sent again"] += lost
                    due = max(due, loop.time() + self._way.delay) + lost * self._way.retransmission
                    await waiting.put((due, piece))
            await waiting.put((due, b""))
            await sending
        except OSError:
            pass  # one side was reset
        finally:
            sending.cancel()

    async def _send(self, waiting: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due, data = await waiting.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            await self._while_passing()
            if not data:
                return
            with contextlib.suppress(OSError):
                writer.write(data)
                await writer.drain()


class _Astray:
    """The server's side of a socket, frame by frame, of which some are treated badly."""

    def __init__(self, way: Way) -> None:
        self._way = way
        self._held = b""
        self._is_open = False
        self._late: bytes | None = None

    def take(self, data: bytes) -> list[bytes]:
        """What goes on to the client, now that this came."""
        if not self._way.astray and not self._held:
            return [data]
        self._held += data
        found: list[bytes] = []
        if not self._is_open:
            head, mark, self._held = self._held.partition(b"\r\n\r\n")
            if not mark:
                self._held = head
                return []
            self._is_open = True
            found.append(head + mark)
        while (size := _frame_size(self._held)) and len(self._held) >= size:
            frame, self._held = self._held[:size], self._held[size:]
            found += self._treat(frame)
        return [b"".join(found)] if found else []

    def _treat(self, frame: bytes) -> list[bytes]:
        late, self._late = self._late, None
        before = [] if late is None else [late]
        if _EVENT not in frame[:40] or random.random() > self._way.astray:
            return [frame, *before]
        what = random.choice(("dropped", "doubled", "reordered"))
        self._way.seen[what] += 1
        if what == "dropped":
            return before
        if what == "doubled":
            return [frame, frame, *before]
        self._late = frame
        return before


def _frame_size(data: bytes) -> int:
    """The size of the first frame with its head; 0 where too little of it is there to say."""
    if len(data) < 2:
        return 0
    length = data[1] & 127
    if length < 126:
        return 2 + length
    begin = 4 if length == 126 else 10
    return begin + int.from_bytes(data[2:begin], "big") if len(data) >= begin else 0
