"""What a process counts of its own work."""

import asyncio
import math
import time

from forum.counting import BOUNDS, LAG_EVERY_SECONDS, LoopLag, RequestCounts
from realtime.ending import end


def test_answers_are_counted_by_class_of_status() -> None:
    counts = RequestCounts()
    for status in (200, 201, 204, 404, 503, 101):
        counts.tell("", "GET", "/threads/{id}", status, 0.01, 7)
    counts.tell("", "POST", "/threads/{id}", 200, 0.01, 7)
    assert counts.answers == {
        ("GET", "/threads/{id}", 1): 1,
        ("GET", "/threads/{id}", 2): 3,
        ("GET", "/threads/{id}", 4): 1,
        ("GET", "/threads/{id}", 5): 1,
        ("POST", "/threads/{id}", 2): 1,
    }


def test_times_are_cumulative() -> None:
    counts = RequestCounts()
    for seconds in (0.0004, 0.001, 0.0011, 0.3, 99.0):
        counts.tell("", "GET", "/", 200, seconds, 7)
    times = counts.times["GET", "/"]
    found = dict(times.up_to())
    assert list(found) == [*BOUNDS, math.inf]
    assert (found[0.001], found[0.0025], found[0.25], found[0.5], found[10.0], found[math.inf]) == (2, 3, 3, 4, 4, 5)
    assert abs(times.seconds - 99.3025) < 1e-9


async def test_a_loop_that_was_held_up_is_seen() -> None:
    lag = LoopLag()
    assert lag.quantiles() == {}
    looking = asyncio.create_task(lag.run())
    await asyncio.sleep(3.5 * LAG_EVERY_SECONDS)
    time.sleep(0.3)  # noqa: ASYNC251  this is what must be noticed
    await asyncio.sleep(2 * LAG_EVERY_SECONDS)
    await end([looking])
    found = lag.quantiles()
    assert 0.2 < found[1.0] < 2.0
    assert found[0.5] < found[1.0]
    assert found[0.5] <= found[0.99] <= found[1.0]
