"""A light HTTP client: hundreds of people on one core, each with connections kept open, bounded in time."""

import asyncio
import contextlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

IDLE_SECONDS = 3.0
"""A connection that was idle for longer is not used again: the server may be about to close it."""


class NoAnswer(Exception):
    """The connection failed or the time was up: whether anything was done is unknown."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, read to its end."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; None where there is none."""
        return json.loads(self.body) if self.body else None


class Asker:
    """Asks servers on this machine, in one person's name. May ask several things at once."""

    def __init__(self, token: str, detours: Mapping[int, int] | None = None) -> None:
        """`detours`: the port of a proxy for the port of a server; the server is asked by its own name."""
        self._token = token
        self._detours = {} if detours is None else detours
        self._idle: dict[int, list[tuple[float, asyncio.StreamReader, asyncio.StreamWriter]]] = {}

    async def ask(
        self,
        port: int,
        method: str,
        path: str,
        value: Any = None,
        headers: Mapping[str, str] | None = None,
        seconds: float = 5.0,
    ) -> Answer:
        """One request and its whole answer. Raises NoAnswer."""
        request = self._written(port, method, path, value, headers or {})
        try:
            async with asyncio.timeout(seconds):
                return await self._exchange(port, request)
        except (OSError, TimeoutError, EOFError, ValueError, IndexError) as error:
            raise NoAnswer(type(error).__name__) from error

    async def _exchange(self, port: int, request: bytes) -> Answer:
        reader, writer = await self._connection(port)
        try:
            writer.write(request)
            answer = await _read(reader)
        except BaseException:
            writer.transport.abort()
            raise
        if answer.headers.get("connection") == "close":
            writer.close()
        else:
            self._idle.setdefault(port, []).append((time.monotonic(), reader, writer))
        return answer

    async def _connection(self, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        kept = self._idle.get(port, [])
        while kept:
            used_at, reader, writer = kept.pop()
            if time.monotonic() - used_at < IDLE_SECONDS and not reader.at_eof() and not writer.is_closing():
                return reader, writer
            writer.transport.abort()
        return await asyncio.open_connection("127.0.0.1", self._detours.get(port, port))

    def _written(self, port: int, method: str, path: str, value: Any, headers: Mapping[str, str]) -> bytes:
        fields = {"Host": f"127.0.0.1:{port}", "Authorization": f"Bearer {self._token}", **headers}
        body = b"" if value is None else json.dumps(value).encode()
        if value is not None:
            fields |= {"Content-Type": "application/json"}
        if value is not None or method != "GET":
            fields |= {"Content-Length": str(len(body))}
        head = "".join(f"{name}: {content}\r\n" for name, content in fields.items())
        return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body

    async def close(self) -> None:
        """End every connection."""
        for kept in self._idle.values():
            for _, _, writer in kept:
                writer.transport.abort()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
        self._idle.clear()


async def _read(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    fields = (line.partition(":") for line in head[1:] if line)
    headers = {name.lower(): content.strip() for name, _, content in fields}
    length = int(headers.get("content-length", "0"))
    body = await reader.readexactly(length) if length else b""
    return Answer(int(head[0].split()[1]), headers, body)
