"""A second way into the database of a running server, for what has no address: time that passes, and what is left."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.forum.threads.village import Village, open_village
from tests.servers.confer import ConferServer


@pytest_asyncio.fixture
async def village(server: ConferServer) -> AsyncIterator[Village]:
    """People and networks of the running server, made anew by each test."""
    opened = open_village(server)
    yield opened
    await opened.close()
