"""The least that our kind of server can do: uvicorn as Confer runs it, and two words of plain text."""

from typing import Any

import uvicorn

_START = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]}
_BODY = {"type": "http.response.body", "body": b"All well.\n"}


async def answer(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The same to everybody."""
    if scope["type"] == "http":
        await send(_START)
        await send(_BODY)


def serve(port: int) -> None:
    """Answer on this port of the loopback address until the process is ended."""
    uvicorn.run(
        answer, host="127.0.0.1", port=port, http="httptools", lifespan="off", access_log=False, log_level="error"
    )
