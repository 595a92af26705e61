"""One person's live link, by the client's rules of the contract (P4, P5, P6), with all that comes written down."""

import asyncio
import contextlib
import itertools
import json
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from sys import intern
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from tests.faults.recorder import Applied, Frame, Known, Link, Log, Placed, Range, Standing, canaries_in

SILENCE_SECONDS = 40.0
LONGEST_WAIT = 30.0
STEADY_SECONDS = 60.0
FETCH_AGAIN_SECONDS = 2.0
"""A fetch that got no answer, or one that did not fill the hole, is sent again after this."""

_connections = itertools.count(1)

Load = Callable[[str], Awaitable[tuple[int, Known] | None]]
"""Reads a network anew over HTTP: the number it stands at and its posts; None where it can no longer be read."""


@dataclass(slots=True)
class Place:
    """How far the reader has come in one stream."""

    last: int
    held: dict[int, dict[str, Any]] = field(default_factory=dict)
    is_loading: bool = False
    fetched_at: float = 0.0
    asked_after: int = -1


class Reader:
    """Keeps a socket open to one of `ports` until stopped."""

    def __init__(
        self,
        log: Log,
        who: str,
        token: str,
        ports: Callable[[], list[int]],
        load: Load,
        known: dict[str, Known],
        pace: float = 1.0,
        detours: Mapping[int, int] | None = None,
    ) -> None:
        """`known`: what they hold of each network at the beginning. `ports` in the order in which to try them.

        `pace`: how long it waits before it connects again, as a part of what the contract says. `detours`: the port
        of a proxy for the port of a server.
        """
        self.who = who
        self.epoch = ""
        self.places: dict[str, Place] = {}
        self.known = known
        self.is_live = False
        self.is_paused = False
        """Stays away while set; for scenarios."""
        self.view: str | None = None
        self._log = log
        self._token = token
        self._ports = ports
        self._load = load
        self._pace = pace
        self._detours = {} if detours is None else detours
        self._losses = 0
        self._socket: ClientConnection | None = None
        self._number = 0
        self._requests = itertools.count(1)
        self._asked: dict[int, tuple[str, int]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._retry_in: float | None = None
        self._main: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Connect, and again whenever the link is lost."""
        self._main = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End the link and say where it stood; once is enough."""
        if self._main is None:
            return
        is_live = self.is_live
        for task in (self._main, *self._tasks):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        self._main = None
        places = {stream: place.last for stream, place in self.places.items()}
        self._log.standings.append(Standing(self.who, is_live, places, self.known))

    async def drop(self) -> None:
        """Lose the connection without a goodbye; the reader comes back by itself."""
        if self._socket is not None:
            self._socket.transport.abort()

    def forgive(self) -> None:
        """As if the link had been steady for long: the next loss is met as the first."""
        self._losses = 0

    def has(self, stream: str, head: int) -> bool:
        """Whether everything up to this number is applied."""
        place = self.places.get(stream)
        return place is not None and place.last >= head and not place.is_loading

    # -- The link ------------------------------------------------------------------------------

    async def _run(self) -> None:
        while True:
            began = time.monotonic()
            if not self.is_paused:
                for port in self._ports():
                    if await self._serve(port):
                        break
            if time.monotonic() - began > STEADY_SECONDS:
                self._losses = 0
            wait = random.uniform(0, min(LONGEST_WAIT, 2.0**self._losses)) * self._pace
            self._losses += 1
            wait, self._retry_in = self._retry_in if self._retry_in is not None else wait, None
            await asyncio.sleep(wait)

    async def _serve(self, port: int) -> bool:
        """One connection from its beginning to its end; whether there was one."""
        try:
            async with asyncio.timeout(5):
                socket = await connect(
                    f"ws://127.0.0.1:{port}/live",
                    host="127.0.0.1",
                    port=self._detours.get(port, port),
                    additional_headers={"Authorization": f"Bearer {self._token}"},
                    subprotocols=[Subprotocol("confer.v1")],
                    compression=None,
                    max_size=None,
                    ping_interval=None,
                    close_timeout=1,
                    proxy=None,
                )
        except (OSError, TimeoutError, WebSocketException):
            return False
        self._socket, self._number = socket, next(_connections)
        self._asked.clear()
        for place in self.places.values():
            place.fetched_at = 0.0
        try:
            resume = {stream: [self.epoch, place.last] for stream, place in self.places.items()}
            await self._say(type="hello", v=1, client="faults", resume=resume)
            await self._listen(socket)
        except (ConnectionClosed, TimeoutError):
            pass
        finally:
            was_live, self.is_live = self.is_live, False
            self._socket = None
            if was_live or socket.close_code is not None:
                code = 1006 if socket.close_code is None else socket.close_code
                self._log.links.append(Link(self.who, self._number, time.monotonic(), code))
            socket.transport.abort()
        return True

    async def _listen(self, socket: ClientConnection) -> None:
        while True:
            async with asyncio.timeout(SILENCE_SECONDS):
                text = await socket.recv()
            await self._hear(str(text), time.monotonic())

    async def _say(self, **frame: Any) -> None:
        # One that was closed meanwhile may still hold what came before, a goodbye say: reading finds the end.
        with contextlib.suppress(ConnectionClosed):
            if self._socket is not None:
                await self._socket.send(json.dumps(frame))

    # -- Frames --------------------------------------------------------------------------------

    async def _hear(self, text: str, at: float) -> None:
        frame = json.loads(text)
        kind = frame["type"]
        if kind == "event":
            self._write_down(frame, frame["stream"], at, len(text), canaries_in(text))
            await self._take(frame["stream"], frame, at)
            return
        if kind == "range":
            await self._take_range(frame, at)
            return
        stream, thread = intern(frame.get("stream", "")), intern(frame.get("thread", ""))
        came = Frame(self.who, self._number, at, intern(kind), len(text), stream, 0, "", thread, canaries_in(text))
        self._log.frames.append(came)
        match kind:
            case "welcome":
                await self._welcome(frame, at)
            case "subscribed":
                self._place(frame["stream"], frame["head"], "subscribed", at)
            case "resync":
                self._place(frame["stream"], frame["head"], f"resync: {frame['why']}", at, anew=True)
            case "unsubscribed":
                self._end(frame["stream"], at)
            case "ping":
                await self._say(type="pong", n=frame["n"])
                for stream, head in frame["heads"].items():
                    if stream in self.places and self.places[stream].last < head:
                        await self._fetch(stream)
            case "bye":
                self._retry_in = frame["retry_ms"] / 1000

    def _write_down(self, event: dict[str, Any], stream: str, at: float, size: int, found: frozenset[str]) -> None:
        shown = event["object"] or {}
        kind, object_id = intern(event["kind"]), intern(str(shown.get("id", "")))
        self._log.frames.append(
            Frame(self.who, self._number, at, "event", size, intern(stream), event["seq"], kind, object_id, found)
        )

    async def _welcome(self, frame: dict[str, Any], at: float) -> None:
        self._log.links.append(Link(self.who, self._number, at))
        self.is_live = True
        is_first = not self.epoch
        self.epoch = frame["epoch"]
        for stream, head in frame["streams"].items():
            if stream not in self.places:
                self._place(stream, head, "welcome" if is_first else "subscribed", at)
        for stream in self.places.keys() - frame["streams"].keys():
            self._end(stream, at)
        if self.view is not None:
            await self._say(type="view", thread=self.view)

    def _place(self, stream: str, head: int, why: str, at: float, *, anew: bool = False) -> None:
        """Begin at this number, unless the place goes on; what stood before it is loaded."""
        if stream in self.places and not anew:
            return
        place = self.places[stream] = Place(head)
        self._log.steps.append(Placed(self.who, at, stream, head, why))
        if why != "welcome" and stream.startswith("network:"):
            place.is_loading = True
            self._begin(self._reload(stream, place))

    def _end(self, stream: str, at: float) -> None:
        if self.places.pop(stream, None) is not None:
            self._log.steps.append(Placed(self.who, at, stream, 0, "ended"))
        self.known.pop(stream.partition(":")[2], None)

    def _begin(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _reload(self, stream: str, place: Place) -> None:
        network = stream.partition(":")[2]
        loaded = await self._load(network)
        if self.places.get(stream) is not place:
            return
        place.is_loading = False
        if loaded is None:
            return
        at, (place.last, self.known[network]) = time.monotonic(), loaded
        self._log.steps.append(Placed(self.who, at, stream, place.last, "loaded"))
        await self._go_on(stream, place, at)

    # -- The rules of P4 -----------------------------------------------------------------------

    async def _take(self, stream: str, event: dict[str, Any], at: float) -> None:
        place = self.places.get(stream)
        if place is not None and event["seq"] > place.last:
            place.held[event["seq"]] = event
            await self._go_on(stream, place, at)

    async def _go_on(self, stream: str, place: Place, at: float) -> None:
        if place.is_loading:
            return
        place.held = {seq: event for seq, event in place.held.items() if seq > place.last}
        while place.last + 1 in place.held:
            event = place.held.pop(place.last + 1)
            place.last += 1
            self._log.steps.append(Applied(self.who, at, intern(stream), place.last))
            self._apply(stream, event)
            if event.get("omitted") and stream.startswith("network:"):
                # Its content could not be sent: by the contract it is fetched, and here all is. Of other streams
                # nothing is kept here but the place.
                place.is_loading = True
                self._begin(self._reload(stream, place))
                return
        if place.held:
            await self._fetch(stream)

    def _apply(self, stream: str, event: dict[str, Any]) -> None:
        """A post that is shown at this version or a later one stays as it is."""
        shown = event["object"]
        network = stream.partition(":")[2]
        if shown is None or event.get("omitted") or network not in self.known:
            return
        post = shown.get("first_post") if event["kind"] == "thread.created" else shown
        if event["kind"].startswith(("post.", "thread.created")) and post:
            known = self.known[network]
            known[post["id"]] = max(known.get(post["id"], 0), post["version"])

    async def _fetch(self, stream: str) -> None:
        place, now = self.places[stream], time.monotonic()
        if place.asked_after == place.last and now - place.fetched_at < FETCH_AGAIN_SECONDS:
            return
        place.asked_after, place.fetched_at = place.last, now
        number = next(self._requests)
        self._asked[number] = (stream, place.last)
        await self._say(type="fetch", id=number, stream=stream, after=place.last)

    async def _take_range(self, frame: dict[str, Any], at: float) -> None:
        stream, after = self._asked.pop(frame["id"], (frame["stream"], 0))
        events, more = frame["events"], frame["more"]
        self._log.ranges.append(Range(self.who, at, stream, after, tuple(event["seq"] for event in events), more))
        for event in events:
            text = json.dumps(event)
            self._write_down(event, stream, at, len(text), canaries_in(text))
            await self._take(stream, event, at)
        if more and stream in self.places:
            await self._fetch(stream)
