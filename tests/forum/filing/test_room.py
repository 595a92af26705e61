"""How much room a network, the site and a person have, and that no answer about it tells what the store has already."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import insert, select, update

from forum.errors import StoreFull
from forum.filing import ask_room, charge, give_back
from forum.filing.room import Room, most_words
from forum.tables import networks, uploads
from ground.columns import new_id, now
from tests.forum.documents.shelf import share
from tests.forum.threads.village import Village, Villager, open_village
from tests.forum.uploads.sender import TUS, Sender
from tests.servers.confer import ConferServer, confer_in_shape
from tests.servers.shapes import POSTGRES_REDIS, SHAPES

MEGABYTE = 1_000_000


@pytest.fixture(params=SHAPES)
def small_server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ConferServer]:
    """A server with little room."""
    postgres = request.getfixturevalue("postgres_server") if request.param == POSTGRES_REDIS else None
    bounds = {"FILE_MB": "2", "NETWORK_MB": "6", "SITE_MB": "8"}
    with confer_in_shape(request.param, tmp_path / "confer", postgres, **bounds) as running:
        yield running


@pytest_asyncio.fixture
async def hamlet(small_server: ConferServer) -> AsyncIterator[Village]:
    """People and networks of that server."""
    opened = open_village(small_server)
    yield opened
    await opened.close()


async def stored(village: Village, network_id: str) -> int:
    async with village.state.database.read() as connection:
        return int(await connection.scalar(select(networks.c.stored_bytes).where(networks.c.id == network_id)) or 0)


async def a_network(village: Village) -> str:
    return (await village.network(await village.person())).id


# -- Networks --------------------------------------------------------------------------------------


async def test_a_network_takes_so_much_and_no_more_fifty_at_once(village: Village) -> None:
    network_id = await a_network(village)
    settings = village.state.settings.model_copy(update={"network_mb": 2})

    async def one() -> bool:
        try:
            async with village.state.transaction() as tx:
                await charge(tx, settings, network_id, 100_000)
        except StoreFull:
            return False
        return True

    taken = await asyncio.gather(*(one() for _ in range(50)))
    assert taken.count(True) == 20
    assert await stored(village, network_id) == 2 * MEGABYTE


async def test_a_network_says_how_much_is_left_and_when_room_comes_back(village: Village) -> None:
    network_id = await a_network(village)
    settings = village.state.settings.model_copy(update={"network_mb": 3})
    async with village.state.transaction() as tx:
        await charge(tx, settings, network_id, 1_100_000)
        with pytest.raises(StoreFull, match=r"has 5 MB, and this network has room for 1 MB more\. Ask whoever runs"):
            await charge(tx, settings, network_id, 5 * MEGABYTE)
        await charge(tx, settings, network_id, 1_900_000)
        with pytest.raises(StoreFull, match=r"room for no more\..* withdrawn gives its room back .* 30 days later"):
            await charge(tx, settings, network_id, 1)


async def test_what_goes_gives_its_room_back(village: Village) -> None:
    network_id = await a_network(village)
    async with village.state.transaction() as tx:
        await charge(tx, village.state.settings, network_id, 700)
        await give_back(tx, network_id, 200)
        assert await tx.connection.scalar(select(networks.c.stored_bytes).where(networks.c.id == network_id)) == 500
        await give_back(tx, network_id, 9_000)
    assert await stored(village, network_id) == 0


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (40 * MEGABYTE, "At most 2 MB."),
        (1_999_999, "At most 1 MB: this network has room for no more."),
        (9_400, "At most 9 KB: this network has room for no more."),
        (0, "This network has room for no more files."),
    ],
)
def test_where_a_file_is_chosen_stands_how_large_it_may_be(village: Village, left: int, said: str) -> None:
    settings = village.state.settings.model_copy(update={"file_mb": 2})
    assert most_words(Room(100 * MEGABYTE - left, 100 * MEGABYTE), settings).startswith(said)


# -- The site ----------------------------------------------------------------------------------------


async def largest(sender: Sender, slug: str) -> int:
    """How large a file may be begun, to the byte."""
    low, high = 0, 2 * MEGABYTE
    while low < high:
        middle = (low + high + 1) // 2
        begun = await sender.begin(middle, network=slug)
        if begun.status_code == 201:
            low = middle
            await sender.client.delete("/api/v1/uploads/" + begun.json()["id"], headers=TUS)
        else:
            high = middle - 1
    return low


async def test_how_full_the_site_is_never_tells_what_others_have_stored(hamlet: Village) -> None:
    """The same bytes as a secret network has, and bytes that nobody has, take the same room."""
    ann, eve = await hamlet.people("Ann Wren", "Eve Dray")
    closed, own = await hamlet.network(ann, access="secret"), await hamlet.network(eve)
    for _ in range(2):
        await share(hamlet, ann, closed, data=secrets.token_bytes(1_900_000))
    theirs = secrets.token_bytes(900_000)
    await share(hamlet, ann, closed, data=theirs)
    await share(hamlet, eve, own, data=secrets.token_bytes(1_800_000))
    sender = Sender(hamlet, eve)
    before = await largest(sender, own.slug)
    assert 0 < before < 2 * MEGABYTE, "less is left than a file may have"
    seen = []
    for content in (theirs, secrets.token_bytes(len(theirs))):
        path = await sender.new(len(content), network=own.slug)
        assert (await sender.send(path, 0, content)).status_code == 204
        on_its_way = await largest(sender, own.slug)
        await share(hamlet, eve, own, data=content)
        shared = await largest(sender, own.slug)
        async with hamlet.state.transaction() as tx:  # for the next one there is as much room as before
            await give_back(tx, own.id, len(content))
        await sender.client.delete(path, headers=TUS)
        seen.append((on_its_way, shared))
    assert seen[0] == seen[1]
    assert seen[0] == (before, before - len(theirs))


async def test_the_site_takes_so_much_and_no_more_by_many_networks_at_once(village: Village) -> None:
    """Its room is asked where something is named, by all networks in turn."""
    many = [await a_network(village) for _ in range(8)]
    async with village.state.database.read() as connection:
        used = sum(await connection.scalars(select(networks.c.stored_bytes)))
    settings = village.state.settings.model_copy(update={"site_mb": used // MEGABYTE + 3})
    left = settings.site_mb * MEGABYTE - used

    async def one(network_id: str) -> bool:
        try:
            async with village.state.transaction() as tx:
                await charge(tx, settings, network_id, left // 4)
        except StoreFull:
            return False
        return True

    taken = await asyncio.gather(*(one(each) for each in many))
    assert taken.count(True) == 4
    for each in many:
        async with village.state.transaction() as tx:
            await give_back(tx, each, left)


# -- A person ----------------------------------------------------------------------------------------


async def send_all(sender: Sender, size: int, **network: str) -> str:
    path = await sender.new(size, **network)
    assert (await sender.send(path, 0, secrets.token_bytes(size))).status_code == 204
    return path


async def test_what_is_not_shared_takes_no_room_from_others(hamlet: Village) -> None:
    """Refused for want of room, left lying, or begun: the next person's file has as much room as it had."""
    ann, ben = await hamlet.people("Ann Wren", "Ben Ito")
    place = await hamlet.network(ann)
    await hamlet.join(place.id, ben)
    senders = Sender(hamlet, ann), Sender(hamlet, ben)
    for _ in range(2):
        await share(hamlet, ann, place, data=secrets.token_bytes(1_500_000))
    path = await send_all(senders[1], 2 * MEGABYTE, network=place.slug)
    await share(hamlet, ann, place, data=secrets.token_bytes(1_500_000))
    refused = await senders[1].client.post(
        f"/api/v1/networks/{place.slug}/documents", json={"title": "Plan", "upload": path.rpartition("/")[2]}
    )
    assert refused.status_code == 507
    assert "has 2 MB, and this network has room for 1 MB more" in refused.json()["detail"]
    for sender in senders:
        assert (await sender.begin(1_400_000, network=place.slug)).status_code == 201
    second = await senders[0].begin(1_400_000, network=place.slug)
    assert second.status_code == 507
    assert "room for 1 MB more. You are sending 1 MB already." in second.json()["detail"]
    await share(hamlet, ben, place, data=secrets.token_bytes(1_400_000))


