"""Everything but the first figures: more readers, several posts at once, latency, memory, coming and coming back."""

import json
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from tests.bench.client import Client
from tests.bench.machine import Cores
from tests.bench_live import peers
from tests.bench_live.burst import commit_at_once, position
from tests.bench_live.measuring import Fanned, cpu_of, fan_out
from tests.bench_live.peers import Peer
from tests.bench_live.programs import Load, Post
from tests.bench_live.stage import Stage
from tests.bench_live.table import AT_MOST, Line, ratio

MANY, MOST = 5000, 10_000
BURST = 200


def measure_all(cores: Cores, most_files: int) -> list[Line]:
    """In order; `most_files` is how many sockets one process may have."""
    lines: list[Line] = []
    with Stage(cores, readers=1000) as stage:
        lines += [*_in_flight(stage), *_burst(stage), *_latency(stage, 0.05, 0.8), *_others(stage)]
    with Stage(cores, readers=MANY) as stage:
        lines += stage.lines(stage.one_after_another(rounds=8, posts=5), least_nchan=1.0)
        lines += _latency(stage, 0.5, 1.0)
    most = min(MOST, most_files - 500)
    with Stage(cores, readers=MANY, beside=False, opens=100) as stage:
        lines += _memory(stage)
    with Stage(cores, readers=most, beside=False) as stage:
        lines += [*_holding(stage), *_coming(stage), *_straight_line(stage)]
    return lines


def _rate(posts: list[Post], readers: int) -> float:
    """Deliveries a second of posts that were on their way at the same time."""
    return len(posts) * readers / (max(post.last for post in posts) - min(post.first for post in posts))


def _together(stage: Stage, count: int, in_flight: int, times: int) -> dict[str, float]:
    rates: dict[str, list[float]] = {peer.name: [] for peer in stage.peers}
    for _ in range(times):
        for peer in stage.peers:
            rates[peer.name].append(_rate(stage.loads[peer.name].posts(count, in_flight), stage.readers))
    return {name: statistics.median(each) for name, each in rates.items()}


def _in_flight(stage: Stage) -> Iterator[Line]:
    rates = _together(stage, 80, 4, 5)
    yield ratio("1,000 readers, four posts in flight", rates["Confer"], rates["nginx + nchan"], 4, "nchan")


def _burst(stage: Stage) -> Iterator[Line]:
    """Posts that come into being at once: for Confer in one commit, for nchan from 64 connections as fast as it can."""
    rates = _together(stage, BURST, 64, 3)
    name = f"1,000 readers, burst of {BURST} posts"
    yield ratio(f"{name}, each sent alone", rates["Confer"], rates["nginx + nchan"], None, "nchan")
    load, site = stage.loads["Confer"], stage.site
    at_once = []
    for _ in range(3):
        load.expect(BURST)
        commit_at_once(site, BURST)
        at_once.append(_rate(load.come(), stage.readers))
    mine = statistics.median(at_once)
    yield Line(f"{name}, one commit", mine, f"{mine:,.0f} deliveries/s")
    yield ratio(f"{name}, one commit", mine, rates["nginx + nchan"], 12, "nchan")


