"""A file on its way out: in parts where that is asked for, and so that a browser keeps it and never opens it as ours.

Who may have it was asked before, at this very request. It is an attachment unless we made it ourselves, in a sandbox
of its own, kept by nobody in between. The bytes go on as they are read: of the largest file a few chunks are in memory.
"""

import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from forum.errors import Unavailable
from forum.files.incoming import AWAY
from forum.files.names import disposition
from forum.files.store import Store

_RANGE = re.compile(r"\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.IGNORECASE)
_SANDBOX = "default-src 'none'; sandbox"


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is given to somebody."""

    sha256: str
    size: int
    media_type: str
    name: str

    @property
    def etag(self) -> str:
        """Names these very bytes."""
        return f'"{self.sha256}"'


class Download(Response):
    """Gives the file, a part of it, or 304 and 416, as the request asks (RFC 9110).

    `is_ours` where we made the file ourselves from what people brought, such as a picture of a page: browsers then show
    it in its place. Raises Unavailable where the store has not got it, before anything has gone out; where it turns out
    to be damaged only at its end, the answer breaks off there.
    """

    def __init__(self, store: Store, file: File, *, is_ours: bool = False, headers: Mapping[str, str] | None = None):
        super().__init__(headers=headers)
        del self.headers["content-length"]
        self._store = store
        self._file = file
        self.headers["Content-Type"] = file.media_type
        self.headers["Content-Disposition"] = disposition(file.name, inline=is_ours)
        self.headers["Content-Security-Policy"] = _SANDBOX
        self.headers["Cache-Control"] = "private, no-store"
        self.headers["Accept-Ranges"] = "bytes"
        self.headers["ETag"] = file.etag

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        start, stop = self._asked(Headers(scope=scope), may_be_part=scope["method"] == "GET")
        if scope["method"] == "HEAD" or start == stop:
            await self._send_start(send)
            await send({"type": "http.response.body", "body": b""})
            return
        async with aclosing(self._chunks(start, stop)) as chunks:
            chunk = await anext(chunks)  # what can't be had is told before anything goes out
            await self._send_start(send)
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            async for chunk in chunks:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    def _asked(self, headers: Headers, *, may_be_part: bool) -> tuple[int, int]:
        """From where to where, with the status and the headers that say so."""
        size, etag = self._file.size, self._file.etag
        if _names(headers.get("if-none-match", ""), etag):
            self.status_code = 304
            return 0, 0
        is_same = headers.get("if-range", etag) == etag
        part = _part(headers.get("range", ""), size) if may_be_part and is_same else None
        start, stop = part or (0, size)
        if part is not None:
            is_there = start < stop
            self.status_code = 206 if is_there else 416
            self.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}" if is_there else f"bytes */{size}"
        self.headers["Content-Length"] = str(stop - start)
        return start, stop

    async def _send_start(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})

    async def _chunks(self, start: int, stop: int) -> AsyncGenerator[bytes, None]:
        """All that was promised. Raises Unavailable where the store gives less or more."""
        left = stop - start
        async for chunk in self._store.read(self._file.sha256, start, stop, self._file.size):
            left -= len(chunk)
            if left < 0:
                break
            yield chunk
        if left:
            raise Unavailable(AWAY)


def _names(header: str, etag: str) -> bool:
    """Whether If-None-Match names it, by the weak comparison."""
    return any(each.strip().removeprefix("W/") in ("*", etag) for each in header.split(",") if each.strip())


def _part(header: str, size: int) -> tuple[int, int] | None:
    """The one part that is asked for; (0, 0) where the file has no such part, None where all of it is to be sent.

    Several parts at once, other units and what is not written rightly may be passed over, and then all of it goes.
    """
    match = _RANGE.fullmatch(header)
    if match is None or match.groups() == ("", "") or not size:
        return None
    first, last = match.groups()
    if not first:
        start, stop = max(0, size - int(last)), size
    else:
        start, stop = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < int(first):
            return None
    return (start, stop) if start < stop else (0, 0)
