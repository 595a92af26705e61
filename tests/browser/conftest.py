"""A shared network with three people and a thread, on each shape's running server."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.browser.scene import Scene
from tests.forum.threads.village import Village, open_village
from tests.servers.browser import Visitors
from tests.servers.confer import ConferServer


async def _scene(village: Village, visitors: Visitors) -> Scene:
    people = await village.people("Amara Okafor", "Gareth Williams", "Priya Shah")
    place = await village.network(people[0], people[1:])
    thread = await village.thread(people[0], place, "Who covers the pump line at night?", "Could each hospital say?")
    return Scene(village, visitors, people, place, thread)


@pytest_asyncio.fixture(loop_scope="session")
async def village(server: ConferServer) -> AsyncIterator[Village]:
    """The way into each shape's running server."""
    opened = open_village(server)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def scene(village: Village, visitors: Visitors) -> Scene:
    """Amara, Gareth and Priya in a closed network, and a thread that Amara began."""
    return await _scene(village, visitors)


@pytest_asyncio.fixture(loop_scope="session")
async def own_scene(own_server: ConferServer, visitors: Visitors) -> AsyncIterator[Scene]:
    """The same on a server for this test alone, which may be killed."""
    village = open_village(own_server)
    yield await _scene(village, visitors)
    await village.close()
