"""P3: in a stream, seq order is commit order, without holes."""

import asyncio
import random
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from forum.database import Database
from ground.columns import new_id, now
from realtime import event_log
from realtime.brokers.memory import MemoryBroker
from realtime.event_log import Head, Survey, UnknownStream
from realtime.events import Change
from realtime.tables import events, outbox
from realtime.transaction import transaction
from tests.realtime.community import PostCreated, PostEdited

BROKER = MemoryBroker()


async def make_streams(database: Database, *names: str) -> None:
    async with transaction(database, BROKER) as tx:
        for name in names:
            await tx.create_stream(name)


async def read(database: Database, stream: str, after: int = 0) -> list[event_log.Event]:
    async with database.read() as connection:
        return await event_log.read_after(connection, stream, after, limit=10_000)


async def test_p3_fifty_writers_at_once_leave_no_hole_and_no_late_number(database: Database) -> None:
    names = ["network:a", "network:b", "network:c"]
    await make_streams(database, *names)
    finished = asyncio.Event()

    async def write(number: int) -> None:
        for turn in range(4):
            async with transaction(database, BROKER) as tx:
                for stream in random.sample(names, 2):  # in any order: this must not deadlock
                    tx.emit(stream, PostCreated(f"{number}-{turn}"))
                await asyncio.sleep(random.uniform(0, 0.002))

    async def follow(stream: str) -> list[int]:
        """A reader by cursor, as a gateway is: whatever it sees continues what it saw."""
        seen: list[int] = []
        while True:
            done = finished.is_set()
            for event in await read(database, stream, len(seen)):
                seen.append(event.seq)
            assert seen == list(range(1, len(seen) + 1))
            if done:
                return seen
            await asyncio.sleep(0.001)

    followers = [asyncio.create_task(follow(name)) for name in names]
    await asyncio.gather(*(write(number) for number in range(50)))
    finished.set()
    seen = await asyncio.gather(*followers)
    assert sum(len(numbers) for numbers in seen) == 50 * 4 * 2
    async with database.read() as connection:
        heads = (await event_log.survey(connection, names)).heads
    assert [heads[name].seq for name in names] == [len(numbers) for numbers in seen]


async def test_p3_several_changes_of_one_transaction_keep_their_order(database: Database) -> None:
    await make_streams(database, "network:a", "account:z")
    async with transaction(database, BROKER) as tx:
        tx.emit("network:a", PostCreated("p"))
        tx.emit("account:z", PostCreated("p"))
        tx.emit("network:a", PostEdited("p", 2))
    assert tx.numbers == {"network:a": 2, "account:z": 1}
    assert [(event.kind, event.object_version) for event in await read(database, "network:a")] == [
        ("post.created", 1),
        ("post.edited", 2),
    ]


async def test_p3_a_transaction_that_fails_takes_no_number(database: Database) -> None:
    await make_streams(database, "network:a")

    async def fail() -> None:
        async with transaction(database, BROKER) as tx:
            tx.emit("network:a", PostCreated("never"))
            tx.enqueue("mail", {"id": "never"})
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await fail()
    async with transaction(database, BROKER) as tx:
        tx.emit("network:a", PostCreated("first"))
    assert [(event.seq, event.object_id) for event in await read(database, "network:a")] == [(1, "first")]
    async with database.read() as connection:
        assert (await connection.scalars(select(outbox.c.id))).all() == []


async def test_an_event_to_an_unknown_stream_undoes_the_whole_transaction(database: Database) -> None:
    await make_streams(database, "network:a")

    async def write() -> None:
        async with transaction(database, BROKER) as tx:
            tx.emit("network:a", PostCreated("p"))
            tx.emit("network:nowhere", PostCreated("p"))

    with pytest.raises(UnknownStream):
        await write()
    assert await read(database, "network:a") == []


async def test_the_schema_refuses_an_event_without_a_stream(database: Database) -> None:
    row = {"stream": "network:x", "seq": 1, "kind": "post.created", "object_id": "1", "object_version": 1}

    async def write() -> None:
        async with database.write() as connection:
            await connection.execute(insert(events), {**row, "authz_version": 0, "created_at": now()})

    with pytest.raises(IntegrityError):
        await write()


