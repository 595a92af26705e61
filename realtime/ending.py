"""How tasks are ended for certain."""

import asyncio
from collections.abc import Collection
from typing import Any

_INSIST_AFTER_SECONDS = 0.2


async def end(tasks: Collection["asyncio.Task[Any]"]) -> None:
    """Cancel these tasks and wait until they have ended.

    Cancels again where one goes on: before Python 3.12 `asyncio.wait_for`, which libraries call, swallows a
    cancellation that comes in the same turn of the loop as its result.
    """
    going_on = set(tasks)
    while going_on:
        for task in going_on:
            task.cancel()
        _, going_on = await asyncio.wait(going_on, timeout=_INSIST_AFTER_SECONDS)
