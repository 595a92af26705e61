"""The request that becomes a websocket, byte by byte."""

import pytest

from realtime.upgrading import MOST_BYTES, Upgrade, read_upgrade, refused

HEADERS = {
    "Host": "confer.test",
    "Upgrade": "websocket",
    "Connection": "keep-alive, Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Protocol": "other, confer.v1",
}


def request(line: str = "GET /live?x=1 HTTP/1.1", **changed: str | None) -> bytes:
    headers = {name.replace("-", "_"): value for name, value in HEADERS.items()} | changed
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items() if value is not None]
    return "\r\n".join([line, *lines, "", ""]).encode("latin-1")


def read(data: bytes) -> Upgrade:
    upgrade = read_upgrade(data)
    assert upgrade is not None
    return upgrade


def test_the_example_of_the_standard() -> None:
    upgrade = read(request())
    assert (upgrade.path, upgrade.refusal) == ("/live", None)
    assert upgrade.values(b"sec-websocket-protocol") == ["other", "confer.v1"]
    assert upgrade.headers[0] == (b"host", b"confer.test")
    answer = upgrade.accepted("confer.v1")
    assert answer.startswith(b"HTTP/1.1 101 ")
    assert answer.endswith(b"\r\n\r\n")
    assert b"\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in answer
    assert b"\r\nSec-WebSocket-Protocol: confer.v1\r\n" in answer
    assert b"Protocol" not in upgrade.accepted(None).replace(b"Switching Protocols", b"")


def test_a_request_in_parts_is_waited_for() -> None:
    whole = request()
    assert all(read_upgrade(whole[:size]) is None for size in range(len(whole)))


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"Upgrade": None}, 400),
        ({"Upgrade": "h2c"}, 400),
        ({"Upgrade": "h2c, WebSocket"}, None),
        ({"Connection": "keep-alive"}, 400),
        ({"Connection": "UPGRADE"}, None),
        ({"Sec_WebSocket_Key": None}, 400),
        ({"Sec_WebSocket_Key": "c2hvcnQ="}, 400),
        ({"Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ"}, 400),
        ({"Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="}, 400),
        ({"Sec_WebSocket_Version": "8"}, 426),
        ({"Sec_WebSocket_Version": None}, 426),
        ({"line": "POST /live HTTP/1.1"}, 400),
        ({"line": "GET /live HTTP/1.0"}, 400),
    ],
)
def test_what_asks_for_no_websocket_of_ours(changed: dict[str, str], status: int | None) -> None:
    assert read(request(**changed)).refusal == status


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET /live HTTP/1.1\r\nno header\r\n\r\n",
        b"GET /live HTTP/1.1\r\n: empty\r\n\r\n",
        b"GET /live HTTP/1.1\r\nHost : confer.test\r\n\r\n",
        b"GET /live HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n",
        request() + b"\x81\x80",
        request() + request(),
        b"x" * (MOST_BYTES + 1),
    ],
)
def test_what_is_no_request(sent: bytes) -> None:
    with pytest.raises(ValueError, match=r"request|header|unpack"):
        read_upgrade(sent)


def test_refusals_close() -> None:
    answer = refused(426)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"\r\nConnection: close" in head
    assert b"\r\nSec-WebSocket-Version: 13" in head
    assert f"Content-Length: {len(body)}".encode() in head
