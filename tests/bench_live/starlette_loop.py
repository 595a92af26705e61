"""What one would write first: every socket in a set, and `await send_text` for one after the other.

`python starlette_loop.py PORT`. POST sends its body to everybody.
"""

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

_listening: set[WebSocket] = set()


async def listen(socket: WebSocket) -> None:
    """Until the client leaves."""
    await socket.accept()
    _listening.add(socket)
    try:
        while True:
            await socket.receive_text()
    except WebSocketDisconnect:
        _listening.discard(socket)


async def publish(request: Request) -> Response:
    """To everybody."""
    text = (await request.body()).decode()
    for socket in list(_listening):
        await socket.send_text(text)
    return Response(status_code=200)


if __name__ == "__main__":
    app = Starlette(routes=[WebSocketRoute("/", listen), Route("/publish", publish, methods=["POST"])])
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        log_level="error",
        backlog=4096,
        ws_per_message_deflate=False,
        timeout_keep_alive=3600,
    )
