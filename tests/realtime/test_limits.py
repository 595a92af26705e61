"""The numbers of the contract (§3) are those that a gateway keeps where nobody says otherwise."""

import asyncio
import time

from websockets.asyncio.client import connect

from realtime.brokers.redis import RedisTimes
from realtime.limits import KIB, Limits
from realtime.transaction import PUBLISH_SECONDS
from tests.realtime.conftest import ORIGIN, Stage
from tests.realtime.reader import Reader

CONTRACT = {
    "frame_bytes_in": 8 * KIB,
    "hello_bytes_in": 32 * KIB,
    "bad_frames": 5,
    "ping_seconds": 25.0,
    "ping_spread": 0.2,
    "pong_seconds": 10.0,
    "sockets_a_person": 10,
    "sockets_an_address": 300,
    "streams_a_socket": 200,
    "frames_a_minute": 120,
    "frame_bytes_out": 64 * KIB,
    "unsent_frames": 256,
    "unsent_bytes": 512 * KIB,
    "unsent_before_next_part": 128 * KIB,
    "unsent_of_process": 256 * KIB * KIB,
    "stalled_seconds": 20.0,
    "head_check_seconds": 5.0,
    "blind_seconds": 10.0,
    "resume_events_a_stream": 500,
    "resume_events": 2000,
    "presence_seconds": 1.0,
}


def test_limits_are_those_of_the_contract() -> None:
    kept = Limits()
    assert {name: getattr(kept, name) for name in CONTRACT} == CONTRACT
    assert PUBLISH_SECONDS == 0.05


def test_p5_an_event_is_six_seconds_late_at_most() -> None:
    """Without any wake-up it is found at the next look at the heads, and read within the second that is left."""
    kept, redis = Limits(), RedisTimes()
    assert kept.head_check_seconds + kept.retry_seconds < 6
    assert redis.longest_retry <= 6  # after Redis is back the heads are compared at once


async def test_pings_of_many_are_spread(stage: Stage) -> None:
    """25 s ± 20 %, each connection at moments of its own: a thousand that came at once are not pinged at once."""
    community = stage.community
    board = await community.network("board")
    served = await stage.gateway()
    for number in range(9):
        await stage.read(served, await community.person(f"p{number}", board))
    now = time.monotonic()
    waits = [connection.ping_at - now for connection in served.gateway.hub.connections.values()]
    assert len({round(wait, 2) for wait in waits}) > 6
    assert all(19 < wait <= 30 for wait in waits)


async def test_no_compression_is_agreed_on(stage: Stage) -> None:
    alice = await stage.community.person("alice")
    served = await stage.gateway()
    headers = {"Cookie": f"session={alice}"}
    async with connect(
        served.url,
        origin=ORIGIN,  # type: ignore[arg-type]
        additional_headers=headers,
        compression="deflate",
        subprotocols=["confer.v1"],  # type: ignore[list-item]
        proxy=None,
    ) as socket:
        assert socket.request is not None
        assert "permessage-deflate" in socket.request.headers["Sec-WebSocket-Extensions"]
        assert socket.protocol.extensions == []


async def test_a_token_in_the_address_is_no_token(stage: Stage) -> None:
    alice = await stage.community.person("alice")
    served = await stage.gateway()
    for name in ("token", "access_token", "session", "authorization"):
        reader = await Reader.open(f"{served.url}?{name}={alice}")
        assert await reader.closed() == 4401
        await reader.close()


async def test_who_cannot_be_greeted_now_is_told_to_come_back_by_1013(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board", is_open=True)
    alice = await community.person("alice")
    served = await stage.gateway(round_seconds=0.3)
    epoch = await community.epoch()
    community.audience_gate = asyncio.Event()
    reader = await stage.connect(served, alice, resume={board: [epoch, 0]})
    assert await reader.closed() == 1013
    community.audience_gate = None
    await stage.read(served, alice, resume={board: [epoch, 0]})
