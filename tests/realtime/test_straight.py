"""What `realtime.straight` relies on, of each event loop that may run us: these fail when a loop changes under it."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable, Coroutine
from typing import Any, cast

import pytest
import uvloop

from realtime.straight import borrow, is_free

Scene = Callable[["Taken", socket.socket, socket.socket], Coroutine[Any, Any, None]]


class Taken(asyncio.Protocol):
    """The server's end of one connection, as a `Wire` keeps it."""

    transport: asyncio.Transport
    paused = False
    open_at_the_end = False

    def __init__(self) -> None:
        self.made, self.ended, self.resumed = asyncio.Event(), asyncio.Event(), asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but its class
        self.transport.set_write_buffer_limits(high=0)
        self.number = transport.get_extra_info("socket").fileno()
        self.made.set()

    def pause_writing(self) -> None:
        self.paused = True

    def resume_writing(self) -> None:
        self.paused = False
        self.resumed.set()

    def connection_lost(self, exc: Exception | None) -> None:
        os.fstat(self.number)
        self.open_at_the_end = True
        self.ended.set()


@pytest.fixture(params=[uvloop.new_event_loop, asyncio.new_event_loop], ids=["uvloop", "asyncio"])
def play(request: pytest.FixtureRequest) -> Callable[[Scene], None]:
    """Runs a scene with both ends of a connection in this loop."""

    async def run(scene: Scene) -> None:
        taken = Taken()
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: taken, "127.0.0.1", 0)
        client = socket.create_connection(server.sockets[0].getsockname())
        client.setblocking(False)
        await taken.made.wait()
        borrowed = borrow(taken.transport)
        assert borrowed is not None
        try:
            await scene(taken, borrowed, client)
        finally:
            borrowed.detach()
            client.close()
            taken.transport.abort()
            await taken.ended.wait()
            server.close()

    def start(scene: Scene) -> None:
        with asyncio.Runner(loop_factory=request.param) as runner:
            runner.run(run(scene))

    return start


def test_both_ways_keep_one_order(play: Callable[[Scene], None]) -> None:
    async def scene(taken: Taken, borrowed: socket.socket, client: socket.socket) -> None:
        for number in range(50):
            taken.transport.write(b"by the transport %d;" % number)
            assert is_free(taken.transport), "what is written goes out at once"
            assert borrowed.send(b"straight %d;" % number) == len(b"straight %d;" % number)
        words = (await _read(client, 50 * 20)).split(b";")
        assert words[:4] == [b"by the transport 0", b"straight 0", b"by the transport 1", b"straight 1"]

    play(scene)


def test_what_the_socket_does_not_take_pauses_within_the_write(play: Callable[[Scene], None]) -> None:
    async def scene(taken: Taken, borrowed: socket.socket, client: socket.socket) -> None:
        sent = 0
        with contextlib.suppress(BlockingIOError):
            while True:
                sent += borrowed.send(b"x" * 10_000)
        assert not taken.paused
        assert is_free(taken.transport)
        taken.transport.write(b"y" * 10_000)
        assert taken.paused, "known before anything else can be written"
        assert not is_free(taken.transport)
        assert 0 < taken.transport.get_write_buffer_size() <= 10_000
        received = await _read(client, sent + 10_000)
        await asyncio.wait_for(taken.resumed.wait(), 5)
        assert is_free(taken.transport), "resumed when nothing is left, not earlier"
        assert received.index(b"y") == sent

    play(scene)


@pytest.mark.parametrize("way", ["close", "abort"])
def test_the_socket_is_open_until_its_end_was_told(play: Callable[[Scene], None], way: str) -> None:
    async def scene(taken: Taken, borrowed: socket.socket, client: socket.socket) -> None:
        getattr(taken.transport, way)()
        assert not is_free(taken.transport)
        await taken.ended.wait()
        assert taken.open_at_the_end, "else its number could be another's while we send"

    play(scene)


def test_what_was_given_back_sends_no_more(play: Callable[[Scene], None]) -> None:
    async def scene(taken: Taken, borrowed: socket.socket, client: socket.socket) -> None:
        borrowed.detach()
        with pytest.raises(OSError, match="Bad file descriptor"):
            borrowed.send(b"late")
        taken.transport.write(b"still open")
        assert await _read(client, 10) == b"still open"

    play(scene)


async def _read(client: socket.socket, size: int) -> bytes:
    """At least `size` bytes, or what comes until nothing more does for a while."""
    loop = asyncio.get_running_loop()
    received = b""
    while len(received) < size:
        try:
            received += await asyncio.wait_for(loop.sock_recv(client, 1_000_000), 0.5)
        except TimeoutError:
            break
    return received
