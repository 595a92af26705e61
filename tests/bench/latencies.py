"""How long one answer takes when nothing else is asked, and how much longer where there is more of everything."""

import json
import re
import secrets
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.bench.client import Client, WrongAnswer
from tests.bench.data import FEW, Known
from tests.bench.machine import Latency, latency_of
from tests.bench.sites import Site
from tests.bench.words import write

_NEXT = re.compile(r"""<a\b[^>]*href="([^"]*[?&](?:amp;)?after=[^"]*)\"""")
REPLY_LENGTH = 400
PAGE = 20


def time_page(site: Site, path: str, count: int) -> Latency:
    """One page again and again over one connection, signed in."""
    with Client(site.server.port, site.filled.member.cookie) as client:
        client.expect(200, path)
        return latency_of([client.expect(200, path).seconds for _ in range(count)])


# -- Against more of everything ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ratio:
    """The worst of several places, with the times there."""

    worst: float
    place: str
    large_ms: float
    small_ms: float


def compare(site: Site, places: Mapping[str, Sequence[tuple[str, str]]], repeats: int) -> Ratio:
    """For each place, pairs of paths, large and small, asked in turn `repeats` times; the worst ratio of medians."""
    ratios = []
    with Client(site.server.port, site.filled.member.cookie) as client:
        for place, pairs in places.items():
            taken: tuple[list[float], list[float]] = ([], [])
            for _ in range(repeats):
                for pair in pairs:
                    for path, times in zip(pair, taken, strict=True):
                        times.append(client.expect(200, path).seconds)
            large, small = (statistics.median(times) * 1000 for times in taken)
            ratios.append(Ratio(large / small, place, large, small))
    return max(ratios, key=lambda ratio: ratio.worst)


