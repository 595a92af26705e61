"""Confer with one law broken on purpose, so that the checker can be tested: `python -m tests.faults.broken KIND serve`.

Each kind puts something else in place of a function of the product, in the server's own process. The product knows
nothing of it.
"""

import asyncio
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from redis.asyncio import Redis
from sqlalchemy import func, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

import forum.metrics
import forum.moderation.worker
import forum.serve
import forum.state
import forum.work
import realtime.gateway
import realtime.transaction
from forum.command_line import main as forum_main
from forum.records import Thread
from forum.state import State
from forum.streams import network_stream
from forum.threads import announced_commands
from forum.threads.commands import Posted
from forum.threads.replying_commands import OutOfTheOrdinary
from forum.viewer import Viewer
from ground.columns import now
from realtime import event_log
from realtime.brokers import Broker, Wakeup
from realtime.brokers.memory import MemoryBroker
from realtime.brokers.redis import RedisBroker
from realtime.connection import Subscription
from realtime.events import Change
from realtime.heartbeat import Heartbeat
from realtime.limits import Limits
from realtime.questions import own_stream
from realtime.rights import Rights
from realtime.tables import events, streams
from realtime.transaction import Database, Transaction

_early: ContextVar[dict[str, int]] = ContextVar("early")


def _put(place: Any, name: str, other: Any) -> None:
    getattr(place, name)  # what is replaced must be there
    setattr(place, name, other)


class _Counter:
    """Numbers that nothing gives back: in Redis, where there is one, for all processes."""

    def __init__(self) -> None:
        self._url = os.environ.get("REDIS_URL")
        self._counted: Counter[str] = Counter()

    async def next(self, stream: str) -> int:
        if self._url:
            async with Redis.from_url(self._url) as client:
                return int(await client.incr(f"broken:{stream}"))
        self._counted[stream] += 1
        return self._counted[stream]


async def _append_as(number: int, connection: AsyncConnection, stream: str, change: Change, authz: bool) -> int:
    """Write an event under this number, whatever the stream's head is."""
    greatest = func.greatest if connection.dialect.name == "postgresql" else func.max
    moved = (
        update(streams)
        .where(streams.c.name == stream)
        .values(head=greatest(streams.c.head, number), authz_version=streams.c.authz_version + int(authz))
        .returning(streams.c.authz_version)
    )
    row = {
        "stream": stream,
        "seq": number,
        "kind": change.kind,
        "object_id": change.object_id,
        "object_version": change.object_version,
        "authz_version": (await connection.execute(moved)).scalar_one(),
        "created_at": now(),
    }
    await connection.execute(insert(events), row)
    return number


def number_from_a_sequence() -> None:
    """Numbers come from a counter beside the database, and are taken before the work is done."""
    counter = _Counter()
    send = announced_commands._send_reply

    async def send_reply(state: State, viewer: Viewer, thread: Thread, *rest: Any) -> Posted:
        stream = network_stream(thread.network_id)
        _early.set({stream: await counter.next(stream)})
        await asyncio.sleep(random.uniform(0, 0.05))  # the work
        return await send(state, viewer, thread, *rest)

    async def append(connection: AsyncConnection, stream: str, change: Change, *, authz: bool = False) -> int:
        early = _early.get({}).pop(stream, None)
        number = early if early is not None else await counter.next(stream)
        return await _append_as(number, connection, stream, change, authz)

    _put(announced_commands, "_send_reply", send_reply)
    _put(event_log, "append", append)
    _put(announced_commands, "reply_at_once", _refuse)


async def _refuse(*_: Any) -> NoReturn:
    """Replies take the ordinary way, in a transaction of several statements."""
    raise OutOfTheOrdinary


def no_head_check() -> None:
    """Wake-ups are lost, and nobody compares with the database."""

    async def run_head_check(_: Heartbeat) -> None:
        await asyncio.Event().wait()

    async def publish(broker: MemoryBroker, wakeups: Sequence[Wakeup]) -> None:
        if random.random() < 0.3:
            await told(broker, wakeups)

    def hand_over(*_: Any) -> None:
        """What comes through Redis is dropped."""

    told = MemoryBroker.publish
    _put(MemoryBroker, "publish", publish)
    _put(RedisBroker, "_hand_over", hand_over)
    _put(Heartbeat, "run_head_check", run_head_check)


def publish_before_commit() -> None:
    """Others are woken before there is anything to read; the commit comes late, or fails."""

    @asynccontextmanager
    async def transaction(database: Database, broker: Broker) -> AsyncIterator[Transaction]:
        async with database.write() as connection:
            tx = Transaction(connection)
            yield tx
            await broker.publish(await tx.finish())
            await asyncio.sleep(0.1)  # on a busy machine, too, others look before it comes
            if random.random() < 0.05:
                raise ConnectionError("the commit failed")

    _put(forum.state, "transaction", transaction)
    _put(announced_commands, "reply_at_once", _refuse)


def audience_once() -> None:
    """Who may hear is asked when somebody subscribes, and never again."""

    async def ask(rights: Rights, name: str, stale: Collection[Subscription], version: int) -> None:
        for subscription in stale:
            subscription.checked = version
            account = subscription.connection.account
            if account and name == own_stream(account):
                rights.refresh_soon(account)

    def end(*_: Any) -> None:
        """Nothing ends."""

    _put(Rights, "_ask", ask)
    _put(Rights, "end", end)