def _latency(stage: Stage, every: float, target: float) -> Iterator[Line]:
    """From the sending of a post to its arrival, at a steady pace; Confer's includes the writing of it."""
    found = {peer.name: stage.loads[peer.name].posts(round(8 / every) // 2, 8, every) for peer in stage.peers}
    name = f"{stage.readers:,} readers, {1 / every:g} posts/s, to the"
    last: dict[str, float] = {}
    for peer, posts in found.items():
        middle = statistics.median(post.middle - post.sent for post in posts) * 1000
        last[peer] = statistics.median(post.last - post.sent for post in posts) * 1000
        text = f"{middle:.1f} ms to the middle one, {last[peer]:.1f} ms to the last"
        yield Line(f"{name} readers, p50: {peer}", last[peer], text)
    mine = found["Confer"]
    walk = statistics.median(post.last - post.first for post in mine) * 1000
    yield Line(f"{name} last from the first, p50: Confer", walk, f"{walk:.1f} ms")
    yield ratio(f"{name} last reader, p50", last["Confer"], last["nginx + nchan"], target, "nchan", AT_MOST)


_OTHERS: list[tuple[Callable[[Cores, str], AbstractContextManager[Peer]], float, bool]] = [
    (peers.channels, 20, True),
    (peers.socketio, 1.7, False),
    (peers.starlette, 1.7, False),
]
"""With what is to be reached, and whether the whole time since the post was sent is compared: Channels does most of its
work before the first reader has anything."""


def _others(stage: Stage) -> Iterator[Line]:
    for serve, target, is_whole in _OTHERS:
        with serve(stage.cores, stage.frame) as peer:
            load = stage.load_of(peer)
            try:
                load.open(stage.readers)
                load.posts(2)
                theirs, mine = Fanned(stage.readers), Fanned(stage.readers)
                for _ in range(4):
                    fan_out(peer, load, theirs, 5)
                    fan_out(stage.site.peer, stage.loads["Confer"], mine, 5)
            finally:
                load.end()
        text = (
            f"{theirs.rate:,.0f} deliveries/s; {theirs.whole_rate:,.0f}/s since it was sent; "
            f"{theirs.microseconds:.1f} µs of CPU each"
        )
        name = f"1,000 readers, against {peer.name}"
        yield Line(f"1,000 readers, {peer.name}", theirs.rate, text)
        yield ratio(name, mine.rate, theirs.rate, None if is_whole else target, peer.name)
        yield ratio(f"{name}, since sent", mine.whole_rate, theirs.whole_rate, target if is_whole else None, peer.name)


def _resident(pid: int) -> float:
    """KiB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4


def _memory(stage: Stage) -> Iterator[Line]:
    """What a fresh process grows by as readers come who then do nothing."""
    load, pid = stage.loads["Confer"], stage.site.server.pid
    before, there = _resident(pid), load.readers
    load.open(stage.readers)
    time.sleep(3)
    each = (_resident(pid) - before) / (stage.readers - there)
    yield Line("memory an idle, authenticated connection", each, f"{each:.2f} KiB", 5, AT_MOST)


def _holding(stage: Stage) -> Iterator[Line]:
    """All of them held and served by one process; what they cost, and how long others wait meanwhile."""
    load = stage.loads["Confer"]
    served = load.posts(5)
    slowest = max(post.last - post.sent for post in served) * 1000
    yield Line(
        f"{stage.readers:,} readers held and served",
        stage.readers,
        f"all had 5 posts, {slowest:.0f} ms each at most",
        MOST,
    )
    load.close()
    time.sleep(3)
    load.open(MANY)
    time.sleep(1)
    waits = _waits_during(stage, load)
    p99 = statistics.quantiles(waits, n=100)[98] * 1000
    yield Line(
        f"{MANY:,} readers, loop lag in the fan-out, p99",
        p99,
        f"{p99:.1f} ms (a small request's whole time)",
        10,
        AT_MOST,
    )


def _waits_during(stage: Stage, load: Load) -> list[float]:
    """How long small requests take while posts go out."""
    waits: list[float] = []
    ended = threading.Event()

    def ask() -> None:
        with Client(stage.site.server.port) as client:
            while not ended.is_set():
                waits.append(client.expect(200, "/healthz").seconds)
                time.sleep(0.001)

    asking = threading.Thread(target=ask)
    asking.start()
    load.posts(60)
    ended.set()
    asking.join()
    return waits


def _coming(stage: Stage) -> Iterator[Line]:
    """Connecting, on a process that has been at work already."""
    load, pids = stage.loads["Confer"], stage.site.peer.pids
    load.close()
    time.sleep(3)
    rates, cpu = [], []
    for _ in range(3):
        before = cpu_of(pids)
        rates.append(3000 / load.upgrade(3000))
        cpu.append((cpu_of(pids) - before) / 3000 * 1e6)
        load.close()
        time.sleep(2)
    rate, each = max(rates), min(cpu)
    yield Line("accepted a second, session checked", rate, f"{rate:,.0f}/s; {each:.0f} µs of CPU each", 3000)
    taken = load.open(MANY, at_once=500)
    yield Line(f"{MANY:,} come back at once and are greeted", taken, f"{taken:.1f} s", 60, AT_MOST)
    load.close()
    time.sleep(2)
    stream, (epoch, head) = stage.site.crowd.stream, position(stage.site)
    hello = {"type": "hello", "v": 1, "client": "bench", "resume": {stream: [epoch, head - 50]}}
    before = cpu_of(pids)
    taken = load.resume(1000, 50, json.dumps(hello, separators=(",", ":")))
    cost = (cpu_of(pids) - before) / 1000
    yield Line("1,000 come back and catch up with 50 events", taken, f"{taken:.2f} s; {cost * 1000:.2f} ms of CPU each")
    load.close()
    time.sleep(2)


def _straight_line(stage: Stage) -> Iterator[Line]:
    """What a post costs as readers grow."""
    load, pids = stage.loads["Confer"], stage.site.peer.pids
    costs: list[tuple[int, float]] = []
    for readers in (10, 100, 1000, MANY, stage.readers):
        load.open(readers)
        load.posts(3)
        before = cpu_of(pids)
        load.posts(20)
        cost = (cpu_of(pids) - before) / 20 * 1000
        costs.append((readers, cost))
        yield Line(
            f"a post to {readers:,} readers", cost, f"{cost:.2f} ms of CPU, {cost * 1000 / readers:.1f} µs a reader"
        )
    (few, low), (many, high) = costs[2], costs[-1]
    growth = (high - costs[0][1]) / (low - costs[0][1]) / (many / few)
    yield Line("a straight line: growth over that of readers", growth, f"{growth:.2f}", 1.3, AT_MOST)
