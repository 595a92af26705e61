"""One socket of an ASGI server as a transport: a task that writes, and messages read one by one."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from realtime.connection import Connection
from realtime.conversation import Conversation
from realtime.ending import end
from realtime.failures import brief
from realtime.limits import Limits

_log = logging.getLogger(__name__)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Gone(Exception):
    """The client has left."""


async def refuse(scope: Mapping[str, Any], send: Send, status: int) -> None:
    """Answer the upgrade request with an HTTP status instead of a socket."""
    if "websocket.http.response" in (scope.get("extensions") or {}):
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"private, no-store")]
        await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
        await send({"type": "websocket.http.response.body", "body": b"No socket for this request.\n"})
    else:
        await send({"type": "websocket.close", "code": 1008})


class AsgiSocket:
    """Writes what a connection holds as fast as its socket takes it; `flush()` never waits."""

    def __init__(self, receive: Receive, send: Send, limits: Limits) -> None:
        self._receive = receive
        self._send = send
        self._limits = limits
        self._something = asyncio.Event()
        self._ended = asyncio.Event()

    def flush(self) -> None:
        """There is something to write."""
        self._something.set()

    def close(self) -> None:
        """Write what waits, then close; at once where the client takes nothing."""
        self._something.set()
        self._ended.set()

    def finish(self, message: bytes, taken: int) -> None:
        """Nothing is sent past the queue here."""

    def kept(self) -> int:
        """Nothing: the server's `send` keeps its caller waiting."""
        return 0

    async def read(self) -> str | None:
        """The next text; None for a message that is no text. Gone at the end."""
        message = await self._receive()
        if message["type"] != "websocket.receive":
            raise Gone
        return message.get("text")

    async def _talk(self, conversation: Conversation) -> None:
        while not conversation.connection.closing:
            frame = conversation.read(await self.read())
            if frame is not None:
                await conversation.answer(frame)

    async def run(self, conversation: Conversation) -> None:
        """Write until the connection is closed by us, and read until the client leaves."""
        connection = conversation.connection
        reader = asyncio.create_task(self._talk(conversation))
        writer = asyncio.create_task(self._write(connection))
        for task in (reader, writer):
            task.add_done_callback(lambda _: self._ended.set())
        try:
            await self._ended.wait()
            if connection.closing:
                await asyncio.wait({writer}, timeout=self._limits.closing_seconds)
        finally:
            await end([reader, writer])
        failures = [
            failure
            for task in (reader, writer)
            if not task.cancelled()
            and isinstance(failure := task.exception(), Exception)
            and not isinstance(failure, Gone | OSError)
        ]
        if failures:
            connection.close(1011, "error")
        if connection.closing:
            await self._say_goodbye(*connection.closing)
        for failure in failures:
            # An error ends one connection at most.
            _log.error("connection %s failed: %s", connection.id, brief(failure))

    async def _say_goodbye(self, code: int, reason: str) -> None:
        with contextlib.suppress(Exception):  # the client may be gone, which is what is wanted
            async with asyncio.timeout(self._limits.closing_seconds):
                await self._send({"type": "websocket.close", "code": code, "reason": reason})

    async def _write(self, connection: Connection) -> None:
        while True:
            frame = connection.take()
            if frame is not None:
                await self._send({"type": "websocket.send", "text": frame.text})
                connection.wrote()
            elif connection.closing:
                return
            else:
                self._something.clear()
                await self._something.wait()
