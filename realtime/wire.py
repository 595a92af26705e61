"""One socket below ASGI: a protocol class of the event loop, without a task while nothing happens.

uvicorn takes it as its `ws` class and hands over the upgrade request. After the handshake this class holds a few
hundred bytes. On other servers `Gateway.endpoint` does the same by ASGI.
"""

import asyncio
import logging
import socket
import struct
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, cast

from websockets.frames import Opcode

from realtime.conversation import Conversation
from realtime.failures import brief
from realtime.gateway import UPGRADED, Admission, Gateway
from realtime.handshake import Request, read_request
from realtime.messages import Broken, Inbox, encode, encode_close, read_close
from realtime.protocol import Frame
from realtime.straight import borrow, is_free
from realtime.upgrading import Upgrade, read_upgrade, refused

_log = logging.getLogger(__name__)

PATH = "/live"
KERNEL_BYTES = 64 * 1024
"""What the kernel may hold for one client. By itself it takes 3.9 MB before anybody notices that nothing is read."""
UNREAD_FRAMES = 8
"""So many frames of a client wait while one is answered; then nothing more is read from it."""
_ABORT = struct.pack("ii", 1, 0)

AddressOf = Callable[[Mapping[str, Any]], str | None]
"""The address of whoever sends a request (an ASGI scope: `headers`, `client`); None where its Host is not ours."""


