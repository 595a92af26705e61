"""The worker against real databases and brokers: each mail once, again after a failure, and nothing told in the log."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta

import pytest
import pytest_asyncio
from sqlalchemy import select, update

from auth.accounts import create_account
from auth.sessions import start_session
from auth.tables import sessions
from forum.app import make_state
from forum.mailing import Letter
from forum.migrate import migrate
from forum.settings import Settings
from forum.state import State
from forum.work import GIVE_UP_AFTER, LETTERS, PAUSES, Worker
from ground.columns import now
from realtime.tables import outbox
from realtime.transaction import Transaction
from tests.servers.shapes import Shape

ADDRESS = "ama@example.org"


@pytest_asyncio.fixture
async def state(shape: Shape) -> AsyncIterator[State]:
    made = make_state(settings_of(shape))
    await migrate(made.database)
    await made.broker.start()
    yield made
    await made.broker.stop()
    await made.close()


def settings_of(shape: Shape) -> Settings:
    return Settings(
        data_dir=shape.data_dir,
        database_url=shape.database_url,
        redis_url=shape.redis_url or "",
        secret_key="k" * 40,
    )


async def write(state: State, _: Transaction, reference: Mapping[str, str]) -> Letter | None:
    if reference.get("to") == "nobody":
        return None
    context = {"sign_in": "https://x.example/", "forgotten": "https://x.example/"}
    return Letter(reference.get("to", ADDRESS), "Ama", "Hello", "already_registered", context)


async def enqueue(state: State, **reference: str) -> None:
    async with state.transaction() as tx:
        tx.enqueue("mail", {"letter": "test", **reference})


def mails(state: State) -> int:
    return len(list((state.settings.data_dir / "mail").glob("*.eml")))


async def test_two_workers_send_each_mail_once(state: State) -> None:
    for _ in range(20):
        await enqueue(state)
    workers = [Worker(state, {"test": write}) for _ in range(2)]
    while any(await asyncio.gather(*(worker.work_once() for worker in workers))):
        pass
    assert mails(state) == 20
    async with state.database.read() as connection:
        assert (await connection.execute(select(outbox.c.id))).all() == []


async def test_letter_to_nobody_is_done_without_a_mail(state: State) -> None:
    await enqueue(state, to="nobody")
    worker = Worker(state, {"test": write})
    assert await worker.work_once()
    assert not await worker.work_once()
    assert mails(state) == 0


async def test_failure_is_tried_again_later_and_tells_nothing(state: State, caplog: pytest.LogCaptureFixture) -> None:
    async def fail(state: State, _: Transaction, reference: Mapping[str, str]) -> Letter | None:
        raise RuntimeError(f"{ADDRESS} did it")

    await enqueue(state)
    with caplog.at_level(logging.DEBUG, "forum"):
        assert await Worker(state, {"test": fail}).work_once()
    assert ADDRESS not in caplog.text
    assert "RuntimeError" in caplog.text
    async with state.database.read() as connection:
        row = (await connection.execute(select(outbox))).one()
    assert (row.attempts, row.last_error, row.leased_until) == (1, "RuntimeError", None)
    assert PAUSES[0] / 2 < row.available_at - now() < PAUSES[1]
    worker = Worker(state, {"test": write})
    assert not await worker.work_once()
    await change(state, available_at=now())
    assert await worker.work_once()
    assert mails(state) == 1


async def change(state: State, **values: object) -> None:
    async with state.database.write() as connection:
        await connection.execute(update(outbox).values(values))


async def test_hopeless_mail_is_given_up_and_kept_for_a_person(state: State) -> None:
    await enqueue(state, to="no address")
    await Worker(state, {"test": write}).work_once()
    await enqueue(state, letter="unknown")
    await change(state, created_at=now() - GIVE_UP_AFTER - timedelta(minutes=1))
    await Worker(state, {"test": write}).work_once()
    async with state.database.read() as connection:
        rows = (await connection.execute(select(outbox.c.available_at, outbox.c.last_error))).all()
    assert [row.available_at for row in rows] == [None, None]
    assert sorted(row.last_error for row in rows) == ["KeyError", "a header is not fit to be sent: ValueError"]


async def test_task_whose_worker_died_is_taken_up_after_its_lease(state: State) -> None:
    await enqueue(state)
    await change(state, leased_until=now() + timedelta(minutes=3), attempts=1)
    worker = Worker(state, {"test": write})
    assert not await worker.work_once()
    await change(state, leased_until=now() - timedelta(seconds=1))
    assert await worker.work_once()
    assert mails(state) == 1


async def test_new_mail_wakes_the_worker_also_from_another_process(state: State, shape: Shape) -> None:
    worker = Worker(state, {"test": write})
    worker.start()
    other = make_state(settings_of(shape)) if shape.redis_url else state
    if other is not state:
        await other.broker.start()
    await asyncio.sleep(0.5)
    began = asyncio.get_running_loop().time()
    await enqueue(other)
    while not mails(state):
        await asyncio.sleep(0.01)
        assert asyncio.get_running_loop().time() - began < 1.5, "it was only found by polling"
    await worker.stop()
    if other is not state:
        await other.broker.stop()
        await other.close()


async def test_what_is_over_is_forgotten(state: State) -> None:
    async with state.transaction() as tx:
        account = await create_account(tx.connection, ADDRESS, "Ama", verified=True)
        assert account is not None
        for _ in range(2):
            await start_session(tx.connection, account.id, "Firefox")
        first = select(sessions.c.id).limit(1).scalar_subquery()
        await tx.execute(update(sessions).where(sessions.c.id == first).values(expires_at=now()))
    assert not await Worker(state).tidy()
    async with state.database.read() as connection:
        assert len((await connection.execute(select(sessions.c.id))).all()) == 1


def test_every_letter_is_written_by_one_slice() -> None:
    assert len(LETTERS) >= 8
