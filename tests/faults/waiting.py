"""Waiting for a condition instead of for a time."""

import asyncio
import time
from collections.abc import Callable


async def until(condition: Callable[[], bool], seconds: float, every: float = 0.01) -> bool:
    """Whether the condition holds within so many seconds; returns as soon as it does."""
    end = time.monotonic() + seconds
    while True:
        if condition():
            return True
        if time.monotonic() > end:
            return False
        await asyncio.sleep(every)
