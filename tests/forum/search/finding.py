"""What tests of the search ask again and again: what somebody finds, once the index is up to date."""

import asyncio
from typing import Any

from forum.search.following_commands import follow_networks, is_behind, read_over
from forum.search.text_commands import follow_texts
from tests.forum.threads.village import Village, Villager


async def indexed(village: Village) -> None:
    """Until all that has happened is in the index."""
    async with asyncio.timeout(60):
        while await follow_texts(village.state, set()) or await is_behind(village.state):
            await follow_networks(village.state, set())
            await asyncio.sleep(0.02)


async def read_all_over(village: Village) -> None:
    """Everything is looked at once more, as at the start of a worker."""
    for _ in range(1_000):
        if not await read_over(village.state, set()):
            return
    raise AssertionError("there is always more")


async def ask(village: Village, person: Villager | None, q: str, **more: str) -> dict[str, Any]:
    """What the API answers."""
    answer = await village.program(person).get("/api/v1/search", params={"q": q, **more})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def found(village: Village, person: Villager | None, q: str, **more: str) -> list[str]:
    """The ids of what somebody finds now."""
    return [item["id"] for item in (await ask(village, person, q, **more))["items"]]


async def finds(village: Village, person: Villager | None, q: str, **more: str) -> list[str]:
    """The same once the index is up to date."""
    await indexed(village)
    return await found(village, person, q, **more)