class Wire(asyncio.Protocol):
    """The transport of one connection."""

    __slots__ = (
        "_address_of",
        "_closing",
        "_conversation",
        "_gateway",
        "_head",
        "_inbox",
        "_paused",
        "_server",
        "_straight",
        "_task",
        "_transport",
        "_waiting",
    )

    def __init__(self, gateway: Gateway, address_of: AddressOf, server_state: Any) -> None:
        self._gateway = gateway
        self._address_of = address_of
        self._server = server_state
        self._transport: asyncio.Transport | None = None
        self._head = b""
        self._inbox: Inbox | None = None
        self._conversation: Conversation | None = None
        self._waiting: deque[Frame] | None = None
        self._task: asyncio.Task[None] | None = None
        self._closing: asyncio.TimerHandle | None = None
        self._paused = False
        self._straight: socket.socket | None = None

    # -- Called by the event loop -----------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The server hands over the socket."""
        self._transport = cast(asyncio.Transport, transport)
        self._server.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket has gone."""
        if self._straight is not None:
            self._straight.detach()  # first of all: its number will be another's soon
            self._straight = None
        self._server.connections.discard(self)
        self._transport = None
        if self._task is not None:
            self._task.cancel()
        if self._closing is not None:
            self._closing.cancel()
        if self._conversation is not None:
            self._gateway.end(self._conversation.connection)
            self._conversation = None

    def pause_writing(self) -> None:
        """The client takes less than was written: called in the middle of the `write` that found it out."""
        self._paused = True
        if self._conversation is not None:
            self._conversation.connection.keep(max(1, self.kept()))

    def resume_writing(self) -> None:
        """It has taken what was written."""
        self._paused = False
        if self._conversation is not None:
            self._conversation.connection.keep(0)
        self.flush()

    def data_received(self, data: bytes) -> None:
        """The upgrade request first, then messages."""
        if self._inbox is None:
            self._begin(data)
            return
        try:
            for opcode, message in self._inbox.feed(data):
                self._hear(opcode, message)
        except Broken as broken:
            self._fail(broken.code)

    def shutdown(self) -> None:
        """The server stops: uvicorn calls this for what the drain has left."""
        if self._conversation is not None:
            self._conversation.connection.close(1012, "restart")
        elif self._transport is not None:
            self._transport.close()

    # -- The handshake ------------------------------------------------------------------------

    def _begin(self, data: bytes) -> None:
        self._head += data
        try:
            upgrade = None if self._task is not None else read_upgrade(self._head)
        except ValueError:
            self._close_transport()  # no request
            return
        if upgrade is not None:
            self._head = b""
            self._do(self._open(upgrade))
        elif self._task is not None:
            self._close_transport()  # a client that speaks before it is answered

    async def _open(self, upgrade: Upgrade) -> None:
        refusal = 404 if upgrade.path != PATH else upgrade.refusal
        admission = Admission(refusal) if refusal else await self._gateway.admit(self._read(upgrade))
        if self._transport is None:
            return
        if admission.status != UPGRADED:
            self._transport.write(refused(admission.status))
            self._transport.close()
            return
        self._transport.write(upgrade.accepted(admission.subprotocol))
        self._inbox = Inbox(self._gateway.limits.hello_bytes_in)
        if admission.close is not None:
            self._say_goodbye(*admission.close)
            return
        self._prepare_socket()
        self._conversation = self._gateway.begin(admission, self)

    def _read(self, upgrade: Upgrade) -> Request | None:
        peer = self._transport.get_extra_info("peername") if self._transport is not None else None
        scope = {"type": "websocket", "headers": upgrade.headers, "client": peer}
        address = self._address_of(scope)
        if address is None:
            return None
        offered = upgrade.values(b"sec-websocket-protocol")
        return read_request({**scope, "client": (address, 0), "subprotocols": offered})

    def _prepare_socket(self) -> None:
        transport = self._transport
        if transport is None:
            return
        # Nothing is to lie in the transport unseen: whatever its socket does not take at once pauses us.
        transport.set_write_buffer_limits(high=0)
        kernel = transport.get_extra_info("socket")
        if kernel is not None:
            kernel.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)
        self._straight = borrow(transport)

    # -- Messages -------------------------------------------------------------------------------

    def _hear(self, opcode: Opcode, message: bytes) -> None:
        if opcode is Opcode.PING:
            if not self._paused:  # who pings and reads nothing gets no pongs piled up
                self._write(encode(Opcode.PONG, message))
        elif opcode is Opcode.CLOSE:
            self._hear_close(message)
        elif opcode is not Opcode.PONG and self._conversation is not None:
            try:
                text = message.decode() if opcode is Opcode.TEXT else None
            except UnicodeDecodeError:
                raise Broken(1007) from None
            frame = self._conversation.read(text)
            if frame is not None:
                self._answer_in_turn(frame)

    def _answer_in_turn(self, frame: Frame) -> None:
        if self._waiting is None:
            self._waiting = deque()
        self._waiting.append(frame)
        if len(self._waiting) >= UNREAD_FRAMES and self._transport is not None:
            self._transport.pause_reading()
        if self._task is None:
            self._do(self._answer_all())

    async def _answer_all(self) -> None:
        while self._waiting and self._conversation is not None:
            frame = self._waiting.popleft()
            if len(self._waiting) == UNREAD_FRAMES - 1 and self._transport is not None:
                self._transport.resume_reading()
            await self._conversation.answer(frame)
        self._waiting = None

    def _do(self, work: Any) -> None:
        self._task = asyncio.get_running_loop().create_task(work)
        self._server.tasks.add(self._task)
        self._task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._server.tasks.discard(task)
        self._task = None
        if task.cancelled():
            return
        failure = task.exception()
        if failure is None:
            if self._waiting:  # it came in the moment between the end of the task and this call
                self._do(self._answer_all())
            return
        # An error ends one connection at most.
        _log.error("a connection failed: %s", brief(failure))
        if self._conversation is not None:
            self._conversation.connection.close(1011, "error")
        else:
            self._close_transport()

    # -- Writing: what a Connection asks of its transport ------------------------------------------

    def flush(self) -> None:
        """Write what waits, as far as the client takes it."""
        conversation = self._conversation
        if conversation is None:
            return
        connection = conversation.connection
        while not self._paused and (frame := connection.take()) is not None:
            self._write(frame.message)
            connection.wrote()
        if connection.unsent_frames:
            return
        if connection.closing and self._closing is None:
            self._say_goodbye(*connection.closing)
        elif self._straight is not None and self._transport is not None and is_free(self._transport):
            connection.direct = self._straight.send

    def close(self) -> None:
        """Write what waits, then close; at once where the client takes nothing."""
        self.flush()
        if self._closing is None:
            self._end_soon()

    def kept(self) -> int:
        """How many bytes were written and are not taken by the socket yet."""
        return self._transport.get_write_buffer_size() if self._transport is not None else 0

    def finish(self, message: bytes, taken: int) -> None:
        """The socket took so much of what was sent past the queue: the transport gets the rest."""
        self._write(message[taken:])

    def _write(self, message: bytes) -> None:
        transport = self._transport
        if transport is not None and not transport.is_closing():
            transport.write(message)
            if self._conversation is not None and not is_free(transport):
                self._conversation.connection.direct = None

    def _say_goodbye(self, code: int, reason: str) -> None:
        self._write(encode_close(code, reason))
        self._end_soon()

    def _hear_close(self, message: bytes) -> None:
        code = read_close(message)
        if self._closing is None:
            self._write(encode_close(1000 if code == 1005 else code, ""))
        self._close_transport()

    def _fail(self, code: int) -> None:
        if self._conversation is not None and not self._conversation.connection.closing:
            self._conversation.connection.close(code, "")
        else:
            self._close_transport()

    def _end_soon(self) -> None:
        """The client has a moment to say goodbye too; then the socket ends."""
        if self._closing is None:
            loop = asyncio.get_running_loop()
            self._closing = loop.call_later(self._gateway.limits.closing_seconds, self._abort)

    def _close_transport(self) -> None:
        if self._conversation is not None:
            self._conversation.connection.direct = None
        if self._transport is not None:
            self._transport.close()
            self._end_soon()

    def _abort(self) -> None:
        if self._transport is None:
            return
        kernel = self._transport.get_extra_info("socket")
        if kernel is not None:
            # Without it the kernel would go on offering what is unsent to a client that takes nothing.
            kernel.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
        self._transport.abort()


def wire_protocol(gateway: Gateway, address_of: AddressOf) -> Callable[..., Wire]:
    """What uvicorn's setting `ws` takes, for sockets of this gateway."""

    def make(config: Any, server_state: Any, app_state: Any, _loop: Any = None) -> Wire:
        return Wire(gateway, address_of, server_state)

    return make
