"""A secret network's address takes as long as that of nothing: nobody finds one with a watch."""

import gc
import random
import time
from statistics import median

import pytest

from tests.privacy.addresses import filled, nothing
from tests.privacy.asker import Asker
from tests.privacy.world import World
from tests.servers.shapes import SQLITE_MEMORY

REQUESTS = 2_000
TRIES = 3
MOST = 0.05
ADDRESS = "GET /networks/{slug:slug}"


def seconds(asker: Asker, path: str) -> float:
    began = time.perf_counter()
    asker.get(path)
    return time.perf_counter() - began


def difference(asker: Asker, one: str, other: str, requests: int = REQUESTS) -> float:
    """By how much the medians of two addresses differ, as a part of the second; asked in turns, in random order."""
    taken: dict[str, list[float]] = {one: [], other: []}
    gc.disable()
    try:
        for _ in range(requests // 2):
            for path in random.sample((one, other), 2):
                taken[path].append(seconds(asker, path))
    finally:
        gc.enable()
    return abs(median(taken[one]) / median(taken[other]) - 1)


def skip_other_shapes(world: World) -> None:
    if world.server.shape != SQLITE_MEMORY:
        pytest.skip("measured on SQLite only: there one process does all, and little else is in the time")


@pytest.mark.timeout(900)
def test_a_secret_address_takes_as_long_as_nothing(world: World) -> None:
    """Medians of 2,000 interleaved requests; on a busy machine up to three tries, of which one must be as close."""
    skip_other_shapes(world)
    place, asker = world.places["secret"], world.browsers["outsider"]
    secret, made_up = f"/networks/{place.slug}", filled(ADDRESS, nothing(place))
    found = []
    for _ in range(TRIES):
        found.append(difference(asker, secret, made_up))
        if found[-1] < MOST:
            return
    raise AssertionError(f"medians differ by {', '.join(f'{each:.1%}' for each in found)}")


@pytest.mark.timeout(600)
def test_the_watch_sees_what_takes_longer(world: World) -> None:
    """For a member there is a library: were it anything but nothing to an outsider, it would be measured."""
    skip_other_shapes(world)
    place, asker = world.places["secret"], world.browsers["fellow"]
    shown, made_up = f"/networks/{place.slug}/documents", f"{filled(ADDRESS, nothing(place))}/documents"
    assert median(difference(asker, shown, made_up, 200) for _ in range(TRIES)) > 2 * MOST
