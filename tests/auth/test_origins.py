"""Requests that another site makes a browser send are refused, for every unsafe method and for sockets."""

import httpx2
import pytest
import websockets
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from auth.hosts import origins_of
from auth.origins import OriginGuard, may_change, may_open_socket
from tests.auth.conftest import Serve

OURS = origins_of("https://confer.example.org")
HERE, ELSEWHERE = "https://confer.example.org", "https://evil.example"
COOKIE = {"cookie": "__Host-confer=abc"}
BEARER = {"authorization": "Bearer confer_abc"}


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"sec-fetch-site": "same-origin"} | COOKIE, True),
        ({"sec-fetch-site": "same-origin", "origin": HERE} | COOKIE, True),
        ({"sec-fetch-site": "none"} | COOKIE, True),
        ({"origin": HERE} | COOKIE, True),
        ({"sec-fetch-site": "cross-site", "origin": ELSEWHERE} | COOKIE, False),
        ({"sec-fetch-site": "same-site", "origin": "https://sibling.example.org"} | COOKIE, False),
        ({"sec-fetch-site": "cross-site"} | COOKIE, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "SAME-ORIGIN"} | COOKIE, False),
        ({"sec-fetch-site": ""} | COOKIE, False),
        ({"origin": ELSEWHERE} | COOKIE, False),
        ({"origin": ELSEWHERE}, False),
        ({"origin": "null"} | COOKIE, False),
        ({"origin": "null"}, False),
        ({"origin": ""} | COOKIE, False),
        ({"origin": "http://confer.example.org"} | COOKIE, False),
        ({"origin": HERE + "/"} | COOKIE, False),
        ({"origin": HERE + ":443"} | COOKIE, False),
        ({"origin": HERE.upper()} | COOKIE, False),
        ({"origin": HERE + ".evil.example"} | COOKIE, False),
        ({"origin": ELSEWHERE + "/" + HERE} | COOKIE, False),
        ({"referer": HERE + "/"} | COOKIE, False),
        (COOKIE, False),
        ({}, True),
        (BEARER, True),
        (BEARER | {"origin": ELSEWHERE}, True),
        (BEARER | COOKIE, False),
        (BEARER | COOKIE | {"origin": HERE}, True),
        ({"authorization": "Basic YTpi", "origin": ELSEWHERE}, False),
        ({"authorization": "Bearer", "origin": ELSEWHERE}, False),
    ],
)
def test_who_may_change_something(headers: dict[str, str], allowed: bool) -> None:
    assert may_change(Headers(headers), OURS) is allowed


def test_headers_sent_twice_are_refused() -> None:
    for name, values in (("origin", (HERE, ELSEWHERE)), ("sec-fetch-site", ("same-origin", "cross-site"))):
        raw = [(name.encode(), value.encode()) for value in values] + [(b"cookie", b"a=b")]
        assert not may_change(Headers(raw=raw), OURS)
        assert not may_open_socket(Headers(raw=raw), OURS)


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"origin": HERE} | COOKIE, True),
        ({"origin": HERE}, True),
        ({"origin": ELSEWHERE} | COOKIE, False),
        ({"origin": ELSEWHERE, "sec-fetch-site": "same-origin"} | COOKIE, False),
        ({"origin": "null"} | COOKIE, False),
        ({"origin": ELSEWHERE} | BEARER, False),
        ({"sec-fetch-site": "same-origin"} | COOKIE, False),
        (COOKIE, False),
        (BEARER, True),
        (BEARER | COOKIE, False),
        ({}, False),
    ],
)
def test_who_may_open_a_socket(headers: dict[str, str], allowed: bool) -> None:
    assert may_open_socket(Headers(headers), OURS) is allowed


async def inside(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        socket = WebSocket(scope, receive, send)
        await socket.accept()
        await socket.close(4000)
    else:
        await PlainTextResponse("inside")(scope, receive, send)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "PROPFIND", "QUERY", "post"])
async def test_every_unsafe_method_is_guarded(method: str) -> None:
    guard = OriginGuard(inside, OURS)
    statuses = []

    async def send(message: dict[str, object]) -> None:
        statuses.append(message.get("status"))

    async def receive() -> dict[str, object]:
        return {"type": "http.request"}

    headers = [(b"origin", b"https://evil.example")]
    await guard({"type": "http", "method": method, "path": "/", "headers": headers}, receive, send)  # type: ignore[arg-type]
    assert statuses[0] == 403


async def test_reading_is_free_and_exempt_paths_pass() -> None:
    guard = OriginGuard(inside, OURS, exempt=["/unsubscribe/", "/hook"])
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(guard), base_url=HERE) as client:
        client.headers["origin"] = ELSEWHERE
        for method in ("GET", "HEAD", "OPTIONS"):
            assert (await client.request(method, "/")).status_code == 200
        for path, status in (
            ("/unsubscribe/abc", 200),
            ("/hook", 200),
            ("/hook/more", 403),
            ("/unsubscribe", 403),
            ("/x/unsubscribe/abc", 403),
        ):
            assert (await client.post(path)).status_code == status
        refused = await client.post("/")
    assert refused.text.startswith("This request came from another site, so nothing was done.")
    assert refused.headers["cache-control"] == "private, no-store"


async def test_sockets_over_a_real_server(serve: Serve) -> None:
    port = await serve(OriginGuard(inside, OURS))
    url = f"ws://127.0.0.1:{port}/live"
    for origin, headers in ((None, {}), (ELSEWHERE, {}), (None, COOKIE), ("null", COOKIE)):
        with pytest.raises(websockets.exceptions.InvalidStatus) as refused:
            await websockets.connect(url, origin=origin, additional_headers=headers)  # type: ignore[arg-type]
        assert refused.value.response.status_code == 403
    for origin, headers in ((HERE, COOKIE), (None, BEARER)):
        async with websockets.connect(url, origin=origin, additional_headers=headers) as socket:  # type: ignore[arg-type]
            with pytest.raises(websockets.exceptions.ConnectionClosed) as closed:
                await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4000
