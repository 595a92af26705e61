"""What tests of notifications ask again and again: what somebody's list says, sooner or later."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from tests.forum.threads.village import Village, Villager

SECONDS = 30.0
Lines = list[dict[str, Any]]


async def lines_of(village: Village, person: Villager, query: str = "?limit=100") -> Lines:
    """The person's list as the API gives it."""
    answer = await village.program(person).get(f"/api/v1/me/notifications{query}")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def until(village: Village, person: Villager, holds: Callable[[Lines], bool]) -> Lines:
    """The list as soon as it is so: the worker writes it a moment after what happened."""
    deadline = time.monotonic() + SECONDS
    while True:
        lines = await lines_of(village, person)
        if holds(lines):
            return lines
        assert time.monotonic() < deadline, [line["text"] for line in lines]
        await asyncio.sleep(0.05)


async def told(village: Village, person: Villager, *words: str) -> Lines:
    """The list once it says each of these."""
    return await until(
        village, person, lambda lines: all(any(each in line["text"] for line in lines) for each in words)
    )


async def told_of_thread(village: Village, person: Villager, thread_id: str) -> None:
    """The person's list speaks of this thread, so that nothing more is written because it began."""
    await until(village, person, lambda lines: any((line["thread"] or {}).get("id") == thread_id for line in lines))


async def settled(village: Village, by: Villager, network: Any, hears: Villager) -> None:
    """Everything that happened in the network so far has been told: a thread that is begun now is."""
    await told_of_thread(village, hears, await village.thread(by, network, f"Marker {time.monotonic_ns()}"))
