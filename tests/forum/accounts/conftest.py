"""Browsers of a test are closed at its end; and the parts of a process on a new database of either kind."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from forum.app import make_state
from forum.settings import Settings
from forum.state import State
from tests.forum.accounts.visitor import Visitor
from tests.forum.threads.village import Village, open_village
from tests.servers.confer import ConferServer
from tests.servers.shapes import Shape


@pytest.fixture(autouse=True)
def _visitors_leave() -> Iterator[None]:
    yield
    Visitor.close_all()


@pytest_asyncio.fixture
async def village(server: ConferServer) -> AsyncIterator[Village]:
    """People and networks on the running server."""
    opened = open_village(server)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def state(migrated_shape: Shape) -> AsyncIterator[State]:
    """What a request can reach, with nothing stored."""
    settings = Settings(
        data_dir=migrated_shape.data_dir,
        database_url=migrated_shape.database_url,
        redis_url=migrated_shape.redis_url or "",
        secret_key="k" * 40,
    )
    made = make_state(settings)
    yield made
    await made.close()
