"""How long a search takes over all that there is, and over a tenth of it, asked in turn."""

from collections.abc import Iterator
from itertools import cycle, islice, pairwise
from urllib.parse import quote

from tests.bench import figures
from tests.bench.client import Client, WrongAnswer
from tests.bench.figures import Figure, target_of
from tests.bench.machine import Latency, latency_of
from tests.bench.sites import Site
from tests.bench.words import invented

COMMON = (
    "budget round",
    "night shift",
    "households",
    "pilot",
    "minutes on thursday",
    '"waiting list"',
    "sooner budget",
)


def searches() -> list[str]:
    """What is looked for: never the same words twice in a row."""
    often, seldom, hardly = ([invented(number) for number in range(first, first + 8)] for first in (0, 150, 4_000))
    mixed = [
        *COMMON,
        *often,
        *seldom,
        *hardly,
        *(f"{one} {other}" for one, other in zip(often, seldom, strict=True)),
        *(f"{one} {other}" for one, other in pairwise(often)),
        *(f"budget {one} -{other}" for one, other in zip(seldom, often, strict=True)),
        '"night shift hands over" budget',
        "pilot from:gareth",
        'minutes in:"long board"',
        f"{seldom[0][:-2]}x{seldom[0][-1:]} budget",
    ]
    return [mixed[number * 7 % len(mixed)] for number in range(len(mixed))]


def time_searches(site: Site, other: Site, count: int) -> tuple[Latency, Latency]:
    """So many searches on either site, in turn. Raises WrongAnswer where nothing at all is found."""
    taken: tuple[list[float], list[float]] = ([], [])
    found = 0
    with (
        Client(site.server.port, site.filled.member.bearer) as large,
        Client(other.server.port, other.filled.member.bearer) as small,
    ):
        for words in islice(cycle(searches()), count):
            for client, times in zip((large, small), taken, strict=True):
                answer = client.expect(200, f"/api/v1/search?q={quote(words)}")
                times.append(answer.seconds)
                found += len(answer.json()["items"])
    if found < count * 10:
        raise WrongAnswer(f"{2 * count} searches found {found} things")
    return latency_of(taken[0]), latency_of(taken[1])


def measure_search(site: Site, tenth: Site, count: int) -> Iterator[Figure]:
    """The figures of the search."""
    large, small = time_searches(site, tenth, count)
    beside = f"over a tenth p50 {small.p50:.2f} ms, p99 {small.p99:.2f} ms"
    for name, value in ((figures.SEARCH_P50, large.p50), (figures.SEARCH_P99, large.p99)):
        yield Figure(name, target_of(name, site.shape), value, f"{value:.2f} ms", beside)
    growth = large.p50 / small.p50
    yield Figure(figures.SEARCH_GROWTH, target_of(figures.SEARCH_GROWTH, site.shape), growth, f"{growth:.2f}")
    yield Figure(figures.INDEXING, None, site.indexing, f"{site.indexing:.0f} s")
