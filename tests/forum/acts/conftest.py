"""The village: people, networks and threads in a running server."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.forum.moderation.hall import Hall, open_hall
from tests.forum.threads.village import Village, open_village
from tests.servers.confer import ConferServer


@pytest_asyncio.fixture
async def village(server: ConferServer) -> AsyncIterator[Village]:
    """Each shape's running server, in turn, with a way to make what a test needs."""
    opened = open_village(server)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def hall(village: Village) -> Hall:
    """A new network with everybody whom moderation needs."""
    return await open_hall(village)
