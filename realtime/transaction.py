"""Commit a change and its events together, then wake the others."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import CursorResult, Executable
from sqlalchemy.ext.asyncio import AsyncConnection

from ground.hot import HotStatement, run
from realtime import event_log, outbox
from realtime.brokers import Broker, Wakeup
from realtime.events import Change
from realtime.failures import brief

PUBLISH_SECONDS = 0.05
"""No answer waits longer than this for Redis: what is not published is found by the head check."""

_log = logging.getLogger(__name__)


class Database(Protocol):
    """What this stone needs of a database. Either context gives a connection for one task."""

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""

    def read(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection in AUTOCOMMIT for reading; every statement sees what is committed by then."""

    def write(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """One write transaction: commits on a clean exit, rolls back on an error."""

    async def write_at_once(
        self, queue: str, statement: HotStatement, parameters: Mapping[str, Any]
    ) -> list[Any] | None:
        """On PostgreSQL, a statement that is a transaction by itself: its one row, or None where it did nothing."""

    async def empty_log(self) -> None:
        """What was taken away stands in no log of the database any more either."""


class Transaction:
    """One write transaction with the events and tasks that it will leave behind."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.numbers: dict[str, int] = {}
        """After the end: the last number that this transaction wrote into each stream."""
        self.notes: dict[str, Any] = {}
        """What layers above remember until the end, by a name of theirs."""
        self.forgets = False
        """Words are taken away for good: when it is committed, the database's log is to keep none of them."""
        self._last: list[Callable[[Transaction], Awaitable[None]]] = []
        self._emitted: list[tuple[str, Change, bool]] = []
        self._tasks: list[dict[str, Any]] = []

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run one statement in this transaction."""
        return await self.connection.execute(statement, parameters)

    async def run(self, statement: HotStatement, parameters: Mapping[str, Any]) -> list[list[Any]]:
        """The rows of a hot statement, run in this transaction."""
        return await run(self.connection, statement, parameters)

    async def create_stream(self, name: str) -> None:
        """Begin a stream at 0; one that exists already is left as it is."""
        await event_log.create_stream(self.connection, name)

    def at_end(self, write: Callable[["Transaction"], Awaitable[None]]) -> None:
        """Have something written when all else is, just before tasks and events: rows that everybody waits for."""
        self._last.append(write)

    def emit(self, stream: str, change: Change, *, authz: bool = False) -> None:
        """Say that `change` happened, to the audience of `stream`; written just before COMMIT.

        With `authz` every right to read the stream is asked again before this event and later
        ones go out: whatever takes a right away must emit so, in the same transaction.
        """
        self._emitted.append((stream, change, authz))

    def enqueue(self, kind: str, reference: dict[str, str], *, after: datetime | None = None) -> None:
        """Leave a task for the worker, not to be done before `after`. `reference` holds ids, never words."""
        self._tasks.append(outbox.new_task(kind, reference, after))

    async def finish(self) -> list[Wakeup]:
        """Write what was left for the end, tasks, and events in the order of their streams: no two writers deadlock."""
        for write in self._last:
            await write(self)
        if self._tasks:
            await self.connection.execute(outbox.INSERT_TASK, self._tasks)
        emitted = sorted(self._emitted, key=lambda emitted: emitted[0])
        self.numbers |= await event_log.append_all(self.connection, emitted)
        wakeups = [Wakeup(stream, seq) for stream, seq in self.numbers.items()]
        if self._tasks:
            wakeups.append(Wakeup(outbox.TOPIC, 0))
        return wakeups


@asynccontextmanager
async def transaction(database: Database, broker: Broker) -> AsyncIterator[Transaction]:
    """A write transaction whose events are committed with it and announced after it."""
    async with database.write() as connection:
        tx = Transaction(connection)
        yield tx
        wakeups = await tx.finish()
    await _announce(broker, wakeups)
    if tx.forgets:
        await _forget(database)


async def _forget(database: Database) -> None:
    try:
        await database.empty_log()
    except Exception as error:
        # Committed is committed; the worker empties the log again and again.
        _log.warning("could not empty the database's log: %s", brief(error))


async def write_at_once(
    database: Database, broker: Broker, stream: str, statement: HotStatement, parameters: Mapping[str, Any]
) -> list[Any] | None:
    """On PostgreSQL, a whole change and its one event in one statement, which is a transaction by itself.

    It writes the event by `event_log.append_after`, and its one row begins with the number of that. None where it
    did nothing.
    """
    row = await database.write_at_once(stream, statement, parameters)
    if row is not None:
        await _announce(broker, [Wakeup(stream, row[0])])
    return row


async def _announce(broker: Broker, wakeups: Sequence[Wakeup]) -> None:
    if not wakeups:
        return
    try:
        async with asyncio.timeout(PUBLISH_SECONDS):
            await broker.publish(wakeups)
    except Exception as error:
        # Committed is committed: the answer must not fail because a wake-up did.
        _log.warning("could not announce %d streams: %s", len(wakeups), brief(error))
