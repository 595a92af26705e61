"""Plain refusals: a sentence over HTTP, and HTTP 403 before the upgrade of a socket, by a real server."""

import httpx2
import pytest
import websockets
from starlette.types import Receive, Scope, Send

from auth.refusals import deny_socket, plain_refusal
from tests.auth.conftest import Serve


async def test_refusals_over_a_real_server(serve: Serve) -> None:
    refuse = plain_refusal(403, "Not from there.")

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await deny_socket(receive, send)
        else:
            await refuse(scope, receive, send)

    port = await serve(app)
    async with httpx2.AsyncClient() as client:
        answer = await client.post(f"http://127.0.0.1:{port}/", content=b"x" * 100_000)
    assert (answer.status_code, answer.text) == (403, "Not from there.\n")
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    with pytest.raises(websockets.exceptions.InvalidStatus) as refused:
        await websockets.connect(f"ws://127.0.0.1:{port}/live")
    assert refused.value.response.status_code == 403