async def test_p8_authz_is_raised_in_the_row_that_gives_the_number(database: Database) -> None:
    await make_streams(database, "network:a")
    async with transaction(database, BROKER) as tx:
        tx.emit("network:a", PostCreated("p"))
        tx.emit("network:a", PostCreated("q"), authz=True)
        tx.emit("network:a", PostCreated("r"))
    assert [event.authz_version for event in await read(database, "network:a")] == [0, 1, 1]
    async with database.read() as connection:
        assert (await event_log.survey(connection, ["network:a", "network:none"])).heads == {"network:a": Head(3, 1)}


async def test_p7_positions_come_with_the_epoch(database: Database) -> None:
    await make_streams(database, "network:a", "network:b")
    async with transaction(database, BROKER) as tx:
        tx.emit("network:a", PostCreated("p"))
    async with database.read() as connection:
        epoch = await event_log.get_epoch(connection)
        found = await event_log.survey(connection, ["network:a", "network:b", "network:none"])
        assert found == Survey(epoch, {"network:a": Head(1, 0), "network:b": Head(0, 0)})
        assert await event_log.survey(connection, []) == Survey(None, {})
    async with database.write() as connection:
        renewed = await event_log.renew_epoch(connection)
    assert renewed != epoch
    async with database.read() as connection:
        assert await event_log.get_epoch(connection) == renewed


async def test_heads_of_thousands_of_streams_are_one_query(database: Database) -> None:
    names = [f"account:{number}" for number in range(5000)]
    await make_streams(database, *names[:10])
    async with database.read() as connection:
        assert len((await event_log.survey(connection, names)).heads) == 10


async def test_trimming_leaves_no_hole_where_clocks_disagreed(database: Database) -> None:
    await make_streams(database, "network:a", "network:b", "network:c")
    async with transaction(database, BROKER) as tx:
        for _ in range(5):
            tx.emit("network:a", PostCreated("p"))
            tx.emit("network:b", PostCreated("p"))
    old = now() - timedelta(days=31)
    async with database.write() as connection:
        is_old = (events.c.stream == "network:a") & events.c.seq.in_([1, 2, 4])
        await connection.execute(update(events).where(is_old).values(created_at=old))
        await connection.execute(update(events).where(events.c.stream == "network:b").values(created_at=old))
    async with database.write() as connection:
        assert await event_log.trim(connection, now() - timedelta(days=30)) == 2 + 5
    async with database.write() as connection:
        assert await event_log.trim(connection, now() - timedelta(days=30)) == 0
    assert [event.seq for event in await read(database, "network:a")] == [3, 4, 5]
    async with transaction(database, BROKER) as tx:
        tx.emit("network:b", PostCreated("p"))
    assert [event.seq for event in await read(database, "network:b")] == [6]


async def test_what_a_stream_forgets_is_all_that_others_had_begun_to_write(database: Database) -> None:
    await make_streams(database, "network:a")
    async with transaction(database, BROKER) as tx:
        tx.emit("network:a", PostCreated("p"))
    is_writing, may_end = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        async with database.write() as connection:
            await event_log.append(connection, "network:a", PostCreated("p"))
            is_writing.set()
            await may_end.wait()

    async def forget() -> None:
        await is_writing.wait()
        async with transaction(database, BROKER) as tx:
            await event_log.forget(tx.connection, "network:a")
            tx.emit("network:a", PostEdited("p"))

    async def end() -> None:
        await is_writing.wait()
        await asyncio.sleep(0.2)
        may_end.set()

    await asyncio.gather(write(), forget(), end())
    assert [(event.seq, event.kind) for event in await read(database, "network:a")] == [(3, PostEdited.kind)]


async def test_creating_a_stream_twice_keeps_its_numbers(database: Database) -> None:
    name = f"network:{new_id()}"
    await make_streams(database, name)
    async with transaction(database, BROKER) as tx:
        tx.emit(name, PostCreated("p"))
    await make_streams(database, name)
    assert len(await read(database, name)) == 1


def test_a_change_says_what_happened() -> None:
    with pytest.raises(TypeError, match="needs a kind"):
        type("Nameless", (Change,), {})
    with pytest.raises(TypeError, match="needs a kind"):
        type("Wrong", (Change,), {"kind": "Create Post"})
    assert PostCreated("p").kind == "post.created"
