"""A file that came in parts is taken once, by who sent it, for where it was meant."""

import asyncio
import secrets

import pytest

from forum.errors import Conflict, ForumError, NotFound
from forum.filing import Taken, take_upload
from tests.forum.threads.village import Village, Villager
from tests.forum.uploads.sender import Sender


async def take(village: Village, person: Villager, path: str, network_id: str | None) -> Taken:
    async with village.state.transaction() as tx:
        return await take_upload(tx, person.id, path.rpartition("/")[2], network_id)


async def test_taken_once(village: Village) -> None:
    person, content = await village.person(), b"a,b\n" + secrets.token_hex(20).encode()
    await village.network(person)
    sender = Sender(village, person)
    path = await sender.new(len(content), name="Rota.csv")
    with pytest.raises(Conflict, match="Not all"):
        await take(village, person, path, None)
    await sender.send(path, 0, content)
    with pytest.raises(NotFound):
        await take(village, await village.person(), path, None)
    taken = await asyncio.gather(*(take(village, person, path, None) for _ in range(8)), return_exceptions=True)
    assert [(each.size, each.media_type, each.name) for each in taken if isinstance(each, Taken)] == [
        (len(content), "text/plain", "Rota.csv")
    ]
    assert all(isinstance(each, Taken | NotFound) for each in taken)


async def test_only_where_it_was_meant(village: Village) -> None:
    person = await village.person()
    place, other = await village.network(person), await village.network(person)
    sender = Sender(village, person)
    path = await sender.new(1, network=place.slug)
    await sender.send(path, 0, b"x")
    for network_id in (other.id, None):
        with pytest.raises(ForumError):
            await take(village, person, path, network_id)
    assert (await take(village, person, path, place.id)).size == 1
