"""A second way into the database of the running server, for what has no address, and for races."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.forum.accounts.visitor import Visitor
from tests.forum.threads.village import Village, open_village
from tests.servers.confer import ConferServer


@pytest_asyncio.fixture
async def village(server: ConferServer) -> AsyncIterator[Village]:
    """People and networks on the running server."""
    opened = open_village(server)
    yield opened
    await opened.close()


@pytest.fixture(autouse=True)
def _visitors() -> Iterator[None]:
    """Browsers are closed at the end."""
    yield
    Visitor.close_all()
