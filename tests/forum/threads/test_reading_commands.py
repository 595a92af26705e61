"""What is read, kept exactly: any order of writing, reading, marking, leaving and joining against a plain model."""

import asyncio
import random
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from auth.secrets import secret_hash
from forum.errors import Forbidden, NotFound
from forum.tables import memberships, networks, posts, read_states
from forum.threads.announced_commands import send_all_read, send_read
from forum.threads.list_queries import list_threads
from forum.threads.page_queries import find_sight
from forum.threads.ranges import count
from forum.threads.reading_commands import mark_all_read, mark_read
from tests.forum.threads.village import Place, Village, Villager


@dataclass
class Model:
    """Positions that each person has read, and where each thread's posts stand."""

    read: dict[str, set[int]] = field(default_factory=dict)
    threads: dict[str, list[int]] = field(default_factory=dict)
    last: int = 0

    def write(self, thread_id: str) -> int:
        self.last += 1
        self.threads.setdefault(thread_id, []).append(self.last)
        return len(self.threads[thread_id])

    def see(self, person: str, thread_id: str, first: int, last: int) -> None:
        self.read[person] |= set(self.threads[thread_id][first - 1 : last])


async def counts(village: Village, person: Villager, place: Place) -> tuple[int, int]:
    """The person's read count as stored, and as counted post by post."""
    async with village.state.database.read() as connection:
        mine = memberships.c.account_id == person.id
        standing = (
            await connection.execute(
                select(memberships).where(mine, memberships.c.network_id == place.id, memberships.c.current)
            )
        ).one()
        kept = {
            row.thread_id: row.ranges
            for row in await connection.execute(select(read_states).where(read_states.c.account_id == person.id))
        }
        rows = (await connection.execute(select(posts).where(posts.c.network_id == place.id))).all()
    seen = sum(
        row.position <= standing.baseline
        or any(first <= row.number <= last for first, last in kept.get(row.thread_id, []))
        for row in rows
    )
    return standing.read_count, seen


@pytest.mark.parametrize("seed", range(4))
async def test_counts_equal_those_of_a_plain_model(village: Village, seed: int) -> None:
    chance = random.Random(seed)
    people = await village.people("Ada", "Ben", "Cy")
    place = await village.network(people[0], people[1:])
    model = Model({person.id: set() for person in people})
    for _ in range(60):
        person = chance.choice(people)
        act = chance.choice(["thread", "reply", "reply", "reply", "read", "read", "all", "rejoin"])
        if act == "thread" or not model.threads:
            thread_id = await village.thread(person, place)
            model.write(thread_id)
            model.see(person.id, thread_id, 1, 1)
            continue
        thread_id = chance.choice(list(model.threads))
        size = len(model.threads[thread_id])
        if act == "reply":
            await village.reply(person, place, thread_id)
            number = model.write(thread_id)
            model.see(person.id, thread_id, 1, number)
        elif act == "read":
            first = chance.randint(1, size + 2)
            last = chance.randint(first, size + 4)
            async with village.state.transaction() as tx:
                await mark_read(tx, await village.viewer(person), thread_id, ((first, last),))
            model.see(person.id, thread_id, first, last)
        elif act == "all":
            position = chance.randint(0, model.last + 3)
            async with village.state.transaction() as tx:
                await mark_all_read(tx, await village.viewer(person), place.id, position)
            model.read[person.id] |= set(range(1, min(position, model.last) + 1))
        elif person is not people[0]:
            await village.remove(place.id, person)
            await village.join(place.id, person)
            model.read[person.id] = set(range(1, model.last + 1))
        await check(village, place, people, model)


async def check(village: Village, place: Place, people: list[Villager], model: Model) -> None:
    for person in people:
        expected = len(model.read[person.id])
        assert await counts(village, person, place) == (expected, expected)
        viewer = await village.viewer(person)
        assert viewer.places[place.id].unread == model.last - expected
        database = village.state.database
        listed = await list_threads(database, viewer, place.id, chosen=None, after=None, at_most=99)
        unread = await list_threads(database, viewer, place.id, chosen="unread", after=None, at_most=99)
        by_thread = {
            thread_id: len(set(positions) - model.read[person.id]) for thread_id, positions in model.threads.items()
        }
        assert {one.thread.id: one.unread for one in listed} == by_thread
        assert {one.thread.id for one in unread} == {thread for thread, new in by_thread.items() if new}
    thread_id = random.choice(list(model.threads))
    person = random.choice(people)
    row = await find_sight(village.state.database, "session", secret_hash(person.session), thread_id)
    assert row is not None
    reading = row.sight(row.viewer()).reading
    assert reading is not None
    positions = model.threads[thread_id]
    assert count(reading.ranges) == len(set(positions) & model.read[person.id])
    missing = [number for number, position in enumerate(positions, 1) if position not in model.read[person.id]]
    assert reading.first_unread == (missing[0] if missing else len(positions) + 1)


async def test_reading_on_two_screens_while_others_write(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    made = [await village.thread(ada, place) for _ in range(3)]
    viewer = await village.viewer(ben)

    async def read(number: int) -> None:
        await send_read(village.state, viewer, made[number % 3], ((number % 7 + 1, number % 7 + 2),))

    async def write(number: int) -> None:
        await village.reply(ada if number % 2 else ben, place, made[number % 3])

    async def mark(number: int) -> None:
        await send_all_read(village.state, viewer, place.id, number * 4)

    work = [read(number) for number in range(20)] + [write(number) for number in range(20)] + [mark(1), mark(2)]
    random.Random(1).shuffle(work)
    await asyncio.gather(*work)
    for person in (ada, ben):
        stored, counted = await counts(village, person, place)
        assert stored == counted


async def test_edits_do_not_unread_and_outsiders_keep_nothing(village: Village) -> None:
    ada, olga = await village.people("Ada", "Olga")
    opened, closed = await village.network(ada, access="open"), await village.network(ada)
    thread_id, hidden = await village.thread(ada, opened), await village.thread(ada, closed)
    viewer = await village.viewer(olga)
    with pytest.raises(Forbidden, match="Join"):
        await send_read(village.state, viewer, thread_id, ((1, 1),))
    with pytest.raises(NotFound):
        await send_read(village.state, viewer, hidden, ((1, 1),))
    with pytest.raises(Forbidden):
        await send_all_read(village.state, viewer, opened.id, 1)
    async with village.state.database.read() as connection:
        assert not (await connection.execute(select(read_states).where(read_states.c.account_id == olga.id))).all()
        total = await connection.scalar(select(networks.c.post_count).where(networks.c.id == opened.id))
    assert total == 1
