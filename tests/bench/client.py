"""One HTTP connection, kept open: small enough that what it costs itself does not show in what it measures."""

import json
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class WrongAnswer(Exception):
    """The server answered otherwise than what is measured demands; the text says how."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, with the time it took from the first byte sent to the last byte received."""

    status: int
    headers: dict[str, str]
    body: bytes
    size: int
    """In bytes, its head included."""
    seconds: float

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Client:
    """Asks one thing after the other over one connection to a port of this machine."""

    def __init__(self, port: int, headers: Mapping[str, str] | None = None) -> None:
        self._port = port
        self._headers = dict(headers or {})
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """GET this path."""
        return self.ask(self.written("GET", path, headers))

    def expect(self, status: int, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """GET this path. Raises WrongAnswer where the status is another."""
        answer = self.get(path, headers)
        if answer.status != status:
            raise WrongAnswer(f"GET {path} answered {answer.status} instead of {status}")
        return answer

    def post(self, path: str, value: Any, headers: Mapping[str, str] | None = None) -> Answer:
        """POST this value as JSON."""
        return self.ask(self.written("POST", path, headers, value))

    def written(self, method: str, path: str, headers: Mapping[str, str] | None = None, value: Any = None) -> bytes:
        """A request as bytes, made before the clock starts."""
        body = b"" if value is None else json.dumps(value).encode()
        fields = {"Host": f"127.0.0.1:{self._port}", **self._headers, **(headers or {})}
        if value is not None:
            fields |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
        head = "".join(f"{name}: {content}\r\n" for name, content in fields.items())
        return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body

    def ask(self, request: bytes) -> Answer:
        """Send a written request and take its answer. Raises WrongAnswer where none comes."""
        began = time.perf_counter()
        try:
            self.send(request)
            return self.take(began)
        except OSError as error:
            raise WrongAnswer(f"{request.split(b' HTTP')[0].decode()} got no answer: {error}") from error

    def send(self, request: bytes) -> None:
        """Only send; `take` takes the answer."""
        self._socket.sendall(request)

    def take(self, began: float) -> Answer:
        """The answer to what was sent at `began`."""
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        head = received[:end].decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        status = int(head[0].split()[1])
        length = 0 if status in (204, 304) else int(headers["content-length"])
        parts = [received[end + 4 :]]
        missing = length - len(parts[0])
        while missing > 0:
            parts.append(self._more())
            missing -= len(parts[-1])
        return Answer(status, headers, b"".join(parts), end + 4 + length, time.perf_counter() - began)

    def _more(self) -> bytes:
        part = self._socket.recv(262_144)
        if not part:
            raise WrongAnswer("the server closed the connection")
        return part
