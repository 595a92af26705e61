"""The three servers that are measured against each other in turns: the limit, Confer, and nginx with nchan.

What is measured as deliveries a second is the way from reader to reader: for each post the time between the kernel's
noting its first arrival and its last, over all readers. So the same is measured of each server, for they differ in what
comes before: Confer writes a post into PostgreSQL, flushed to the disk, reads it again as its event, and asks who may
have it; the peers know of a post when it is sent to them. The whole time since the post was sent is told beside it.
"""

import json
import socket
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from tests.bench.machine import Cores
from tests.bench_live import peers
from tests.bench_live.measuring import Fanned, fan_out
from tests.bench_live.peers import Peer, Site
from tests.bench_live.programs import Load, build
from tests.bench_live.table import Line, ratio

WARMING = 10


class Stage:
    """All three running, each with its readers connected. To be used with `with`."""

    def __init__(self, cores: Cores, readers: int, *, beside: bool = True, opens: int | None = None) -> None:
        """Without `beside` there is Confer alone. `opens` is how many of the readers connect at once."""
        self.cores = cores
        self.readers = readers
        self._beside = beside
        self._opens = readers if opens is None else opens
        self._stack = ExitStack()
        self.loads: dict[str, Load] = {}

    def __enter__(self) -> "Stage":
        with self._stack:
            enter = self._stack.enter_context
            folder = Path(enter(tempfile.TemporaryDirectory(prefix="confer-live-")))
            self.program = build("load", folder)
            self.site: Site = enter(peers.confer(self.cores, self.readers))
            self.frame = sample(self.site)
            self.peers: list[Peer] = [self.site.peer]
            if self._beside:
                least = enter(peers.limit(self.cores, build("limit", folder), self.frame))
                self.peers = [least, *self.peers, enter(peers.nchan(self.cores, self.frame))]
            for peer in self.peers:
                self.loads[peer.name] = self.load_of(peer)
                self._stack.callback(self.loads[peer.name].end)
                self.loads[peer.name].open(self._opens)
                self.loads[peer.name].posts(WARMING)
            self._stack = self._stack.pop_all()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._stack.close()

    def load_of(self, peer: Peer) -> Load:
        """A load program for this server, nobody connected yet."""
        return Load(self.program, self.cores.load, peer.port, peer.dialect, peer.upgrades, peer.publish)

    def one_after_another(self, rounds: int, posts: int) -> dict[str, Fanned]:
        """Every server in turn, again and again, so that a machine that slows down does so for all."""
        found = {peer.name: Fanned(self.readers) for peer in self.peers}
        for _ in range(rounds):
            for peer in self.peers:
                fan_out(peer, self.loads[peer.name], found[peer.name], posts)
        return found

    def lines(self, found: Mapping[str, Fanned], least_limit: float = 0.85, least_nchan: float = 1.5) -> list[Line]:
        """The figures of `one_after_another`."""
        readers = f"{self.readers:,} readers"
        mine, limit, nchan = found["Confer"], found["C, epoll"], found["nginx + nchan"]
        told = [
            Line(
                f"{readers}, {name}",
                each.rate,
                f"{each.rate:,.0f} deliveries/s; {each.whole_rate:,.0f}/s since it was sent; "
                f"{each.microseconds:.1f} µs of CPU each",
            )
            for name, each in found.items()
        ]
        ceiling = min(each.ceiling for each in found.values())
        return [
            *told,
            Line(f"{readers}, what the load could take", ceiling, f"{ceiling:,.0f} deliveries/s"),
            ratio(f"{readers}, one post after another", mine.rate, limit.rate, least_limit, "the limit"),
            ratio(f"{readers}, one post after another", mine.rate, nchan.rate, least_nchan, "nchan"),
            ratio(f"{readers}, since it was sent", mine.whole_rate, nchan.whole_rate, None, "nchan"),
        ]


def sample(site: Site) -> str:
    """The very frame that the readers of a post get; all servers send these bytes."""
    with connect(
        f"ws://127.0.0.1:{site.peer.port}/live",
        additional_headers={"Cookie": f"confer={site.crowd.secrets[0]}"},
        origin=Origin(site.server.url),
        subprotocols=[Subprotocol("confer.v1")],
        compression=None,
        proxy=None,
    ) as reader:
        reader.send(json.dumps({"type": "hello", "v": 1, "client": "bench", "resume": {}}))
        reader.recv(timeout=5)
        with socket.create_connection(("127.0.0.1", site.peer.port)) as writer:
            writer.sendall(site.peer.publish)
            while True:
                text = str(reader.recv(timeout=5))
                if json.loads(text)["type"] == "event":
                    return text
