"""The same few people on each running server; networks are made by each test."""

from collections.abc import AsyncIterator, Callable, Iterator

import pytest
import pytest_asyncio

from tests.forum.networks.caller import Caller
from tests.forum.threads.village import Village, open_village
from tests.servers.confer import ConferServer

Calling = Callable[[str], Caller]


@pytest.fixture
def calling(server: ConferServer) -> Iterator[Calling]:
    """A client for the person of this name, made where there is none; closed at the end of the test."""
    made: list[Caller] = []

    def call(name: str) -> Caller:
        person = server.person(name, site_administrator=name == "Site Administrator") if name else None
        made.append(Caller(server, person))
        return made[-1]

    yield call
    for caller in made:
        caller.http.close()


@pytest.fixture
def amara(calling: Calling) -> Caller:
    return calling("Amara Okafor")


@pytest.fixture
def gareth(calling: Calling) -> Caller:
    return calling("Gareth Williams")


@pytest.fixture
def priya(calling: Calling) -> Caller:
    return calling("Priya Shah")


@pytest.fixture
def helen(calling: Calling) -> Caller:
    return calling("Helen Turner")


@pytest.fixture
def admin(calling: Calling) -> Caller:
    """An administrator of the site."""
    return calling("Site Administrator")


@pytest.fixture
def guest(calling: Calling) -> Caller:
    """Somebody signed out."""
    return calling("")


@pytest_asyncio.fixture
async def village(server: ConferServer) -> AsyncIterator[Village]:
    """A second way into the database of the running server, for what the API does not do, and for races."""
    opened = open_village(server)
    yield opened
    await opened.close()
