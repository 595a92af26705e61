"""All the figures of one shape, in the order in which they are measured."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from forum.assets import Assets
from tests.bench import figures, latencies
from tests.bench.client import Client, WrongAnswer
from tests.bench.data import Plan
from tests.bench.figures import Figure, target_of
from tests.bench.load import Load, reply_load
from tests.bench.machine import Cores, Latency, memory_of, time_flushes, time_round_trips
from tests.bench.rates import (
    PLAINTEXT,
    Asked,
    Rate,
    Server,
    interleave,
    measure_bare,
    measure_plaintext,
    measure_rates,
)
from tests.bench.sites import Site
from tests.bench.words import write
from tests.servers.confer import ROOT

Measured = TypeVar("Measured")


@dataclass(frozen=True, slots=True)
class Pace:
    """How often everything is measured."""

    rounds: int
    reply_rounds: int
    alone: int
    repeats: int
    replies: int
    frames: int
    searches: int


FULL = Pace(rounds=4, reply_rounds=4, alone=300, repeats=100, replies=200, frames=400, searches=400)
QUICK = Pace(rounds=1, reply_rounds=1, alone=100, repeats=40, replies=80, frames=200, searches=120)


def measure(site: Site, plan: Plan, pace: Pace, cores: Cores) -> Iterator[Figure]:
    """Every figure that depends on the shape."""
    idle = _memory(site, figures.MEMORY_IDLE)
    yield _plaintext(site, pace, cores)
    yield from _rates(site, pace)
    yield from _alone(site, pace)
    yield from _against_more(site, plan, pace)
    yield from _replies(site, pace)
    yield from _frames(site, pace, cores)
    yield idle
    yield _memory(site, figures.MEMORY_LOADED)
    yield from _page_size(site)


# -- Rates -------------------------------------------------------------------------------------


def _plaintext(site: Site, pace: Pace, cores: Cores) -> Figure:
    own, bare = measure_plaintext(_server(site), pace.rounds), measure_bare(cores.server, pace.rounds)
    limit = f"uvicorn alone {bare.rate:,.0f}/s; CPU {own.cpu:,.0f} µs each, alone {bare.cpu:,.0f}"
    return Figure(figures.PLAINTEXT, None, own.rate, f"{own.rate:14,.0f}/s", limit)


def _rates(site: Site, pace: Pace) -> Iterator[Figure]:
    for name, rate in measure_rates(_server(site), list(_asked(site)), pace.rounds).items():
        yield _rate_figure(site, name, rate)


def _asked(site: Site) -> Iterator[Asked]:
    filled, member = site.filled, site.filled.member
    page, posts = f"/threads/{filled.page_thread}", f"/api/v1/threads/{filled.page_thread}/posts?limit=20"
    last_post, signed_in = b'id="post-20"', b"data-me="
    yield Asked(figures.PAGE_SIGNED_IN, page, member.cookie, holds=last_post)
    yield Asked(figures.PAGE_COMPRESSED, page, member.cookie | {"Accept-Encoding": "br"})
    yield Asked(figures.PAGE_EAGER, page, filled.eager.cookie, holds=last_post)
    yield Asked(figures.PAGE_GUEST, page, {}, holds=last_post)
    yield Asked(figures.PAGE_JSON, posts, member.bearer, holds=b'"number":20')
    for name, path, who in (
        (figures.PAGE_UNCHANGED, page, member.cookie),
        (figures.GUEST_UNCHANGED, page, {}),
        (figures.JSON_UNCHANGED, posts, member.bearer),
    ):
        yield Asked(name, path, who | {"If-None-Match": _tag(site, path, who)}, status=304)
    yield Asked(figures.HOME, "/", filled.eager.cookie, holds=b"Board 29")
    yield Asked(figures.NETWORK_PAGE, f"/networks/{filled.page_network}", member.cookie, holds=signed_in)


def _tag(site: Site, path: str, who: dict[str, str]) -> str:
    with Client(site.server.port, who) as client:
        return client.get(path).headers.get("etag", '"none"')


def _rate_figure(site: Site, name: str, rate: Rate | str) -> Figure:
    target = target_of(name, site.shape)
    if isinstance(rate, str):
        return Figure(name, target, None, "—", rate)
    measured = f"{rate.of_plaintext:.3f}  {rate.a_second:7,.0f}/s"
    limit = f"plaintext {rate.plaintext:,.0f}/s; CPU {rate.cpu:,.0f} µs each, plaintext {rate.plaintext_cpu:,.0f}"
    return Figure(name, target, rate.of_plaintext, measured, limit)


def _server(site: Site) -> Server:
    return Server(site.server.port, site.server.pid)


# -- One at a time -----------------------------------------------------------------------------


def _alone(site: Site, pace: Pace) -> Iterator[Figure]:
    plain = latencies.time_page(site, PLAINTEXT, pace.alone)
    page = _try(lambda: latencies.time_page(site, f"/threads/{site.filled.page_thread}", pace.alone))
    yield _time_figure(site, figures.PAGE_ALONE, page, 50, f"plaintext {plain.p50:.2f} ms")


def _against_more(site: Site, plan: Plan, pace: Pace) -> Iterator[Figure]:
    compared: dict[str, Callable[[], latencies.Ratio]] = {
        figures.LONG_THREAD: lambda: latencies.compare_threads(site, plan.long_thread, pace.repeats),
        figures.LARGE_NETWORK: lambda: latencies.compare_networks(site, pace.repeats),
    }
    for name, compare in compared.items():
        target, ratio = target_of(name, site.shape), _try(compare)
        if isinstance(ratio, str):
            yield Figure(name, target, None, "—", ratio)
        else:
            beside = f"worst: {ratio.place}, {ratio.large_ms:.2f} ms against {ratio.small_ms:.2f} ms"
            yield Figure(name, target, ratio.worst, f"{ratio.worst:.2f}", beside)


def _replies(site: Site, pace: Pace) -> Iterator[Figure]:
    disk = time_flushes(site.folder, 0.5)
    alone = _try(lambda: latencies.time_replies(site, pace.replies))
    limit = f"one flush to the disk {disk.p50:.2f} ms"
    yield _time_figure(site, figures.REPLY_ALONE, alone, 50, limit)
    rates = interleave(_server(site), {figures.REPLIES: lambda: _eight_at_once(site)}, pace.reply_rounds)
    figure = _rate_figure(site, figures.REPLIES, rates[figures.REPLIES])
    yield replace(figure, limit=f"{figure.limit}; flushes one by one {1000 / disk.p50:,.0f}/s")


def _eight_at_once(site: Site) -> Load:
    """Replies for a second, each one counted by the thread too."""
    before = _post_count(site)
    path = f"/api/v1/threads/{site.filled.busy_thread}/posts"
    measured = reply_load(
        site.server.port, path, [one.token for one in site.filled.writers], write(2, latencies.REPLY_LENGTH).body, 1
    )
    time.sleep(0.1)
    made = _post_count(site) - before
    if not measured.requests <= made <= measured.requests + len(site.filled.writers):
        raise WrongAnswer(f"{measured.requests} replies were answered, and {made} are there")
    return measured


def _post_count(site: Site) -> int:
    with Client(site.server.port, site.filled.member.bearer) as client:
        return int(client.expect(200, f"/api/v1/threads/{site.filled.busy_thread}").json()["post_count"])


def _frames(site: Site, pace: Pace, cores: Cores) -> Iterator[Figure]:
    loopback = time_round_trips(cores, 2_000)
    frames = _try(lambda: latencies.time_frames(site, pace.frames))
    for name, percentile, own in ((figures.FRAME_P50, 50, loopback.p50), (figures.FRAME_P99, 99, loopback.p99)):
        yield _time_figure(site, name, frames, percentile, f"loopback round trip {own:.3f} ms")


def _time_figure(site: Site, name: str, latency: Latency | str, percentile: int, limit: str) -> Figure:
    target = target_of(name, site.shape)
    if isinstance(latency, str):
        return Figure(name, target, None, "—", latency)
    value = latency.p50 if percentile == 50 else latency.p99
    return Figure(name, target, value, f"{value:.2f} ms", limit)


# -- Sizes -------------------------------------------------------------------------------------


def _memory(site: Site, name: str) -> Figure:
    memory = memory_of(site.server.pid)
    measured = f"{memory.resident:.0f} MB (PSS {memory.proportional:.0f})"
    return Figure(name, target_of(name, site.shape), memory.resident, measured)


def _page_size(site: Site) -> Iterator[Figure]:
    target = target_of(figures.HTML_SIZE, site.shape)
    with Client(site.server.port, site.filled.member.cookie) as client:
        page = client.get(f"/threads/{site.filled.page_thread}")
    if page.status != 200:
        yield Figure(figures.HTML_SIZE, target, None, "—", f"the page answered {page.status}")
    else:
        size = len(page.body) / 1000
        yield Figure(figures.HTML_SIZE, target, size, f"{size:.1f} KB")


def measure_assets() -> Iterator[Figure]:
    """What the browser keeps: the same in every shape."""
    sizes = Assets(ROOT / "static").sizes()
    for name, suffix in ((figures.JS_SIZE, ".js"), (figures.CSS_SIZE, ".css")):
        size = sum(size for path, size in sizes.items() if path.endswith(suffix)) / 1000
        yield Figure(name, target_of(name, ""), size, f"{size:.1f} KB")


def _try(measured: Callable[[], Measured]) -> Measured | str:
    try:
        return measured()
    except WrongAnswer as error:
        return str(error)
