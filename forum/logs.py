"""Logs: one line of JSON for each entry, and one for each request, without words, addresses, tokens and queries.

A request's line has its id, which error pages show too; what else is logged on the way to its answer has the same id.
Lines of requests are made of what this process knows by itself: the pattern of an address, never the address.
"""

import asyncio
import contextlib
import json
import logging
import sys
import time
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from traceback import extract_tb
from typing import TextIO

FLUSH_SECONDS = 0.25
FLUSH_LINES = 500
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""All others that a client may invent are `other`."""

OURS = frozenset({"forum", "realtime", "auth", "ground"})

Told = Callable[[str, str, str, int, float, int], None]
"""Who hears of every answer: id, method, pattern of the address, status, seconds, bytes of the body."""

current_request: ContextVar[str] = ContextVar("current_request", default="")
"""The id of the request that is being answered, or in whose course something was begun."""


def configure_logging(stream: TextIO | None = None) -> None:
    """Everything goes to standard error as JSON, a line each; libraries are heard where they warn."""
    made = logging.StreamHandler(stream or sys.stderr)
    made.setFormatter(JsonLines())
    logging.basicConfig(handlers=[made], level=logging.INFO)
    for name in ("uvicorn", "uvicorn.error", "asyncio", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)


class JsonLines(logging.Formatter):
    """An entry as one JSON object: time, level, logger, message, request; and where an error came from."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        message = record.getMessage()
        if record.name.partition(".")[0] not in OURS:
            # Below their first line, libraries repeat what an error says, and that may be what somebody wrote.
            message = message.partition("\n")[0]
        entry = {
            "time": _moment(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message,
        }
        if request := current_request.get():
            entry["request"] = request
        if record.exc_info and record.exc_info[1] is not None:
            entry["error"] = where(record.exc_info[1])
        return json.dumps(entry, ensure_ascii=False)


class RequestLog:
    """A line for each request. They are gathered, and written together four times a second.

    `everything` False leaves only those whose status is 500 or more.
    """

    def __init__(self, *, everything: bool, stream: TextIO | None = None) -> None:
        self._everything = everything
        self._stream = stream or sys.stderr
        self._lines: list[str] = []
        self._second = 0
        self._stamp = ""

    def tell(self, request: str, method: str, route: str, status: int, seconds: float, size: int) -> None:
        """A request was answered. What is written needs no escaping: none of it comes from the client."""
        if status < 500 and not self._everything:
            return
        now = time.time()
        second = int(now)
        if second != self._second:
            self._second, self._stamp = second, _moment(second)[:19]
        level = "info" if status < 500 else "error"
        self._lines.append(
            f'{{"time": "{self._stamp}.{int((now - second) * 1000):03}Z", "level": "{level}", '
            f'"logger": "forum.requests", "request": "{request}", "method": "{method}", "route": "{route}", '
            f'"status": {status}, "ms": {seconds * 1000:.1f}, "bytes": {size}}}\n'
        )
        if len(self._lines) == 1:
            asyncio.get_running_loop().call_later(FLUSH_SECONDS, self.flush)
        elif len(self._lines) >= FLUSH_LINES:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        lines, self._lines = self._lines, []
        with contextlib.suppress(OSError, ValueError):  # nobody reads it any more: answers go on
            self._stream.write("".join(lines))
            self._stream.flush()


def where(error: BaseException) -> str:
    """What kind of error it is, what it came from, and the lines it passed through; none of its words."""
    lines = " < ".join(
        f"{frame.name} {frame.filename}:{frame.lineno}" for frame in extract_tb(error.__traceback__)[::-1]
    )
    cause = error.__cause__ or error.__context__
    return f"{type(error).__name__} at {lines}" + (f"; from {where(cause)}" if cause else "")


def _moment(timestamp: float) -> str:
    """UTC, to the millisecond, as RFC 3339 has it."""
    return datetime.fromtimestamp(timestamp, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