def answer_before_commit() -> None:
    """The answer goes out first; the commit follows, and one in seven fails."""
    waiting: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def transaction(database: Database, broker: Broker) -> AsyncIterator[Transaction]:
        writing = database.write()
        connection = await writing.__aenter__()
        tx = Transaction(connection)
        try:
            yield tx
            wakeups = await tx.finish()
        except BaseException as error:
            await writing.__aexit__(type(error), error, error.__traceback__)
            raise

        async def commit() -> None:
            await asyncio.sleep(0.005)
            if random.random() < 0.15:
                error = ConnectionError("the commit failed")
                try:
                    await writing.__aexit__(ConnectionError, error, None)
                except ConnectionError:
                    return
            await writing.__aexit__(None, None, None)
            await broker.publish(wakeups)

        task = asyncio.create_task(commit())
        waiting.add(task)
        task.add_done_callback(waiting.discard)

    _put(forum.state, "transaction", transaction)
    _put(announced_commands, "reply_at_once", _refuse)


def dies_before_publish() -> None:
    """Killed between COMMIT and the wake-up, as soon as there is a file `die` in the data folder."""
    announce = realtime.transaction._announce
    wish = Path(os.environ["DATA_DIR"]) / "die"

    async def announce_or_die(broker: Broker, wakeups: Sequence[Wakeup]) -> None:
        if any(wakeup.stream.startswith("network:") for wakeup in wakeups) and wish.exists():
            wish.unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        await announce(broker, wakeups)

    _put(realtime.transaction, "_announce", announce_or_die)


def dies_in_erasing() -> None:
    """Killed while the worker erases, where a file `die` in the data folder says: at a statement by its number, at
    the `commit`, or before the `log` is emptied. The worker tidies up as soon as it starts."""
    wish = Path(os.environ["DATA_DIR"]) / "die"
    erase, execute = forum.moderation.worker.erase_post, Transaction.execute
    finish, forget = Transaction.finish, realtime.transaction._forget
    counted: ContextVar[list[int] | None] = ContextVar("counted", default=None)

    def die_at(moment: str) -> None:
        if counted.get() is not None and wish.exists() and wish.read_text() == moment:
            wish.unlink()
            os.kill(os.getpid(), signal.SIGKILL)

    async def erase_or_die(*args: Any, **options: Any) -> str | None:
        counted.set([0])
        return await erase(*args, **options)

    async def execute_or_die(tx: Transaction, *args: Any) -> Any:
        statements = counted.get()
        if statements is not None:
            statements[0] += 1
            die_at(str(statements[0]))
        return await execute(tx, *args)

    async def finish_or_die(tx: Transaction) -> list[Wakeup]:
        wakeups = await finish(tx)
        die_at("commit")
        return wakeups

    async def forget_or_die(database: Database) -> None:
        die_at("log")
        await forget(database)

    _put(forum.moderation.worker, "erase_post", erase_or_die)
    _put(Transaction, "execute", execute_or_die)
    _put(Transaction, "finish", finish_or_die)
    _put(realtime.transaction, "_forget", forget_or_die)
    _put(forum.work, "FIRST_TIDYING_SECONDS", 0.1)


def quick_pulse() -> None:
    """Heartbeats come so often that scenarios need not wait for them long."""
    times: dict[str, Any] = {"ping_seconds": 1.5, "pong_seconds": 1.0, "stalled_seconds": 2.0, "tick_seconds": 0.2}
    _put(realtime.gateway, "Limits", partial(Limits, **times))


def quick_drain() -> None:
    """The sockets of a process that stops come back within a second."""
    _put(forum.serve, "DRAIN_SECONDS", 1.0)


class FineLag:
    """`forum.counting.LoopLag` with a finer tick, that leaves out what the machine spent on others."""

    def __init__(self) -> None:
        self._late: list[float] = []

    async def run(self) -> None:
        """A tick is as late as the clock says, and at most by the processor time that this process used meanwhile."""
        while True:
            began, used = time.perf_counter(), time.process_time()
            await asyncio.sleep(0.005)
            late = time.perf_counter() - began - 0.005
            self._late.append(max(0.0, min(late, time.process_time() - used)))

    def quantiles(self) -> dict[float, float]:
        """Over the whole life of the process."""
        ordered = sorted(self._late)
        return {share: ordered[int(share * (len(ordered) - 1))] for share in (0.5, 0.99, 0.999, 1.0)}


def fine_lag() -> None:
    """Everything as ever, and the loop's lag looked at more closely."""
    _put(forum.metrics, "LoopLag", FineLag)


BROKEN: dict[str, Callable[[], None]] = {
    "sequence": number_from_a_sequence,
    "no_head_check": no_head_check,
    "publish_first": publish_before_commit,
    "audience_once": audience_once,
    "answer_first": answer_before_commit,
}
"""Servers that the checker must catch."""
PREPARED: dict[str, Callable[[], None]] = {
    "dies_before_publish": dies_before_publish,
    "dies_in_erasing": dies_in_erasing,
    "quick_pulse": quick_pulse,
    "quick_drain": quick_drain,
    "fine_lag": fine_lag,
}
"""Servers that keep every law, and fail at a moment that cannot be met from outside."""


def main(words: Sequence[str]) -> int:
    """Break what the first word names, then go on as `python -m forum` with the others."""
    (BROKEN | PREPARED)[words[0]]()
    return forum_main(list(words[1:]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
