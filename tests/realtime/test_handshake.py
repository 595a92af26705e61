"""Who gets a socket, and what a socket is told that may not stay."""

import asyncio
import json

import pytest
from websockets.exceptions import InvalidStatus

from realtime.handshake import Request, credentials, is_allowed, read_request
from tests.realtime.conftest import Stage
from tests.realtime.reader import Reader


async def refused(stage: Stage, url: str, session: str | None, **options: object) -> int:
    with pytest.raises(InvalidStatus) as caught:
        await Reader.open(url, session, **options)  # type: ignore[arg-type]
    return int(caught.value.response.status_code)


async def test_only_configured_origins_may_connect(stage: Stage) -> None:
    alice = await stage.community.person("alice")
    served = await stage.gateway(allow_guests=True)
    near_misses = ["http://evil.test", "http://confer.test.evil.test", "https://confer.test", "http://confer.test:81"]
    near_misses += ["null", "", "HTTP://CONFER.TEST", "http://confer.test/"]
    for origin in near_misses:
        assert await refused(stage, served.url, alice, origin=origin) == 403
    assert await refused(stage, served.url, alice, origin=None) == 403, "a cookie without an origin"
    assert await refused(stage, served.url, None, origin=None) == 403
    assert stage.community.asked.get("authenticate", 0) == 0, "refused before anybody is asked"
    reader = await stage.read(served, alice)
    assert reader.frames[0]["account"] == "alice"
    assert reader.socket.subprotocol == "confer.v1"
    assert reader.socket.protocol.extensions == []


async def test_a_program_shows_a_token_and_no_origin(stage: Stage) -> None:
    alice = await stage.community.person("alice")
    served = await stage.gateway(allow_guests=True)
    reader = await stage.read(served, token=alice, origin=None)
    assert reader.frames[0]["account"] == "alice"
    wrong = await stage.connect(served, token="nonsense", origin=None)
    assert await wrong.closed() == 4401
    assert await refused(stage, served.url, None, token=alice, origin="http://evil.test") == 403


async def test_a_missing_or_ended_session_is_told_by_4401(stage: Stage) -> None:
    alice = await stage.community.person("alice")
    await stage.community.sign_out("alice", alice)
    served = await stage.gateway()
    for session in (alice, "made up", None):
        assert await (await stage.connect(served, session)).closed() == 4401
    with_guests = await stage.gateway(allow_guests=True)
    expects_a_person = {"type": "hello", "v": 1}
    assert await (await stage.connect(with_guests, alice, hello=expects_a_person)).closed() == 4401
    guest = await stage.read(with_guests, alice, hello={"type": "hello", "v": 1, "as": None})
    assert guest.frames[0]["account"] is None


async def test_a_page_of_another_person_is_told_by_4401(stage: Stage) -> None:
    alice = await stage.community.person("alice")
    served = await stage.gateway()
    assert await (await stage.connect(served, alice, hello={"type": "hello", "v": 1, "as": "bob"})).closed() == 4401
    await stage.read(served, alice, hello={"type": "hello", "v": 1, "as": "alice"})


async def test_other_versions_are_told_to_reload(stage: Stage) -> None:
    alice = await stage.community.person("alice")
    served = await stage.gateway()
    assert await (await stage.connect(served, alice, hello={"type": "hello", "v": 2})).closed() == 4412
    assert await (await stage.connect(served, alice, subprotocols=["confer.v9"], hello={})).closed() == 4412
    assert await (await stage.connect(served, alice, subprotocols=None, hello={})).closed() == 4412


async def test_hello_comes_first_and_in_time(stage: Stage) -> None:
    alice = await stage.community.person("alice")
    served = await stage.gateway(hello_seconds=0.2)
    silent = await stage.connect(served, alice, hello={})
    assert await silent.closed(2) == 4400
    early = await stage.connect(served, alice, hello={"type": "pong", "n": 1})
    assert (await early.frame("error"))["code"] == "bad_frame"
    assert await early.closed(2) == 4400
    twice = await stage.read(served, alice)
    await twice.say(type="hello", v=1)
    assert (await twice.frame("error"))["code"] == "bad_frame"


async def test_p10_no_new_sockets_while_draining(stage: Stage) -> None:
    alice = await stage.community.person("alice")
    served = await stage.gateway()
    await served.gateway.drain(1)
    assert await refused(stage, served.url, alice) == 503


async def test_p10_who_has_not_said_hello_yet_is_told_when_to_come_back(stage: Stage) -> None:
    alice = await stage.community.person("alice")
    served = await stage.gateway()
    silent = await stage.connect(served, alice, hello={})
    await served.gateway.drain(5)
    assert await silent.closed() == 1012
    assert [frame["type"] for frame in silent.frames] == ["bye"]


async def test_no_socket_while_nobody_can_be_authenticated(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise OSError("the database is away")

    monkeypatch.setattr(stage.community, "authenticate", fail)
    served = await stage.gateway()
    assert await refused(stage, served.url, "any") == 503


async def test_a_session_that_ends_between_upgrade_and_hello_is_noticed(stage: Stage) -> None:
    alice = await stage.community.person("alice")
    served = await stage.gateway()
    reader = await stage.connect(served, alice, hello={})
    await asyncio.sleep(0.1)
    await stage.community.sign_out("alice", alice)
    await reader.socket.send(json.dumps({"type": "hello", "v": 1}))
    assert await reader.closed(2) == 4401


ORIGINS = ["https://confer.test"]


def request(**headers: str) -> Request:
    return Request({name.replace("_", "-"): value for name, value in headers.items()}, "127.0.0.1", ["confer.v1"])


def test_a_cookie_counts_only_beside_a_right_origin() -> None:
    both = request(cookie="session=1", authorization="Bearer x")
    assert is_allowed(both, ORIGINS)
    assert "cookie" not in credentials(both)
    page = request(cookie="session=1", origin="https://confer.test", authorization="Basic x")
    assert is_allowed(page, ORIGINS)
    assert credentials(page) == {"cookie": "session=1", "origin": "https://confer.test"}
    assert not is_allowed(request(authorization="Basic x"), ORIGINS)


def test_headers_that_decide_may_not_be_repeated() -> None:
    one = {"headers": [(b"Origin", b"https://confer.test")], "client": ("127.0.0.1", 5), "subprotocols": ["a"]}
    read = read_request(one)
    assert read is not None
    assert read.headers == {"origin": "https://confer.test"}
    assert read_request({"headers": [(b"origin", b"a"), (b"Origin", b"b")]}) is None
    assert read_request({"headers": [(b"authorization", b"a"), (b"authorization", b"b")]}) is None
    joined = read_request({"headers": [(b"cookie", b"a=1"), (b"cookie", b"b=2")]})
    assert joined is not None
    assert joined.headers["cookie"] == "a=1; b=2"