async def test_one_person_has_so_much_that_is_not_shared_yet(hamlet: Village) -> None:
    ann = await hamlet.person("Ann Wren")
    place, sender = await hamlet.network(ann), Sender(hamlet, ann)
    paths = [await send_all(sender, 2 * MEGABYTE) for _ in range(5)]
    refused = await sender.begin(1)
    assert refused.status_code == 507
    assert refused.json()["detail"].startswith("You have 10 MB in files that are not shared yet")
    brought = await sender.client.post(
        f"/api/v1/networks/{place.slug}/files", files={"file": ("plan.txt", secrets.token_bytes(100))}
    )
    assert brought.status_code == 507
    assert (await sender.client.delete(paths[0], headers=TUS)).status_code == 204
    assert (await sender.begin(2 * MEGABYTE)).status_code == 201
    other = await hamlet.person()
    await hamlet.join(place.id, other)
    assert (await Sender(hamlet, other).begin(2 * MEGABYTE)).status_code == 201


async def test_what_was_begun_long_ago_and_comes_now_counts_as_it_comes(hamlet: Village) -> None:
    ann = await hamlet.person("Ann Wren")
    await hamlet.network(ann)
    sender = Sender(hamlet, ann)
    paths = [await sender.new(2 * MEGABYTE) for _ in range(5)]
    assert (await sender.begin(1)).status_code == 507
    async with hamlet.state.transaction() as tx:  # nothing of them came since
        left = uploads.c.expires_at
        for path in paths:
            row = uploads.c.id == path.rpartition("/")[2]
            at = await tx.connection.scalar(select(left).where(row))
            await tx.execute(update(uploads).where(row).values(expires_at=at - (at - now()) / 2))
    later = [await sender.new(2 * MEGABYTE) for _ in range(5)]
    content = secrets.token_bytes(2 * MEGABYTE)
    sent = [(await sender.send(path, 0, content)).status_code for path in [*paths, *later]]
    assert sent == [204] * 5 + [507] * 5


