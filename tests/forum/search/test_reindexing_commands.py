"""Everything is made anew beside a server: told how far it is, cut off and gone on with, and never ended too early."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select

from forum.search import following_commands, reindexing_commands
from forum.search.reindexing_commands import reindex
from forum.tables import search_cursors, search_rows
from tests.forum.search.finding import finds
from tests.forum.threads.village import Village, open_village
from tests.servers.confer import ConferServer


class Heard:
    """What a command was told."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.reached: list[int] = []
        self.ended = 0

    def begin(self, what: str, total: int) -> None:
        assert total > 0
        self.begun.append(what)

    def reach(self, done: int) -> None:
        self.reached.append(done)

    def end(self) -> None:
        self.ended += 1


class CutOff(Exception):
    """The command was ended from outside."""


@pytest.fixture
async def own_village(own_server: ConferServer) -> AsyncIterator[Village]:
    """With nothing of other tests in it: two rows at a time take long where there are many."""
    opened = open_village(own_server)
    yield opened
    await opened.close()


async def rows_of(village: Village) -> set[int]:
    async with village.state.database.read() as connection:
        return set(await connection.scalars(select(search_rows.c.id)))


async def under_way(village: Village) -> bool:
    named = select(search_cursors.c.name).where(search_cursors.c.name == reindexing_commands.UNDER_WAY)
    async with village.state.database.read() as connection:
        return (await connection.execute(named)).first() is not None


async def test_what_was_cut_off_goes_on_where_it_stopped(
    own_village: Village, own_server: ConferServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    village = own_village
    amara = await village.person("Amara")
    place = await village.network(amara)
    thread = await village.thread(amara, place, "Pygmy owl", "First")
    posts = [await village.reply(amara, place, thread, f"Owlet {number}") for number in range(6)]
    own_server.stop()  # whose worker would do some of it
    monkeypatch.setattr(following_commands, "MANY", 2)
    monkeypatch.setattr(reindexing_commands, "MANY", 2)
    original, parts = following_commands.index, list[int]()

    async def some(tx: Any, kind: Any, ids: Any, worked_out: Any) -> None:
        if kind == "post":
            parts.append(len(ids))
            if len(parts) == 3:
                raise CutOff
        await original(tx, kind, ids, worked_out)

    monkeypatch.setattr(following_commands, "index", some)
    with pytest.raises(CutOff):
        await reindex(village.state)
    assert await under_way(village)
    there = await rows_of(village)
    monkeypatch.setattr(following_commands, "index", original)
    heard = Heard()
    monkeypatch.setattr(reindexing_commands, "TOLD_EACH", 0)
    assert await reindex(village.state, heard) >= len(posts) + 2
    assert not await under_way(village)
    assert there <= await rows_of(village)
    assert heard.begun == ["Clearing", "Indexing"]
    assert heard.reached == sorted(heard.reached)
    assert heard.ended == 1
    own_server.start()
    assert sorted(await finds(village, amara, "owlet")) == sorted(posts)


async def test_it_waits_for_a_worker_that_is_at_it(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker of a running server holds the index for a moment: that is no end."""
    amara = await village.person("Amara")
    place = await village.network(amara)
    thread = await village.thread(amara, place, "Scops owl", "First")
    original, refused = reindexing_commands.read_over, list[bool]()

    async def busy(state: Any, woken: set[str]) -> bool:
        if len(refused) < 2:
            refused.append(True)
            return False
        return await original(state, woken)

    monkeypatch.setattr(reindexing_commands, "read_over", busy)
    await reindex(village.state)
    assert await finds(village, amara, "scops") == [thread]
