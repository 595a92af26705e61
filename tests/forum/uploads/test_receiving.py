"""Connections that break off, that fall silent, and servers that are killed: what came counts, and nothing else."""

import asyncio
import hashlib
import resource
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from forum.tables import uploads
from tests.forum.files.test_store import content_of
from tests.forum.threads.village import Village, Villager, open_village
from tests.forum.uploads.sender import PART, Sender
from tests.servers.confer import ConferServer

SIZE = 3_000_000


class Line:
    """A connection on which a part is sent as slowly as one likes."""

    def __init__(self, village: Village, person: Villager, path: str, offset: int, length: int) -> None:
        self._village = village
        told = {**PART, **person.bearer, "Upload-Offset": str(offset), "Content-Length": str(length), "Host": ""}
        told["Host"] = village.url.removeprefix("http://")
        lines = [f"PATCH {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items()), "", ""]
        self._head = "\r\n".join(lines).encode()

    async def open(self) -> None:
        port = int(self._village.url.rpartition(":")[2])
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port)
        await self.send(self._head)

    async def send(self, content: bytes) -> None:
        self.writer.write(content)
        await self.writer.drain()

    async def answer(self) -> bytes:
        """The first line of it; empty where the connection ends without one."""
        return await asyncio.wait_for(self.reader.readline(), 20)

    def cut(self) -> None:
        self.writer.transport.abort()


@pytest.fixture
async def own_village(own_server: ConferServer) -> AsyncIterator[Village]:
    opened = open_village(own_server)
    yield opened
    await opened.close()


async def until_there(folder: Path, size: int) -> None:
    """Until so much of some part is in the folder."""
    for _ in range(1_000):
        if any(path.stat().st_size >= size for path in (folder / "files" / "incoming").glob("*.part")):
            return
        await asyncio.sleep(0.01)
    pytest.fail("nothing came")


async def go_on(village: Village, sender: Sender, path: str, content: bytes) -> None:
    """As a client does: ask how far it has come, and send the rest."""
    async with asyncio.timeout(30):
        while (offset := await sender.offset(path)) < len(content):
            await sender.send(path, offset, content[offset:])
    shown = await sender.show(path)
    assert shown["complete"]
    async with village.state.database.read() as connection:
        this = uploads.c.id == path.rpartition("/")[2]
        assert await connection.scalar(select(uploads.c.sha256).where(this)) == hashlib.sha256(content).hexdigest()
    assert await content_of(village.state.files, hashlib.sha256(content).hexdigest()) == content


async def test_what_came_before_the_line_broke_counts(village: Village, server: ConferServer) -> None:
    person, content = await village.person(), secrets.token_bytes(SIZE)
    await village.network(person)
    sender = Sender(village, person)
    path = await sender.new(SIZE)
    line = Line(village, person, path, 0, SIZE)
    await line.open()
    await line.send(content[:1_234_567])
    await until_there(server.data_dir, 1_000_000)
    line.cut()
    for _ in range(500):
        if await sender.offset(path):
            break
        await asyncio.sleep(0.02)
    assert 1_000_000 <= await sender.offset(path) <= 1_234_567
    await go_on(village, sender, path, content)


async def test_who_comes_back_does_not_wait_for_a_line_that_fell_silent(village: Village, server: ConferServer) -> None:
    person, content = await village.person(), secrets.token_bytes(SIZE)
    await village.network(person)
    sender = Sender(village, person)
    path = await sender.new(SIZE)
    line = Line(village, person, path, 0, SIZE)
    await line.open()
    await line.send(content[:1_000_000])
    await until_there(server.data_dir, 786_432)
    began = asyncio.get_running_loop().time()
    answer = await sender.send(path, 0, content)
    assert answer.status_code == 409  # the older one has been ended, and what it had counts
    await go_on(village, sender, path, content)
    assert asyncio.get_running_loop().time() - began < 5
    line.cut()


async def test_killed_in_the_middle_it_goes_on(own_village: Village, own_server: ConferServer) -> None:
    person, content = await own_village.person(), secrets.token_bytes(SIZE)
    await own_village.network(person)
    sender = Sender(own_village, person)
    path = await sender.new(SIZE)
    await sender.send(path, 0, content[:500_000])
    line = Line(own_village, person, path, 500_000, SIZE - 500_000)
    await line.open()
    await line.send(content[500_000:2_000_000])
    await until_there(own_server.data_dir, 1_500_000)
    own_server.restart()
    line.cut()
    sender = Sender(own_village, person)
    assert await sender.offset(path) == 500_000
    await go_on(own_village, sender, path, content)
    assert "holds together" in own_server.command("check", "--contents")


async def test_a_part_that_finds_the_disk_full_says_that_what_came_before_is_kept(
    own_village: Village, own_server: ConferServer
) -> None:
    """And so it is: once there is room it goes on from there."""
    sender, content = await Sender.new_member(own_village), secrets.token_bytes(15_000_000)
    path = await sender.new(len(content))
    assert (await sender.send(path, 0, content[:9_000_000])).status_code == 204
    before = resource.prlimit(own_server.pid, resource.RLIMIT_FSIZE, (12_000_000, resource.RLIM_INFINITY))
    refused = await sender.send(path, 9_000_000, content[9_000_000:])
    assert refused.status_code == 507
    assert refused.json()["detail"] == (
        "The disk of the server is full. What came of this file before this part is kept for a day: go on from there "
        "once there is room."
    )
    assert await sender.offset(path) == 9_000_000
    resource.prlimit(own_server.pid, resource.RLIMIT_FSIZE, before)
    await go_on(own_village, sender, path, content)


@pytest.mark.parametrize("stage", ["before it was joined", "before its row was written"])
async def test_killed_at_the_end_it_ends(village: Village, stage: str) -> None:
    sender, content = await Sender.new_member(village), secrets.token_bytes(100_000)
    path = await sender.new(len(content))
    await sender.send(path, 0, content[:60_000])
    upload_id = path.rpartition("/")[2]
    async with await village.state.files.take_part(upload_id, 60_000) as part:
        await part.write(content[60_000:])
        await part.keep()
    if stage == "before its row was written":
        await village.state.files.join(upload_id, [], len(content))
    async with village.state.transaction() as tx:
        await tx.execute(update(uploads).where(uploads.c.id == upload_id).values(received=len(content)))
    await go_on(village, sender, path, content)


async def test_one_that_never_sends_what_it_said_ends_with_its_connection(village: Village) -> None:
    """It may be heard late, and end a newer one: then that is told how far it has come, and goes on."""
    person = await village.person()
    await village.network(person)
    sender = Sender(village, person)
    path = await sender.new(10)
    line = Line(village, person, path, 0, 10)
    await line.open()
    line.cut()
    answer = await sender.send(path, 0, b"1234567890")
    assert answer.status_code in (204, 409)
    await go_on(village, sender, path, b"1234567890")
