"""What members have read stays exact through any number of imports, by a small model that keeps every post by name."""

import random
from collections import defaultdict
from pathlib import Path

import pytest
from sqlalchemy import select

from forum.imports.read_state_commands import with_end
from forum.tables import memberships, networks
from forum.threads.reading_commands import mark_all_read, mark_read
from forum.threads.reading_queries import list_read_places
from tests.forum.imports.bringing import assert_whole, bring, posts_of, rows, threads_of
from tests.forum.imports.letters import discussion
from tests.forum.threads.village import Place, Village, Villager

PAGE = 20


class Model:
    """For each member the posts that they have read, as (thread, number)."""

    def __init__(self, village: Village, place: Place, folder: Path) -> None:
        self.village, self.place, self.folder = village, place, folder
        self.letters = [discussion(f"t{number}", 2 + number * 3, hour=number) for number in range(6)]
        self.brought = [0] * len(self.letters)
        self.members: list[Villager] = []
        self.read: defaultdict[str, set[tuple[str, int]]] = defaultdict(set)
        self.order: list[tuple[str, int]] = []

    async def _learn(self) -> list[tuple[str, int]]:
        """The posts that are new since the last time."""
        now = [(post.thread_id, post.number) for post in await posts_of(self.village, self.place)]
        new, self.order = now[len(self.order) :], now
        return new

    async def join(self) -> None:
        person = await self.village.person()
        await self.village.join(self.place.id, person)
        self.members.append(person)
        self.read[person.id] = set(self.order)

    async def write(self, dice: random.Random) -> None:
        person = dice.choice(self.members)
        begun = await threads_of(self.village, self.place)
        if not begun or dice.random() < 0.2:
            await self.village.thread(person, self.place)
        else:
            await self.village.reply(person, self.place, dice.choice(begun).id)
        ((thread_id, number),) = await self._learn()
        first = (number - 1) // PAGE * PAGE + 1
        self.read[person.id] |= {(thread_id, each) for each in range(first, number + 1)}

    async def read_some(self, dice: random.Random) -> None:
        if not self.order:
            return
        person = dice.choice(self.members)
        thread_id, number = dice.choice(self.order)
        last = number + dice.randrange(4)
        viewer = await self.village.viewer(person)
        async with self.village.state.transaction() as tx:
            await mark_read(tx, viewer, thread_id, ((number, last),))
        self.read[person.id] |= {place for place in self.order if place[0] == thread_id and number <= place[1] <= last}

    async def read_all(self, dice: random.Random) -> None:
        person = dice.choice(self.members)
        position = dice.choice([len(self.order), len(self.order), dice.randrange(len(self.order) + 1)])
        viewer = await self.village.viewer(person)
        async with self.village.state.transaction() as tx:
            await mark_all_read(tx, viewer, self.place.id, position)
        self.read[person.id] |= set(self.order[:position])

    async def bring_in(self, dice: random.Random) -> None:
        for number, letters in enumerate(self.letters):
            self.brought[number] = dice.randint(self.brought[number], len(letters))
        file = [letter for letters, count in zip(self.letters, self.brought, strict=True) for letter in letters[:count]]
        if not file:
            return
        await bring(self.village, self.place, self.folder, file)
        new = await self._learn()
        for person in self.members:
            self.read[person.id] |= set(new)

    async def check(self) -> None:
        """The counters, and what is told of each thread, are those of the model."""
        post_count = (await rows(self.village, select(networks.c.post_count).where(networks.c.id == self.place.id)))[0][
            0
        ]
        assert post_count == len(self.order)
        threads = {thread.id: thread.post_count for thread in await threads_of(self.village, self.place)}
        standings = await rows(
            self.village,
            select(memberships.c.id, memberships.c.account_id, memberships.c.read_count).where(
                memberships.c.network_id == self.place.id, memberships.c.current
            ),
        )
        assert {row.account_id for row in standings} >= {person.id for person in self.members}
        async with self.village.state.database.read() as connection:
            places = [f"{row.id}:{thread_id}" for row in standings for thread_id in threads]
            shown = await list_read_places(connection, places)
        for row in standings:
            if row.account_id not in self.read:
                continue
            read = self.read[row.account_id]
            assert row.read_count == len(read)
            for thread_id, count in threads.items():
                told = shown[f"{row.id}:{thread_id}"]
                assert _numbers(told["ranges"]) == {number for thread, number in read if thread == thread_id}
                assert told["thread_unread"] == count - sum(thread == thread_id for thread, _ in read)
                assert told["unread"] == len(self.order) - len(read)


def _numbers(ranges: list[list[int]]) -> set[int]:
    return {number for first, last in ranges for number in range(first, last + 1)}


@pytest.mark.parametrize("seed", range(6))
async def test_reading_stays_exact(village: Village, tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    founder = await village.person()
    model = Model(village, await village.network(founder), tmp_path)
    await model.join()
    for _ in range(25):
        act = dice.choice(["join", "write", "write", "write", "read_some", "read_some", "read_all", "bring_in"])
        if act == "join":
            await model.join()
        else:
            await getattr(model, act)(dice)
        await model.check()
    await model.bring_in(dice)
    await model.check()
    await assert_whole(village, model.place)


async def test_who_had_read_everything_needs_no_rows_and_who_had_not_keeps_what_was_unread(
    village: Village, tmp_path: Path
) -> None:
    ada, ben = await village.people("", "")
    place = await village.network(ada, [ben])
    thread_id = await village.thread(ada, place)
    await village.reply(ada, place, thread_id)
    await bring(village, place, tmp_path, discussion("one", 4))
    standings = await rows(
        village,
        select(memberships.c.account_id, memberships.c.baseline, memberships.c.read_count).where(
            memberships.c.network_id == place.id
        ),
    )
    assert {row.account_id: (row.baseline, row.read_count) for row in standings} == {ada.id: (6, 6), ben.id: (0, 4)}


def test_new_posts_go_behind_what_is_read() -> None:
    assert with_end([[1, 0]], 1, 3) == [[1, 3]]
    assert with_end([[1, 4]], 5, 6) == [[1, 6]]
    assert with_end([[1, 2], [4, 4]], 6, 9) == [[1, 2], [4, 4], [6, 9]]
    assert with_end([], 3, 3) == [[3, 3]]
