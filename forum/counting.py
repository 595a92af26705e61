"""What a process counts of its own work while somebody watches it (METRICS_PORT); cheap, and without a library."""

import asyncio
import math
import time
from bisect import bisect_left
from collections import deque
from socket import socket
from typing import Protocol

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds up to which answers are counted together; what takes longer has a last place of its own."""

LAG_EVERY_SECONDS = 0.05
LAG_SAMPLES = 1_200
"""A minute's worth."""


class Watch(Protocol):
    """What shows the figures to whoever watches (`forum.metrics`)."""

    async def start(self, listener: socket) -> None:
        """Begin to answer on this socket."""

    async def stop(self) -> None:
        """End."""


class Times:
    """How long the answers of one address took, as a histogram."""

    __slots__ = ("places", "seconds")

    def __init__(self) -> None:
        self.places = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0

    def up_to(self) -> list[tuple[float, int]]:
        """For each bound, and for infinity, how many took no longer."""
        total, found = 0, []
        for bound, count in zip((*BOUNDS, math.inf), self.places, strict=True):
            total += count
            found.append((bound, total))
        return found


class RequestCounts:
    """Requests by method, by the pattern of their address, and by the class of their status (2 for 2xx)."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str, int], int] = {}
        self.times: dict[tuple[str, str], Times] = {}

    def tell(self, _: str, method: str, route: str, status: int, seconds: float, __: int) -> None:
        """A request was answered."""
        answered = (method, route, status // 100)
        self.answers[answered] = self.answers.get(answered, 0) + 1
        times = self.times.get((method, route))
        if times is None:
            times = self.times[method, route] = Times()
        times.places[bisect_left(BOUNDS, seconds)] += 1
        times.seconds += seconds


class LoopLag:
    """By how much the event loop was late lately: a task asks to be woken every 50 ms and looks at the clock."""

    def __init__(self) -> None:
        self._late: deque[float] = deque(maxlen=LAG_SAMPLES)

    async def run(self) -> None:
        """Look, again and again until cancelled."""
        while True:
            began = time.perf_counter()
            await asyncio.sleep(LAG_EVERY_SECONDS)
            self._late.append(max(0.0, time.perf_counter() - began - LAG_EVERY_SECONDS))

    def quantiles(self) -> dict[float, float]:
        """Seconds over the last minute: the middle one, the hundredth worst, the worst; empty before the first look."""
        ordered = sorted(self._late)
        return {
            share: ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.5, 0.99, 1.0) if ordered
        }
