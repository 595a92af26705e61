"""The village, with somebody who looks after the site."""

from collections.abc import AsyncIterator

import pytest_asyncio

from auth.accounts import set_site_administrator
from tests.forum.threads.village import Village, Villager, open_village
from tests.servers.confer import ConferServer


@pytest_asyncio.fixture
async def village(server: ConferServer) -> AsyncIterator[Village]:
    """Each shape's running server, in turn, with a way to make what a test needs."""
    opened = open_village(server)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def overseer(village: Village) -> Villager:
    """An administrator of the site who belongs to no network."""
    person = await village.person("Olwen Pugh")
    async with village.state.transaction() as tx:
        await set_site_administrator(tx.connection, person.id, True)
    return person