async def test_a_person_alone_begins_no_more_than_that_fifty_at_once(village: Village) -> None:
    ann: Villager = await village.person()
    settings = village.state.settings.model_copy(update={"file_mb": 1})

    async def one() -> bool:
        try:
            async with village.state.transaction() as tx:
                await ask_room(tx, village.state.files, settings, ann.id, None, MEGABYTE)
                row = {"id": new_id(), "account_id": ann.id, "name": "a", "size": MEGABYTE, "parts": []}
                moment = now()
                alive = {"created_at": moment, "expires_at": moment.replace(year=moment.year + 1)}
                await tx.execute(insert(uploads), {**row, **alive})
        except StoreFull:
            return False
        return True

    assert (await asyncio.gather(*(one() for _ in range(50)))).count(True) == 5


async def test_the_disk_is_asked_for_the_largest_file_whatever_the_size(village: Village) -> None:
    """A row of sizes would tell to the byte what is on the disk."""
    ann = await village.person()
    free = await village.state.files.free()
    assert free is not None
    settings = village.state.settings.model_copy(update={"file_mb": free // MEGABYTE})
    async with village.state.transaction() as tx:
        with pytest.raises(StoreFull, match="The disk of this site has no room for more files"):
            await ask_room(tx, village.state.files, settings, ann.id, None, 1)
