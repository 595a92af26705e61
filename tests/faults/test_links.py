"""Bad links between people and servers. How a frame that never comes is noticed, the heartbeat decides.

In small size the server's pulse and the readers' patience are shorter by as much as the faults are.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.faults import readers
from tests.faults.checker import Expected
from tests.faults.laws_of_readers import lateness
from tests.faults.metrics import read_metrics
from tests.faults.proxies import Proxy, Way
from tests.faults.scenes import IS_FULL, LATEST, Scene, Store, scene
from tests.faults.waiting import until
from tests.servers.processes import free_port
from tests.servers.shapes import POSTGRES_REDIS, SHAPES, SQLITE_MEMORY

LOAD_SECONDS = 60.0 if IS_FULL else 2.0
HOLE_SECONDS = 60.0 if IS_FULL else 4.0
SILENCE_SECONDS = 40.0 if IS_FULL else 2.5
"""After which readers connect anew."""
PROGRAM = () if IS_FULL else ("-m", "tests.faults.broken", "quick_pulse")
SETTLED_SECONDS = 60.0
"""After which every reader has heard a ping with heads."""


def on(shape: str) -> pytest.MarkDecorator:
    """Both shapes in full size; one in small, for the links are the same."""
    return pytest.mark.parametrize("store", SHAPES if IS_FULL else [shape], indirect=True)


@pytest.fixture(autouse=True)
def silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers take a link for lost after this."""
    monkeypatch.setattr(readers, "SILENCE_SECONDS", SILENCE_SECONDS)


@asynccontextmanager
async def _behind(
    way: Way, store: Store, folder: Path, *, with_http: bool = False, processes: int = 0, metrics: int = 0
) -> AsyncIterator[tuple[Scene, list[Proxy]]]:
    """A scene whose sockets, and requests too where asked for, go through proxies of this kind."""
    proxies: list[Proxy] = []

    async def begin(made: Scene) -> None:
        for port in made.site.ports:
            proxies.append(await Proxy.start(port, way))
            made.crowd.live_detours[port] = proxies[-1].port
            if with_http:
                made.crowd.detours[port] = proxies[-1].port

    settings = {"METRICS_PORT": str(metrics)} if metrics else {}
    try:
        async with scene(
            store, folder, program=() if with_http else PROGRAM, before=begin, processes=processes, settings=settings
        ) as run:
            yield run, proxies
    finally:
        for proxy in proxies:
            await proxy.stop()


@on(POSTGRES_REDIS)
async def test_pushes_that_are_dropped_doubled_and_reordered(
    store: Store, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    way = Way(astray=0.1)
    async with _behind(way, store, tmp_path) as (run, _):
        await run.load(50, LOAD_SECONDS)
        await run.holds(Expected(latest=None), patience=SETTLED_SECONDS)
        applied, fetched = len(run.log.steps), len(run.log.ranges)
    assert all(way.seen[what] for what in ("dropped", "doubled", "reordered")), way.seen
    told = ", ".join(f"{way.seen[what]} {what}" for what in ("dropped", "doubled", "reordered"))
    record_property("figures", f"{told}: {applied} steps in order, {fetched} gaps fetched, 0 lost")
    assert fetched


@on(SQLITE_MEMORY)
async def test_slow_and_lossy_link(
    store: Store,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """300 ms each way, and of each twenty segments one must be sent again."""
    monkeypatch.setattr(readers, "SILENCE_SECONDS", 40.0)  # and the server's pulse as ever: an answer takes long here
    way = Way(delay=0.3, loss=0.05, retransmission=0.8)
    async with _behind(way, store, tmp_path, with_http=True) as (run, _):
        await run.load(20, LOAD_SECONDS)
        await run.holds(Expected(latest=LATEST), patience=SETTLED_SECONDS)
        assert run.stored is not None
        slowest = max(seconds for seconds, _ in lateness(run.log, run.stored))
    again = way.seen["segments sent again"]
    assert again
    record_property("figures", f"300 ms each way, {again} segments sent again: 0 lost, {slowest:.1f} s late at most")


@on(POSTGRES_REDIS)
async def test_black_hole(store: Store, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """Nothing passes on any socket, while people go on to write."""
    way = Way()
    async with _behind(way, store, tmp_path) as (run, _):
        run.load(30)
        await asyncio.sleep(1)
        run.note("a black hole")
        way.is_black = True
        await asyncio.sleep(HOLE_SECONDS)
        way.is_black = False
        run.note("it is over")
        over = asyncio.get_running_loop().time()
        await run.end_load()
        assert await run.quiet(SETTLED_SECONDS)
        taken = asyncio.get_running_loop().time() - over
        lost = sum(link.code is not None for link in run.log.links)
        await run.holds(Expected(latest=None), patience=SETTLED_SECONDS)
    record_property("figures", f"{HOLE_SECONDS:g} s: {lost} links lost, all have all {taken:.1f} s after it, 0 lost")
    assert lost >= len(run.crowd.people), "nobody noticed"
    assert taken < 30


@on(SQLITE_MEMORY)
async def test_half_open_sockets(store: Store, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """Neither end is told that nothing passes any more: both find it out, and the server lets go of what it held."""
    port = free_port()
    async with _behind(Way(), store, tmp_path, processes=1, metrics=port) as (run, proxies):
        people = len(run.crowd.people)
        run.load(20)
        await asyncio.sleep(0.5)
        deaf = sum(proxy.deafen() for proxy in proxies)
        assert deaf >= people
        assert await until(lambda: len(run.log.links) >= 3 * people, SETTLED_SECONDS + SILENCE_SECONDS)
        await run.end_load()
        sockets = [await asyncio.to_thread(_sockets, port)]
        while sockets[-1] > people and len(sockets) < SETTLED_SECONDS * 10:
            await asyncio.sleep(0.1)
            sockets.append(await asyncio.to_thread(_sockets, port))
        await run.holds(Expected(latest=None), patience=SETTLED_SECONDS)
    record_property(
        "figures", f"{deaf} half-open sockets: noticed by both ends, the server holds {sockets[-1]} of {people}; 0 lost"
    )
    assert sockets[-1] == people


def _sockets(port: int) -> int:
    return int(read_metrics(port)["confer_sockets"])
