"""A server beside a scanner that answers as clamd does."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.forum.threads.village import Village, open_village
from tests.servers.clamd import Clamd
from tests.servers.confer import ConferServer, confer_in_shape
from tests.servers.shapes import POSTGRES_REDIS, SHAPES


@pytest.fixture
def clamd() -> Iterator[Clamd]:
    """The scanner, away at first."""
    scanner = Clamd()
    scanner.start()
    scanner.stop()
    yield scanner
    scanner.stop()


@pytest.fixture(params=SHAPES)
def guarded_server(request: pytest.FixtureRequest, tmp_path: Path, clamd: Clamd) -> Iterator[ConferServer]:
    """A server that gives out only what this scanner finds clean. Its worker is not the test's: it is asked by hand."""
    postgres = request.getfixturevalue("postgres_server") if request.param == POSTGRES_REDIS else None
    with confer_in_shape(request.param, tmp_path / "confer", postgres, CLAMD_URL=clamd.url) as running:
        yield running


@pytest_asyncio.fixture
async def village(guarded_server: ConferServer) -> AsyncIterator[Village]:
    """People and networks of that server."""
    opened = open_village(guarded_server)
    yield opened
    await opened.close()
