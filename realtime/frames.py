"""Frames to the client: values to text, built once however many connections get them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from websockets.frames import Opcode

from ground.columns import moment_text
from realtime.events import Event
from realtime.messages import encode
from realtime.questions import Presented

Mode = Literal["live", "catchup", "resync"]
WhyResync = Literal["epoch", "too_far", "expired", "ahead"]
WhyUnsubscribed = Literal["removed", "closed", "session"]
ErrorCode = Literal["not_found", "rate", "bad_frame"]

_AROUND = 256
"""More than what surrounds events in their frame takes, in bytes."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


class Frame:
    """The text of one frame and its size in bytes; shared by all who get it."""

    __slots__ = ("_message", "size", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.size = len(text.encode())
        self._message: bytes | None = None

    @property
    def message(self) -> bytes:
        """The frame as it goes over a socket; made once, for everybody."""
        if self._message is None:
            self._message = encode(Opcode.TEXT, self.text.encode())
        return self._message


def _frame(**fields: Any) -> Frame:
    return Frame(_encode(fields))


def welcome(connection: str, epoch: str, account: str | None, ping_s: float, streams: Mapping[str, int]) -> Frame:
    """The answer to `hello`: the streams that are heard from now on, with their heads."""
    return _frame(
        type="welcome", connection=connection, epoch=epoch, account=account, ping_s=ping_s, streams=dict(streams)
    )


def subscribed(request_id: int | None, stream: str, head: int, mode: Mode) -> Frame:
    """The stream is heard from now on; `request_id` is None where the server began it."""
    return _frame(type="subscribed", id=request_id, stream=stream, head=head, mode=mode)


def resync(stream: str, why: WhyResync, head: int) -> Frame:
    """The client must load afresh what it shows of the stream."""
    return _frame(type="resync", stream=stream, why=why, head=head)


def unsubscribed(stream: str, why: WhyUnsubscribed) -> Frame:
    """The right to hear the stream has ended."""
    return _frame(type="unsubscribed", stream=stream, why=why)


def ping(n: int, heads: Mapping[str, int], degraded: bool) -> Frame:
    """The heartbeat, with the newest number of each stream."""
    return _frame(type="ping", n=n, heads=dict(heads), degraded=degraded)


def presence(thread: str, viewing: int, names: Sequence[str] | None, typing: Sequence[str]) -> Frame:
    """Who reads a thread now; names for members only."""
    return _frame(
        type="presence",
        thread=thread,
        viewing=viewing,
        names=None if names is None else list(names),
        typing=list(typing),
    )


def error(request_id: int | None, code: ErrorCode, detail: str, retry_ms: int = 0) -> Frame:
    """A request could not be fulfilled."""
    return _frame(type="error", id=request_id, code=code, detail=detail, retry_ms=retry_ms)


def bye(retry_ms: int) -> Frame:
    """This server goes; come back after `retry_ms`."""
    return _frame(type="bye", why="restart", retry_ms=retry_ms)


class Parcel:
    """One event made ready for delivery: its frame with and without HTML, made when first asked for.

    Where nothing is presented, or too much, the client is told to fetch the object.
    """

    __slots__ = ("_fields", "_frames", "_presented", "_room", "_stream", "event", "seq")

    def __init__(self, event: Event, presented: Presented | None, frame_bytes: int) -> None:
        self.event = event
        self.seq = event.seq
        self._presented = presented
        self._room = frame_bytes
        self._frames: dict[bool, Frame] = {}
        self._fields: dict[bool, str] = {}
        self._stream = _encode(event.stream)

    def build(self) -> None:
        """Make every form now, so that an object that cannot be written fails here and not in the fan-out."""
        self.frame(None)
        if self._presented is not None:
            self.frame(self._presented.thread)

    def frame(self, view: str | None) -> Frame:
        """The `event` frame for somebody who has the thread `view` on the screen."""
        rich = self.is_rich_for(view)
        made = self._frames.get(rich)
        if made is None:
            made = Frame(f'{{"type":"event","stream":{self._stream},{self._inner(rich)}}}')
            self._frames[rich] = made
        return made

    def item(self, view: str | None) -> str:
        """The same as an entry of a `range`: without type and stream."""
        return f"{{{self._inner(self.is_rich_for(view))}}}"

    def is_rich_for(self, view: str | None) -> bool:
        """Whether somebody with this thread on the screen gets another frame than the rest."""
        shown = self._presented
        return shown is not None and view is not None and view == shown.thread and shown.html is not None

    def _inner(self, rich: bool) -> str:
        made = self._fields.get(rich)
        if made is None:
            made = self._build(rich)
            self._fields[rich] = made
        return made

    def _build(self, rich: bool) -> str:
        event, shown = self.event, self._presented
        start = f'"seq":{event.seq},"kind":{_encode(event.kind)},"at":"{moment_text(event.created_at)}","object":'
        if shown is not None:
            inner = start + _encode(shown.object) + (',"html":' + _encode(shown.html) if rich else "")
            if len(inner.encode()) + _AROUND <= self._room:
                return inner
        short = {"id": event.object_id, "version": event.object_version}
        return f'{start}{_encode(short)},"omitted":true'


def range_of(
    request_id: int, stream: str, parcels: Sequence[Parcel], view: str | None, more: bool, frame_bytes: int
) -> Frame:
    """The answer to `fetch`: as many events as go into one frame, and whether more follow."""
    items: list[str] = []
    room = frame_bytes - _AROUND
    for parcel in parcels:
        item = parcel.item(view)
        room -= len(item.encode()) + 1
        if room < 0 and items:
            more = True
            break
        items.append(item)
    head = f'{{"type":"range","id":{request_id},"stream":{_encode(stream)},"events":['
    return Frame(f'{head}{",".join(items)}],"more":{"true" if more else "false"}}}')
