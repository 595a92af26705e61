"""Counting in this process: windows open and end, and attackers' keys cost a bounded memory."""

import time

import pytest

from auth import counters
from auth.counters import Pause, ProcessStorage


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.moment = 1_000_000.0

    def __call__(self) -> float:
        return self.moment


async def test_a_window_opens_with_the_first_and_ends() -> None:
    clock = Clock()
    storage = ProcessStorage(clock)
    assert await storage.get("a") == 0
    assert [await storage.incr("a", 10), await storage.incr("a", 10, 2), await storage.incr("b", 10)] == [1, 3, 1]
    assert await storage.get_expiry("a") == clock.moment + 10
    clock.moment += 9.9
    assert await storage.incr("a", 10) == 4
    clock.moment += 0.1
    assert await storage.get("a") == 0
    assert await storage.incr("a", 10) == 1
    await storage.clear("a")
    assert await storage.get("a") == 0


async def test_ended_windows_are_swept_and_open_ones_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counters, "_MOST_KEYS", 1_000)
    clock = Clock()
    storage = ProcessStorage(clock)
    for number in range(3_000):
        await storage.incr(f"key {number}", 10)
    assert await storage.get("key 2999") == 1
    assert await storage.get("key 0") == 0
    assert await storage.reset() == 1_000
    for number in range(500):
        await storage.incr(f"old {number}", 10)
    clock.moment += 11
    for _ in range(4_096):
        await storage.incr("new", 10_000)
    assert await storage.reset() == 1


async def test_counting_is_quick_with_many_keys() -> None:
    storage = ProcessStorage()
    for number in range(50_000):
        await storage.incr(f"key {number}", 600)
    started = time.perf_counter()
    for _ in range(10_000):
        await storage.incr("one", 600)
    assert time.perf_counter() - started < 0.5


def test_a_pause_is_the_same_pause_however_long() -> None:
    assert Pause(1, 2, namespace="pause").key_for("a", "b") == Pause(1, 60, namespace="pause").key_for("a", "b")
    assert Pause(1, 60).get_expiry() == 60
