"""A client written against the contract alone: it keeps the rules of P4 and records every frame."""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

Frame = dict[str, Any]


class Place:
    """How far a reader has come in one stream, and what it applied there."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.applied: list[Frame] = []
        self.held: dict[int, Frame] = {}
        self.fetching = False

    @property
    def seqs(self) -> list[int]:
        return [frame["seq"] for frame in self.applied]


class Reader:
    """One socket. `frames` is everything that came, `places` what was applied by the client's rules."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.frames: list[Frame] = []
        self.times: list[float] = []
        self.places: dict[str, Place] = {}
        self.epoch = ""
        self.close_code: int | None = None
        self.answers_pings = True
        self.follows_rules = True
        self._news = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None
        self._requests = 1000

    @classmethod
    async def open(
        cls,
        url: str,
        session: str | None = None,
        *,
        token: str | None = None,
        origin: str | None = "http://confer.test",
        hello: Frame | None = None,
        resume: dict[str, Any] | None = None,
        read: bool = True,
        **options: Any,
    ) -> "Reader":
        """Connect and say hello (unless `hello` is {}), then read until closed."""
        headers = {}
        if session:
            headers["Cookie"] = f"session={session}"
        if token:
            headers["Authorization"] = f"Bearer {token}"
        options.setdefault("subprotocols", ["confer.v1"])
        socket = await connect(
            url, origin=origin, additional_headers=headers, compression=None, max_size=None, proxy=None, **options
        )  # type: ignore[arg-type]
        reader = cls(socket)
        for stream, (_, last) in (resume or {}).items():
            reader.places[stream] = Place(last)
        if hello is None:
            hello = {"type": "hello", "v": 1, "client": "test", "resume": resume or {}}
            if session is None and token is None:
                hello["as"] = None
        if hello:
            with contextlib.suppress(ConnectionClosed):  # the test sees the code
                await reader.say(**hello)
        if read:
            reader.start()
        return reader

    def start(self) -> None:
        self._task = asyncio.create_task(self._read())

    async def say(self, **frame: Any) -> None:
        await self.socket.send(json.dumps(frame))

    async def close(self) -> None:
        await self.socket.close()
        if self._task:
            await self._task

    async def _read(self) -> None:
        try:
            async for text in self.socket:
                assert isinstance(text, str)
                frame = json.loads(text)
                async with self._news:
                    self.frames.append(frame)
                    self.times.append(time.monotonic())
                    if self.follows_rules:
                        await self._apply(frame)
                    self._news.notify_all()
        except ConnectionClosed:
            pass
        async with self._news:
            self.close_code = self.socket.close_code
            self._news.notify_all()

    async def _apply(self, frame: Frame) -> None:
        match frame["type"]:
            case "welcome":
                self.epoch = frame["epoch"]
                for stream, head in frame["streams"].items():
                    self.places.setdefault(stream, Place(head))
            case "subscribed":
                self.places.setdefault(frame["stream"], Place(frame["head"]))
            case "unsubscribed":
                self.places.pop(frame["stream"], None)
            case "resync":
                self.places[frame["stream"]] = Place(frame["head"])
            case "event":
                await self._event(frame["stream"], frame)
            case "range":
                place = self.places.get(frame["stream"])
                if place:
                    place.fetching = False
                for item in frame["events"]:
                    await self._event(frame["stream"], item)
                if place and frame["more"]:
                    await self._fetch(frame["stream"], place)
            case "ping":
                if self.answers_pings:
                    await self.say(type="pong", n=frame["n"])
                for stream, head in frame["heads"].items():
                    place = self.places.get(stream)
                    if place and place.last < head:
                        await self._fetch(stream, place)

    async def _event(self, stream: str, frame: Frame) -> None:
        place = self.places.get(stream)
        if place is None or frame["seq"] <= place.last:
            return
        place.held[frame["seq"]] = frame
        while place.last + 1 in place.held:
            place.last += 1
            place.applied.append(place.held.pop(place.last))
        if place.held:
            await self._fetch(stream, place)

    async def _fetch(self, stream: str, place: Place) -> None:
        if not place.fetching:
            place.fetching = True
            self._requests += 1
            await self.say(type="fetch", id=self._requests, stream=stream, after=place.last)

    async def until(self, condition: Callable[[], Any], seconds: float = 10.0) -> Any:
        """Wait until the condition holds after some frame; its value."""
        try:
            async with asyncio.timeout(seconds), self._news:
                return await self._news.wait_for(condition)
        except TimeoutError:
            kinds = [frame["type"] for frame in self.frames[-30:]]
            raise AssertionError(f"not within {seconds} s; closed {self.close_code}; last frames {kinds}") from None

    async def frame(self, kind: str, seconds: float = 10.0, **fields: Any) -> Frame:
        """The first frame of this type with these fields, awaited where it has not come."""

        def find() -> Frame | None:
            for frame in self.frames:
                if frame["type"] == kind and fields.items() <= frame.items():
                    return frame
            return None

        found: Frame = await self.until(find, seconds)
        return found

    async def event(self, stream: str, seq: int, seconds: float = 10.0) -> Frame:
        """The event with this number, as it was applied."""
        await self.until(lambda: stream in self.places and self.places[stream].last >= seq, seconds)
        return next(frame for frame in self.places[stream].applied if frame["seq"] == seq)

    async def closed(self, seconds: float = 10.0) -> int:
        """The code with which it was closed."""
        await self.until(lambda: self.close_code is not None, seconds)
        assert self.close_code is not None
        return self.close_code

    def all_events(self, stream: str) -> list[Frame]:
        """Every event of a stream that came in any frame, applied or not."""
        found = [frame for frame in self.frames if frame["type"] == "event" and frame["stream"] == stream]
        for frame in self.frames:
            if frame["type"] == "range" and frame["stream"] == stream:
                found += frame["events"]
        return found
