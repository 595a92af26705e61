"""One visitor at one server: who they are, and each answer they get, as it came over the wire."""

import http.client
import json as json_words
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

_ENDED_MEANWHILE = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers in small letters in their order, and the bytes of the body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json_words.loads(self.body)


_BOUNDARY = "9f2d1c0b7a"


def _with_file(form: Mapping[str, str], file: tuple[str, str]) -> str:
    """Fields and a file, as browsers write them."""
    parts = [(f'name="{name}"', value) for name, value in form.items()]
    parts.append((f'name="file"; filename="{file[0]}"', file[1]))
    said = "".join(f"--{_BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n{text}\r\n" for head, text in parts)
    return f"{said}--{_BOUNDARY}--\r\n"


class Asker:
    """Keeps one connection and sends the same credentials each time; follows nothing and keeps no cookies.

    Thousands of requests go through it, so it is the plainest client there is.
    """

    def __init__(self, url: str, credentials: Mapping[str, str]) -> None:
        self.url = url
        self.credentials = dict(credentials)
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)

    def ask(
        self,
        method: str,
        path: str,
        *,
        form: Mapping[str, str] | None = None,
        json: object | None = None,
        file: tuple[str, str] | None = None,
    ) -> Answer:
        """One request, as a browser on our own page or a program would send it; with a file's name and words, if any.

        A file goes with the fields of `form`.
        """
        headers, body = dict(self.credentials), None
        if file is not None:
            headers |= {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}", "Origin": self.url}
            body = _with_file(form or {}, file)
        elif form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.url}
            body = urlencode(form)
        elif json is not None:
            headers |= {"Content-Type": "application/json", "Origin": self.url}
            body = json_words.dumps(json)
        try:
            return self._send(method, path, body, headers)
        except _ENDED_MEANWHILE:  # the server had just closed the idle connection
            self._connection.close()
            return self._send(method, path, body, headers)

    def _send(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> Answer:
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        shown = tuple((name.lower(), value) for name, value in response.getheaders())
        return Answer(response.status, shown, response.read())

    def get(self, path: str) -> Answer:
        """Read an address."""
        return self.ask("GET", path)

    def close(self) -> None:
        """End the connection."""
        self._connection.close()
