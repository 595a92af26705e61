"""Whatever comes on our channels does no harm: readers get what the database says, and nobody else is named."""

import asyncio
import contextlib
import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import Redis

from realtime.brokers import Wakeup
from realtime.brokers.ear import NOTE_LENGTH
from realtime.brokers.redis import parse_note, parse_wakeups
from realtime.presence import Said, parse_said
from tests.realtime.community import Community
from tests.realtime.conftest import Stage, make_stage
from tests.realtime.reader import Reader
from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=80),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.sampled_from("ganqtx"), inner, max_size=6),
    max_leaves=30,
)
_NEARLY = st.fixed_dictionaries(
    {
        "g": st.text(max_size=70) | st.none(),
        "a": st.lists(st.text(max_size=70) | st.integers(), max_size=130),
        "n": st.integers() | st.booleans() | st.floats(),
        "t": st.lists(st.text(max_size=70), max_size=70),
        "q": st.booleans() | st.integers(),
    }
)


@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_no_bytes_break_the_parsers(data: bytes) -> None:
    for wakeup in parse_wakeups(data):
        assert isinstance(wakeup, Wakeup)
        assert 0 < len(wakeup.stream) <= 200
        assert 0 <= wakeup.seq <= 2**62
        assert "\n" not in wakeup.stream
    note = parse_note(data)
    assert note is None or (len(note.topic) <= 200 and len(note.text) <= NOTE_LENGTH)


@given(st.lists(st.tuples(st.text("abz:-09", min_size=1, max_size=60), st.integers(0, 2**62)), max_size=20))
def test_what_we_send_is_what_is_heard(sent: list[tuple[str, int]]) -> None:
    lines = "\n".join(f"{stream} {seq}" for stream, seq in sent)
    assert parse_wakeups(lines.encode()) == [Wakeup(*each) for each in sent]


@given(_VALUES | _NEARLY)
def test_no_note_breaks_presence(value: Any) -> None:
    text = json.dumps(value)
    parse_note(json.dumps(["presence:t", value]).encode())
    said = parse_said(text)
    if said is None:
        return
    assert isinstance(said, Said)
    assert 0 <= said.more <= 1_000_000
    ids = [said.gateway, *said.accounts, *said.typing]
    assert len(ids) <= 121
    assert all(isinstance(each, str) and 0 < len(each) <= 64 for each in ids)
    assert parse_said(said.note("t").text) == said


@pytest.mark.parametrize(
    "text", ["[" * 4000, '{"g":' * 600, "9" * 4000, "1e999", "NaN", '"' + "\\ud800" * 100 + '"', ""]
)
def test_deep_and_odd_notes_are_nothing(text: str) -> None:
    assert parse_said(text) is None
    assert parse_note(text.encode()) is None


class Vandal:
    """Somebody who may publish on our Redis."""

    def __init__(self, url: str, stream: str) -> None:
        self._redis = Redis.from_url(url)
        self._stream = stream
        self._is_over = False
        self.sent = 0

    def rubbish(self) -> list[tuple[str, bytes]]:
        """Channel and message: garbage, forged, foreign, huge."""
        wake = [
            b"",
            b"\xff\xfe\x00" * 50,
            b"hello",
            b'{"event":"push","data":{}}',
            b"*3\r\n$7\r\nPUBLISH\r\n",
            b"\n" * 30_000,
        ]
        for seq in (0, 1, 2, 3, 10**6, 2**62, 2**63, -1):
            wake.append(f"{self._stream} {seq}".encode())
        wake += [f"network:{number} 5".encode() for number in range(50)]
        wake += [b"account:alice 999999", b"moderators:board 7", b" " * 300 + b"1"]
        people = ["stranger", "<img src=x onerror=alert(1)>", "nobody", "bob", "'; DROP TABLE members; --", "alice"]
        said = [
            Said("forger", tuple(people), 3, tuple(people), asks=True),
            Said("forger2", ("stranger",) * 50, 10**6, (), asks=False),
            *(Said(f"g{number}", (f"ghost{number}",), 1, (f"ghost{number}",), asks=True) for number in range(150)),
        ]
        notes = [json.dumps([each.note("t1").topic, each.note("t1").text]).encode() for each in said]
        notes += [json.dumps(["presence:t1", {"g": "x", "names": ["Mallory"]}]).encode(), b"[" * 30_000]
        notes += [json.dumps(["presence:t1", '{"names":["Mallory"],"typing":["Mallory"]}']).encode()]
        notes += [json.dumps(["presence:" + "x" * 5000, "{}"]).encode(), b"", b"null"]
        return [("confer:wake", each) for each in wake + notes[:3]] + [
            ("confer:note", each) for each in notes + wake[:9]
        ]

    async def run(self) -> None:
        """Send something huge, and then all of the rest again and again, until `close()`."""
        with contextlib.suppress(ConnectionError):
            for channel in ("confer:wake", "confer:note"):
                await self._redis.publish(channel, b"x" * 10_000_000)
            while not self._is_over:
                for channel, message in self.rubbish():
                    await self._redis.publish(channel, message)
                    self.sent += 1
                await asyncio.sleep(0.05)

    async def close(self) -> None:
        self._is_over = True
        await self._redis.aclose()


async def test_p5_rubbish_forged_and_huge_messages_change_nothing_for_readers(
    postgres_server: PostgresServer, own_redis: RedisServer
) -> None:
    url = postgres_server.new_database()
    async for stage in make_stage(url, own_redis.url):
        await _hold_out(stage, own_redis)
    postgres_server.drop_database(url)


async def _go_on(community: Community, board: str, other: str, readers: Sequence[Reader], vandal: Vandal) -> None:
    """Post beside it. Where what we send is lost among it, the head check finds it."""
    for reader in readers:
        await reader.say(type="view", thread="t1")
    for number in range(40):
        await community.post(board if number % 4 else other, f"words {number}")
        await asyncio.sleep(0.03)
    for reader in readers:
        await reader.event(board, 31, 20)
    for _ in range(400):
        if vandal.sent > 600:
            break
        await asyncio.sleep(0.05)
    assert vandal.sent > 600


async def _hold_out(stage: Stage, own_redis: RedisServer) -> None:
    community = stage.community
    board, other = await community.network("board"), await community.network("other")
    await community.post(board)
    sessions = {name: await community.person(name, board) for name in ("alice", "bob")}
    await community.person("stranger", other)
    gateways = [await stage.gateway(presence_seconds=0.1) for _ in range(2)]
    alice = await stage.read(gateways[0], sessions["alice"])
    bob = await stage.read(gateways[1], sessions["bob"])
    vandal = Vandal(own_redis.url, board)
    task = asyncio.create_task(vandal.run())
    try:
        await _go_on(community, board, other, (alice, bob), vandal)
    finally:
        await vandal.close()
        await asyncio.gather(task, return_exceptions=True)
    for reader in (alice, bob):
        assert reader.places[board].seqs == list(range(2, 32))
        assert {frame["type"] for frame in reader.frames} <= {"welcome", "event", "presence", "ping", "range"}
        assert {frame["stream"] for frame in reader.frames if frame["type"] == "event"} == {board}
        shown = [frame for frame in reader.frames if frame["type"] == "presence"]
        assert shown, "presence goes on"
        assert {name for frame in shown for name in [*frame["names"], *frame["typing"]]} <= {"Alice", "Bob"}
        assert reader.close_code is None
    for served in gateways:
        assert set(served.gateway.hub.streams) <= {board, "account:alice", "account:bob"}
    assert all(broker.healthy for broker in stage.brokers)
