"""Tasks are committed with what caused them and handed out once at a time."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.database import Database
from ground.columns import now
from realtime import outbox
from realtime.brokers.memory import MemoryBroker
from realtime.outbox import LeaseLost, Task
from realtime.tables import outbox as tasks
from realtime.transaction import transaction

LEASE = timedelta(seconds=30)


async def leave(database: Database, count: int, kind: str = "mail") -> None:
    async with transaction(database, MemoryBroker()) as tx:
        for number in range(count):
            tx.enqueue(kind, {"number": str(number)})


async def claim(database: Database, limit: int = 10, lease: timedelta = LEASE) -> list[Task]:
    async with database.write() as connection:
        return await outbox.claim(connection, ["mail"], limit, lease)


async def test_many_workers_get_each_task_once(database: Database) -> None:
    await leave(database, 60)
    await leave(database, 3, "other")
    got: list[str] = []

    async def work() -> None:
        while claimed := await claim(database, 4):
            got.extend(task.reference["number"] for task in claimed)

    await asyncio.gather(*(work() for _ in range(8)))
    assert sorted(got, key=int) == [str(number) for number in range(60)]


async def test_a_finished_task_is_gone_with_the_transaction_that_did_it(database: Database) -> None:
    await leave(database, 2)
    one, two = await claim(database)
    async with database.write() as connection:
        await outbox.finish(connection, one)
    async with database.read() as connection:
        assert (await connection.scalars(select(tasks.c.id))).all() == [two.id]


async def test_a_lost_lease_cannot_finish(database: Database) -> None:
    await leave(database, 1)
    [slow] = await claim(database, lease=timedelta(seconds=0))
    [quick] = await claim(database)
    assert (slow.id, slow.attempts, quick.attempts) == (quick.id, 1, 2)

    async def finish(task: Task) -> None:
        async with database.write() as connection:
            await outbox.finish(connection, task)

    with pytest.raises(LeaseLost):
        await finish(slow)
    await finish(quick)
    with pytest.raises(LeaseLost):
        await finish(quick)


async def test_a_failed_task_waits_or_is_given_up(database: Database) -> None:
    await leave(database, 1)
    [task] = await claim(database)
    async with database.write() as connection:
        await outbox.postpone(connection, task, "E" * 1000, now() + timedelta(hours=1))
    assert await claim(database) == []
    async with database.write() as connection:
        await outbox.postpone(connection, task, "again", now())
    [task] = await claim(database)
    assert task.attempts == 2
    async with database.write() as connection:
        await outbox.postpone(connection, task, "never", None)
    assert await claim(database, lease=timedelta(0)) == []
    async with database.read() as connection:
        row = (await connection.execute(select(tasks))).one()
    assert (row.available_at, row.last_error, row.leased_until) == (None, "never", None)


async def test_a_task_for_later_is_not_handed_out_before(database: Database) -> None:
    async with transaction(database, MemoryBroker()) as tx:
        tx.enqueue("mail", {"id": "later"}, after=now() + timedelta(minutes=5))
    assert await claim(database) == []


async def test_a_worker_hears_of_new_tasks(database: Database) -> None:
    broker = MemoryBroker()
    ear = broker.listen()
    ear.follow(outbox.TOPIC)
    async with transaction(database, broker) as tx:
        tx.enqueue("mail", {"id": "1"})
    async with asyncio.timeout(1):
        assert outbox.TOPIC in (await ear.take()).wakeups
