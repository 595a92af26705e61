"""Cards for the tests: made over the API, as a program does."""

from typing import Any

import httpx2

from tests.forum.threads.village import Place, Village, Villager

Object = dict[str, Any]
WORDS = {"title": "Falls bundle", "problem": "Falls at night.", "done": "A round at **two**."}


async def make(village: Village, person: Villager, network: Place, **fields: str) -> Object:
    """A new card."""
    answer = await village.program(person).post(f"/api/v1/networks/{network.slug}/cards", json={**WORDS, **fields})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def made_of(
    village: Village, person: Villager, network: Place, kind: str, source_id: str, **fields: str
) -> Object:
    """A new card of a post, thread or document."""
    return await make(village, person, network, source_kind=kind, source_id=source_id, **fields)


async def ask(
    village: Village, person: Villager | None, method: str, path: str, body: object = None
) -> httpx2.Response:
    """What the API answers."""
    return await village.program(person).request(method, f"/api/v1{path}", json=body)


async def read(village: Village, person: Villager | None, path: str) -> httpx2.Response:
    """The same for what is read."""
    return await village.program(person).get(f"/api/v1{path}")
