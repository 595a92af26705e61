"""What is measured on a peer, and how rates are made of it."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench_live.peers import Peer
from tests.bench_live.programs import Load, Post


def cpu_of(pids: Sequence[int]) -> float:
    """The processor's seconds that these processes have used so far, in all their threads, to the nanosecond."""
    tasks = [task for pid in pids for task in Path(f"/proc/{pid}/task").iterdir()]
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def _quick(times: Iterable[float]) -> float:
    ordered = sorted(times)
    return ordered[len(ordered) // 10]


@dataclass(slots=True)
class Fanned:
    """Rounds of posts of one peer to its readers."""

    readers: int
    posts: list[Post] = field(default_factory=list)
    seconds: float = 0.0
    server_cpu: float = 0.0
    load_cpu: float = 0.0

    @property
    def deliveries(self) -> int:
        """Of all posts to all readers."""
        return self.readers * len(self.posts)

    @property
    def rate(self) -> float:
        """Deliveries a second from reader to reader: of each post, between its first arrival and its last.

        Of all posts the time that the quickest tenth kept within counts: what other programs of the machine take away
        meanwhile is not the server's. Writing the post is not in it: the peers write none.
        """
        return (self.readers - 1) / _quick(post.last - post.first for post in self.posts)

    @property
    def whole_rate(self) -> float:
        """The same from the moment that the post was sent to the server: Confer commits it to the disk in between."""
        return self.readers / _quick(post.last - post.sent for post in self.posts)

    @property
    def microseconds(self) -> float:
        """The server's time on the processor for each delivery, the writing of the post included."""
        return self.server_cpu / self.deliveries * 1e6

    @property
    def ceiling(self) -> float:
        """Deliveries a second that the load could have taken on its core."""
        return self.deliveries / self.load_cpu


def fan_out(peer: Peer, load: Load, fanned: Fanned, count: int, in_flight: int = 1) -> None:
    """One more round."""
    began, server, own = time.perf_counter(), cpu_of(peer.pids), cpu_of([load.pid])
    fanned.posts += load.posts(count, in_flight)
    fanned.seconds += time.perf_counter() - began
    fanned.server_cpu += cpu_of(peer.pids) - server
    fanned.load_cpu += cpu_of([load.pid]) - own
