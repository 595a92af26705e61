"""Slow readers, hostile clients, too many of them, and the end of a server."""

import asyncio
import contextlib
import json
import socket
import time

from websockets.exceptions import ConnectionClosed

from tests.realtime.conftest import Served, Stage
from tests.realtime.reader import Reader


def small_socket(served: Served) -> socket.socket:
    """A socket that takes little before its reader reads."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.connect(("127.0.0.1", int(served.url.split(":")[2].split("/")[0])))
    made.setblocking(False)
    return made


async def slow(stage: Stage, served: Served, session: str) -> Reader:
    reader = await stage.connect(served, session, read=False, sock=small_socket(served), max_queue=1)
    reader.socket.transport.set_write_buffer_limits(1024)
    reader.socket.transport.pause_reading()
    return reader


async def test_a_slow_reader_slows_nobody_and_gets_everything_in_the_end(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board")
    served = await stage.gateway(send_buffer=16 * 1024, ping_seconds=600)
    laggard = await community.person("laggard", board)
    others = [await stage.read(served, await community.person(f"p{number}", board)) for number in range(6)]
    late = await slow(stage, served, laggard)
    await asyncio.sleep(0.2)
    connection = next(each for each in served.gateway.hub.connections.values() if each.account == "laggard")
    waits = []
    for turn in range(1, 31):
        began = time.monotonic()
        await community.posts(board, 25, "x" * 2000)
        for reader in others:
            await reader.event(board, turn * 25, 5)
        waits.append(time.monotonic() - began)
    assert connection.lagging
    assert connection.unsent_bytes <= 512 * 1024
    assert connection.unsent_frames <= 256
    early, late_waits = sorted(waits[:8]), sorted(waits[-8:])
    assert late_waits[4] < early[4] * 3 + 0.05, "others wait no longer when one has stopped"
    late.socket.transport.resume_reading()
    late.start()
    await late.event(board, 750, 20)
    assert late.places[board].seqs == list(range(1, 751))
    assert [frame for frame in late.frames if frame["type"] == "ping" and frame["heads"][board] == 750]
    assert [frame for frame in late.frames if frame["type"] == "range"], "it fetched what was dropped"
    await late.until(lambda: connection.unsent_bytes == 0)
    assert served.gateway.unsent_bytes == 0
    await community.post(board)
    await late.event(board, 751)


async def test_a_reader_that_takes_nothing_is_closed(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board")
    served = await stage.gateway(stalled_seconds=0.4, tick_seconds=0.05, closing_seconds=0.2, send_buffer=16 * 1024)
    alice = await community.person("alice", board)
    stuck = await slow(stage, served, alice)
    await asyncio.sleep(0.1)
    for _ in range(10):
        await community.posts(board, 40, "x" * 5000)
    for _ in range(60):
        if not served.gateway.hub.connections:
            break
        await asyncio.sleep(0.05)
    assert served.gateway.hub.connections == {}
    assert served.gateway.unsent_bytes == 0
    stuck.socket.transport.abort()


async def test_a_reader_that_took_nothing_finds_4508_when_it_reads_again(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board")
    served = await stage.gateway(stalled_seconds=0.4, tick_seconds=0.05, closing_seconds=8.0, send_buffer=16 * 1024)
    stuck = await slow(stage, served, await community.person("alice", board))
    await asyncio.sleep(0.1)
    connection = next(iter(served.gateway.hub.connections.values()))
    for _ in range(10):
        await community.posts(board, 40, "x" * 5000)
    for _ in range(200):
        if connection.closing:
            break
        await asyncio.sleep(0.02)
    assert connection.closing == (4508, "too slow")
    stuck.socket.transport.resume_reading()
    stuck.start()
    assert await stuck.closed() == 4508


async def test_no_pong_is_no_reader(stage: Stage) -> None:
    community = stage.community
    alice, bob = await community.person("alice"), await community.person("bob")
    served = await stage.gateway(ping_seconds=0.1, pong_seconds=0.3, tick_seconds=0.05)
    silent = await stage.connect(served, alice, read=False)
    silent.answers_pings = False
    silent.start()
    speaks = await stage.read(served, bob)
    assert await silent.closed(3) == 4513
    assert (await silent.frame("ping"))["heads"] == {"account:alice": 0}
    await asyncio.sleep(0.6)
    assert speaks.close_code is None
    pings = [frame["n"] for frame in speaks.frames if frame["type"] == "ping"]
    assert len(pings) > 3
    assert pings == list(range(1, len(pings) + 1))
    assert all(frame["degraded"] is False for frame in speaks.frames if frame["type"] == "ping")


async def test_p5_pings_carry_the_heads_from_which_a_lost_last_event_is_found(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board")
    alice = await community.person("alice", board)
    served = await stage.gateway(ping_seconds=0.1, tick_seconds=0.05)
    reader = await stage.read(served, alice)
    await community.posts(board, 3)
    await reader.event(board, 3)
    reader.places[board].last = 2  # as if the last frame had been lost
    reader.places[board].applied.pop()
    await reader.event(board, 3, 2)


HOSTILE = [
    "", "{", "[]", "null", '{"type":"post","body":"hello"}',
    '{"type":"fetch","id":1,"stream":"network:board","after":-1}',
    '{"type":"view","thread":{"$ne":1}}', '{"type":"pong","n":1,"n":2}', '{"type":"subscribe","id":1,"stream":"*"}',
    "[" * 4000, '{"type":"hello","v":1}', '{"type":"pong","n":' + "9" * 5000 + "}", b"\x00\x01", b"",
]  # fmt: skip


async def test_five_bad_frames_end_a_connection_and_no_other(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board")
    alice, bob = await community.person("alice", board), await community.person("bob", board)
    served = await stage.gateway()
    witness = await stage.read(served, bob)
    for frame in HOSTILE:
        reader = await stage.read(served, alice)
        for _ in range(4):
            await reader.socket.send(frame)
        await reader.until(lambda reader=reader: sum(each["type"] == "error" for each in reader.frames) == 4)  # type: ignore[misc]
        assert {each["code"] for each in reader.frames if each["type"] == "error"} == {"bad_frame"}
        assert reader.close_code is None
        await reader.socket.send(frame)
        assert await reader.closed() == 4400
    await community.post(board)
    await witness.event(board, 1)


async def test_frames_that_are_too_big_are_closed_by_1009(stage: Stage) -> None:
    alice = await stage.community.person("alice")
    served = await stage.gateway()
    for size in (8 * 1024 + 1, 40_000):
        reader = await stage.read(served, alice)
        await reader.socket.send('{"type":"view","thread":"' + "x" * (size - 27) + '"}')
        assert await reader.closed() == 1009
    resume = {f"network:{'n' * 40}{number}": ["e" * 40, 2**50] for number in range(190)}
    assert 8 * 1024 < len(json.dumps(resume)) < 32 * 1024
    await stage.read(served, alice, resume=resume)


async def test_too_many_frames_are_refused_then_closed(stage: Stage) -> None:
    alice = await stage.community.person("alice")
    served = await stage.gateway()
    reader = await stage.read(served, alice)
    with contextlib.suppress(ConnectionClosed):
        for _ in range(300):
            await reader.say(type="pong", n=1)
    assert await reader.closed() == 4529
    errors = [frame for frame in reader.frames if frame["type"] == "error"]
    assert errors
    assert {frame["code"] for frame in errors} == {"rate"}
    assert all(0 < frame["retry_ms"] <= 1000 for frame in errors)


async def test_the_oldest_of_too_many_sockets_is_closed_by_4409(stage: Stage) -> None:
    alice, bob = await stage.community.person("alice"), await stage.community.person("bob")
    served = await stage.gateway()
    witness = await stage.read(served, bob)
    readers = [await stage.read(served, alice) for _ in range(12)]
    assert [await reader.closed() for reader in readers[:2]] == [4409, 4409]
    await asyncio.sleep(0.1)
    assert {reader.close_code for reader in [*readers[2:], witness]} == {None}


async def test_guests_of_one_address_have_a_bound_of_their_own(stage: Stage) -> None:
    alice = await stage.community.person("alice")
    served = await stage.gateway(allow_guests=True, sockets_an_address=3)
    member = await stage.read(served, alice)
    guests = [await stage.read(served) for _ in range(4)]
    assert await guests[0].closed() == 4409
    assert {reader.close_code for reader in [*guests[1:], member]} == {None}


async def test_a_socket_listens_to_so_many_streams_and_no_more(stage: Stage) -> None:
    community = stage.community
    boards = [await community.network(f"b{number}", is_open=True) for number in range(4)]
    alice = await community.person("alice")
    served = await stage.gateway(streams_a_socket=3)
    reader = await stage.read(served, alice)
    for number, board in enumerate(boards):
        await reader.say(type="subscribe", id=number, stream=board)
    assert (await reader.frame("error", id=2))["code"] == "rate"
    await reader.say(type="unsubscribe", id=9, stream=boards[0])
    await reader.say(type="subscribe", id=10, stream=boards[3])
    await reader.frame("subscribed", id=10)


async def test_one_cannot_stop_hearing_ones_own_stream(stage: Stage) -> None:
    alice = await stage.community.person("alice")
    served = await stage.gateway()
    reader = await stage.read(served, alice)
    await reader.say(type="unsubscribe", id=1, stream="account:alice")
    assert (await reader.frame("error", id=1))["code"] == "bad_frame"
    await stage.community.sign_out("alice", alice)
    assert await reader.closed() == 4401


async def test_an_event_that_cannot_be_shown_does_not_hold_up_the_others(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board")
    alice = await community.person("alice", board)
    served = await stage.gateway()
    reader = await stage.read(served, alice)
    bad = await community.post(board)
    await reader.event(board, 1)
    community.poison.add(bad)
    await community.edit(bad, "poison")
    await community.post(board, "fine")
    assert (await reader.event(board, 2))["omitted"] is True
    assert (await reader.event(board, 3))["object"]["body"] == "fine"


async def test_p10_each_socket_gets_its_own_bye_and_is_closed_by_1012(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board")
    served = await stage.gateway()
    sessions = [await community.person(f"p{number}", board) for number in range(12)]
    readers = [await stage.read(served, session) for session in sessions]
    await community.posts(board, 50)
    await served.gateway.drain(8.0)
    successor = await stage.gateway()
    for reader, session in zip(readers, sessions, strict=True):
        assert await reader.closed() == 1012
        assert reader.frames[-1]["type"] == "bye"
        assert reader.frames[-1]["why"] == "restart"
        place = reader.places[board]
        again = await stage.read(successor, session, resume={board: [reader.epoch, place.last]})
        await again.event(board, 50) if place.last < 50 else None
        assert place.seqs + again.places[board].seqs == list(range(1, 51)), "no event is lost"
    delays = {reader.frames[-1]["retry_ms"] for reader in readers}
    assert len(delays) > 8
    assert all(0 <= delay <= 8000 for delay in delays)
    assert served.gateway.hub.connections == {}


async def test_sockets_that_are_gone_leave_nothing_behind(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board")
    await community.post(board, thread="t1")
    alice = await community.person("alice", board)
    served = await stage.gateway()
    for turn in range(10):
        reader = await stage.read(served, alice)
        await reader.say(type="view", thread="t1")
        if turn % 2:
            reader.socket.transport.abort()
        await reader.close()
    for _ in range(100):
        if not served.gateway.hub.connections:
            break
        await asyncio.sleep(0.02)
    hub = served.gateway.hub
    assert (hub.connections, hub.streams, served.gateway.unsent_bytes) == ({}, {}, 0)
    assert hub.of_account("alice") == []