def compare_threads(site: Site, long: int, repeats: int) -> Ratio:
    """The thread of `long` posts against those of 100: pages read for the first time, and pages read again."""
    filled = site.filled
    small = filled.short_threads
    starts = {"first": (1, 1), "middle": (long // 2 // PAGE * PAGE + 1, 41), "last": (long - PAGE + 1, 81)}
    again: dict[str, Sequence[tuple[str, str]]] = {}
    anew: dict[str, Sequence[tuple[str, str]]] = {}
    for place, (large_start, small_start) in starts.items():
        step = -PAGE if place == "last" else PAGE
        pairs = [
            (f"/threads/{filled.long_thread}?at={large_start + step * number}", f"/threads/{other}?at={small_start}")
            for number, other in enumerate(small)
        ]
        again[f"{place} page, read again"] = pairs[:1]
        anew[f"{place} page, read anew"] = pairs[1:]
    first = compare(site, anew, 1)
    second = compare(site, again, repeats)
    return max(first, second, key=lambda ratio: ratio.worst)


def compare_networks(site: Site, repeats: int) -> Ratio:
    """The network of many threads against that of few: first, middle and last page of each."""
    with Client(site.server.port, site.filled.member.cookie) as client:
        large = list(_walk(client, f"/networks/{site.filled.many_network}"))
        small = list(_walk(client, f"/networks/{site.filled.few_network}"))
    if len(small) < 2 or len(large) < len(small) * 50:
        raise WrongAnswer(f"the networks have {len(large)} and {len(small)} pages")
    indexes = {"first page": (0, 0), "middle page": (len(large) // 2, len(small) // 2), "last page": (-1, -1)}
    places = {place: [(large[one], small[other])] for place, (one, other) in indexes.items()}
    return compare(site, places, repeats)


def _walk(client: Client, path: str) -> Iterator[str]:
    """The addresses of all pages of a list, by their links to the next."""
    next_path: str | None = path
    seen = set()
    while next_path and next_path not in seen:
        seen.add(next_path)
        yield next_path
        found = _NEXT.findall(client.expect(200, next_path).body.decode())
        next_path = unescape(found[-1]) if found else None
        if next_path and next_path.startswith("?"):
            next_path = path + next_path


# -- Replies -----------------------------------------------------------------------------------


class Writing:
    """Somebody who replies in the busy thread."""

    def __init__(self, site: Site, known: Known) -> None:
        self.path = f"/api/v1/threads/{site.filled.busy_thread}/posts"
        self.client = Client(site.server.port, known.bearer)
        self.body = write(1, REPLY_LENGTH).body

    def __enter__(self) -> "Writing":
        return self

    def __exit__(self, *_: object) -> None:
        self.client.__exit__()

    def request(self, mark: str) -> bytes:
        """A reply that says `mark`, under a key of its own."""
        headers = {"Idempotency-Key": secrets.token_hex(8)}
        return self.client.written("POST", self.path, headers, {"body": f"{self.body}\n\n{mark}"})


def time_replies(site: Site, count: int) -> Latency:
    """Replies one after the other: the time of each answer."""
    with Writing(site, site.filled.writers[0]) as writing:
        taken = []
        for _ in range(count):
            answer = writing.client.ask(writing.request("Alone."))
            if answer.status != 201:
                raise WrongAnswer(f"POST {writing.path} answered {answer.status} instead of 201")
            taken.append(answer.seconds)
    return latency_of(taken)


def time_frames(site: Site, count: int) -> Latency:
    """From the start of a reply until another reader's socket has its event, with the post as HTML."""
    with Writing(site, site.filled.writers[1]) as writing, _reader(site) as socket:
        return latency_of([_time_frame(writing, socket) for _ in range(count)])


def _reader(site: Site) -> ClientConnection:
    """A socket of the reader with the busy thread on the screen, everything subscribed."""
    try:
        socket = connect(
            f"ws://127.0.0.1:{site.server.port}/live",
            additional_headers=site.filled.member.bearer,
            subprotocols=[Subprotocol("confer.v1")],
            compression=None,
            proxy=None,
            open_timeout=5,
        )
    except (OSError, WebSocketException) as error:
        raise WrongAnswer(f"the socket cannot be opened: {error}") from error
    _say(socket, {"type": "hello", "v": 1, "client": "bench", "resume": {}})
    welcome = _hear(socket, "welcome", 5)
    if len(welcome["streams"]) <= FEW:
        raise WrongAnswer(f"the socket hears {len(welcome['streams'])} streams")
    _say(socket, {"type": "view", "thread": site.filled.busy_thread})
    time.sleep(0.3)
    return socket


def _time_frame(writing: Writing, socket: ClientConnection) -> float:
    mark = secrets.token_hex(8)
    request = writing.request(mark)
    began = time.perf_counter()
    writing.client.send(request)
    event = _hear(socket, "event", 5)
    while event["kind"] != "post.created":
        event = _hear(socket, "event", 5)
    taken = time.perf_counter() - began
    if mark not in event["object"]["body"] or mark not in event.get("html", ""):
        raise WrongAnswer("the frame does not carry the post that was written")
    answer = writing.client.take(began)
    if answer.status != 201:
        raise WrongAnswer(f"POST {writing.path} answered {answer.status} instead of 201")
    return taken


def _say(socket: ClientConnection, frame: dict[str, Any]) -> None:
    socket.send(json.dumps(frame))


def _hear(socket: ClientConnection, kind: str, seconds: float) -> dict[str, Any]:
    """The next frame of this type; pings are answered meanwhile. Raises WrongAnswer where none comes."""
    end = time.monotonic() + seconds
    while True:
        try:
            frame: dict[str, Any] = json.loads(socket.recv(timeout=max(0.0, end - time.monotonic())))
        except TimeoutError:
            raise WrongAnswer(f"no frame of type {kind} came in {seconds:g} s") from None
        if frame["type"] == "ping":
            _say(socket, {"type": "pong", "n": frame["n"]})
        if frame["type"] == kind:
            return frame
