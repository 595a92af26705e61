"""The worker: does what transactions left in the outbox, and tidies up. As many may run as one likes.

A task is taken with a lease and done at least once: the letter is written and its links are made
in one transaction, then it is sent, then the task is finished. Logs name tasks by their ids,
never an address and never a word of a mail.
"""

import asyncio
import logging
import random
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import copy_context
from datetime import timedelta
from functools import partial
from importlib import import_module

from sqlalchemy import Select, delete, exists, or_, select

from auth.links import forget_ended_links
from auth.sessions import forget_expired_sessions
from auth.tokens import forget_ended_tokens
from forum.accounts import worker as accounts_worker
from forum.attachments import worker as attachments_worker
from forum.audit_log import worker as audit_log_worker
from forum.bounces import note_bounce
from forum.database import WRITES_BEHIND
from forum.documents import worker as documents_worker
from forum.inviting import worker as inviting_worker
from forum.knowledge import worker as knowledge_worker
from forum.mailing import AddressRefused, Letter, LetterWriter, Undeliverable, mail_key, seal_mail
from forum.moderation import worker as moderation_worker
from forum.networks import worker as networks_worker
from forum.notifications import worker as notifications_worker
from forum.reviews import worker as reviews_worker
from forum.scanning import worker as scanning_worker
from forum.search import worker as search_worker
from forum.state import State
from forum.stewardship import worker as stewardship_worker
from forum.tables import requests
from forum.tasks import Chore, Doer, Follower, Unsent
from forum.threads import worker as threads_worker
from forum.uploads import worker as uploads_worker
from ground.columns import now
from realtime import event_log, outbox
from realtime.outbox import LeaseLost, Task
from realtime.tables import outbox as tasks

LETTERS: Mapping[str, LetterWriter] = {
    **accounts_worker.LETTERS,
    **networks_worker.LETTERS,
    **audit_log_worker.LETTERS,
    **inviting_worker.LETTERS,
    **moderation_worker.LETTERS,
    **notifications_worker.LETTERS,
    **reviews_worker.LETTERS,
    **stewardship_worker.LETTERS,
}
"""Who writes each letter, by the name that the outbox knows it by."""

TASKS: Mapping[str, Doer] = {
    **audit_log_worker.TASKS,
    **documents_worker.TASKS,
    **inviting_worker.TASKS,
    **moderation_worker.TASKS,
    **notifications_worker.TASKS,
    **reviews_worker.TASKS,
    **search_worker.TASKS,
    **stewardship_worker.TASKS,
    **threads_worker.TASKS,
}
"""What else the outbox may hold, by its kind."""

SENT: Mapping[str, Doer] = {**inviting_worker.SENT}
"""What is noted once a mail server has taken over a letter of this name."""

UNSENT: Mapping[str, Unsent] = {**inviting_worker.UNSENT}
"""What is noted once it is given up."""

CHORES: Sequence[Chore] = (
    *audit_log_worker.CHORES,
    *attachments_worker.CHORES,
    *documents_worker.CHORES,
    *inviting_worker.CHORES,
    *knowledge_worker.CHORES,
    *moderation_worker.CHORES,
    *notifications_worker.CHORES,
    *reviews_worker.CHORES,
    *search_worker.CHORES,
    *stewardship_worker.CHORES,
    *uploads_worker.CHORES,
)
"""What comes round with each tidying."""

FOLLOWERS: Sequence[Follower] = (
    *notifications_worker.FOLLOWERS,
    *search_worker.FOLLOWERS,
    *scanning_worker.FOLLOWERS,
)
"""What follows events, or else has time."""

PREPARERS: Sequence[Follower] = (*documents_worker.PREPARERS, *scanning_worker.PREPARERS)
"""What has its work done by another process, so that nobody is kept waiting by it here and it needs no rest."""

POLL_SECONDS = 2.0
BREATH_SECONDS = 0.05
BREATHS = 3.0
"""Whoever follows events rests after each part, for three times as long as that took: those who write come first."""
LONGEST_BREATH_SECONDS = 0.4
"""The shortest rest doubles up to this while events come without a pause: many at once cost little more than one."""
LEASE = timedelta(minutes=3)
AT_ONCE = 8
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1_800, 3_600, 6 * 3_600))
"""How long to wait after each failure; the last one goes on."""
GIVE_UP_AFTER = timedelta(days=4)
TRIED_FOR_DAYS = "The mail server did not take it, though we tried for four days."
FINISH_SECONDS = 5.0
FIRST_TIDYING_SECONDS = 30.0
TIDYING_SECONDS = 3_600.0
EVENTS_KEPT = timedelta(days=30)
REQUESTS_KEPT = timedelta(days=30)

_log = logging.getLogger(__name__)


class Worker:
    """Works the outbox of one process, from `start` to `stop`."""

    def __init__(self, state: State, letters: Mapping[str, LetterWriter] = LETTERS) -> None:
        self._state = state
        self._letters = letters
        self._loops: list[asyncio.Task[None]] = []
        self._stopping = asyncio.Event()
        self._failing = False

    def start(self) -> None:
        """Begin; needs a running event loop and a started broker."""
        self._stopping.clear()
        following = [self._follow_events(each) for each in FOLLOWERS]
        following += [self._follow_events(each, rests=0.0) for each in PREPARERS]
        loops = [self._follow_outbox(), self._tidy_for_ever(), *following]
        context = copy_context()
        context.run(WRITES_BEHIND.set, True)
        self._loops = [asyncio.create_task(loop, context=context) for loop in loops]

    async def stop(self) -> None:
        """End. What is being sent gets five seconds; what remains is taken up again when its lease is over."""
        self._stopping.set()
        if self._loops:
            await asyncio.wait(self._loops, timeout=FINISH_SECONDS)
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        self._loops = []

    async def _follow_outbox(self) -> None:
        ear = self._state.broker.listen()
        ear.follow(outbox.TOPIC)
        try:
            while not self._stopping.is_set():
                if not await self._try(self.work_once):
                    await self._wait(ear.take, POLL_SECONDS)
        finally:
            ear.close()

    async def _follow_events(self, follower: Follower, rests: float = BREATHS) -> None:
        ear, streams, breath = self._state.broker.listen(), set[str](), BREATH_SECONDS
        try:
            while not self._stopping.is_set():
                began = time.monotonic()
                more = await self._try(partial(follower, self._state, streams))
                took = time.monotonic() - began
                for stream in streams:
                    ear.follow(stream)
                await self._wait(None, max(breath, rests * took))
                if not more:
                    began = time.monotonic()
                    await self._wait(ear.take, POLL_SECONDS)
                    is_pressed = time.monotonic() - began < BREATH_SECONDS
                    breath = min(2 * breath, LONGEST_BREATH_SECONDS) if is_pressed and rests else BREATH_SECONDS
        finally:
            ear.close()

    async def _tidy_for_ever(self) -> None:
        await self._try(self._empty_log)  # of what a process that was killed had no time to do
        await self._wait(None, FIRST_TIDYING_SECONDS)
        while not self._stopping.is_set():
            await self._try(self.tidy)
            await self._wait(None, TIDYING_SECONDS * random.uniform(0.9, 1.1))  # noqa: S311  spreads load, hides nothing

    async def _wait(self, wake_up: Callable[[], Awaitable[object]] | None, seconds: float) -> None:
        """Wait so long, or until the wake-up comes, or until the worker is to stop."""
        waiting: list[asyncio.Future[object]] = [asyncio.ensure_future(self._stopping.wait())]
        if wake_up is not None:
            waiting.append(asyncio.ensure_future(wake_up()))
        try:
            await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for future in waiting:
                future.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    async def _try(self, act: Callable[[], Awaitable[bool]]) -> bool:
        """Do it; a database that is away is said once, and waited for."""
        try:
            more = await act()
        except Exception as error:
            if not self._failing:
                _log.warning("the worker waits: %s", type(error).__name__)
            self._failing = True
            return False
        if self._failing:
            _log.warning("the worker goes on")
        self._failing = False
        return more

    async def work_once(self) -> bool:
        """Do the tasks that are due now, at most AT_ONCE of them; whether there were any."""
        database = self._state.database
        async with database.read() as connection:
            if not await connection.scalar(_due()):  # asking costs nobody the write lock
                return False
        async with database.write() as connection:
            taken = await outbox.claim(connection, ["mail", *TASKS], AT_ONCE, LEASE)
        await asyncio.gather(*(self._do(task) for task in taken))
        return bool(taken)

    async def _do(self, task: Task) -> None:
        try:
            if task.kind == "mail":
                await self._send(task)
            else:
                async with self._state.transaction() as tx:
                    await TASKS[task.kind](self._state, tx, task.reference)
                    await outbox.finish(tx.connection, task)
        except LeaseLost:
            _log.warning("%s %s: another worker has it", task.kind, task.id)
        except Undeliverable as error:
            _log.error("mail %s is given up: %s", task.id, error)
            await self._give_up(task, error.told)
            await self._postpone(task, str(error), give_up=True)
        except Exception as error:
            give_up = now() - task.created_at > GIVE_UP_AFTER
            _log.warning(
                "%s %s %s: %s", task.kind, task.id, "is given up" if give_up else "waits", type(error).__name__
            )
            if give_up:
                await self._give_up(task, TRIED_FOR_DAYS)
            await self._postpone(task, type(error).__name__, give_up=give_up)

    async def _give_up(self, task: Task, why: str) -> None:
        note = UNSENT.get(task.reference.get("letter", ""))
        if note is not None:
            async with self._state.transaction() as tx:
                await note(self._state, tx, task.reference, why)

    async def _send(self, task: Task) -> None:
        state = self._state
        letter = await self._write_letter(task)
        if letter is None:
            return
        message_id = seal_mail(state.key, task.id, letter.address)
        sending = import_module("forum.sending")  # 2 MB that a process holds once it has a mail to send
        message = sending.compose(letter, state.settings, state.templates, message_id)
        try:
            path = await sending.deliver(message, state.settings)
        except AddressRefused as error:
            async with state.transaction() as tx:
                await note_bounce(tx, mail_key(letter.address), error.told)
            raise
        if path is not None:
            print(f"A mail was written to {path}", flush=True)
        async with state.transaction() as tx:
            note = SENT.get(task.reference["letter"])
            if note is not None:
                await note(state, tx, task.reference)
            await outbox.finish(tx.connection, task)

    async def _write_letter(self, task: Task) -> Letter | None:
        """The letter, with its links committed; None where nobody is to get it, and then the task is finished.

        The transaction ends before the mail goes out: a slow mail server must not keep others from writing.
        """
        writer = self._letters[task.reference["letter"]]
        async with self._state.transaction() as tx:
            letter = await writer(self._state, tx, task.reference)
            if letter is None:
                await outbox.finish(tx.connection, task)
        return letter

    async def _postpone(self, task: Task, error: str, *, give_up: bool) -> None:
        pause = PAUSES[min(task.attempts, len(PAUSES)) - 1] * random.uniform(1.0, 1.2)  # noqa: S311  spreads load
        async with self._state.database.write() as connection:
            await outbox.postpone(connection, task, error, None if give_up else now() + pause)

    async def tidy(self) -> bool:
        """Forget what is over: sessions, links and tokens, old events, keys of old requests. Never asks for more."""
        database = self._state.database
        for forget in (forget_expired_sessions, forget_ended_links, forget_ended_tokens):
            async with database.write() as connection:
                await forget(connection)
        async with database.write() as connection:
            await connection.execute(delete(requests).where(requests.c.created_at < now() - REQUESTS_KEPT))
        gone = 1
        while gone and not self._stopping.is_set():
            async with database.write() as connection:
                gone = await event_log.trim(connection, now() - EVENTS_KEPT)
        for chore in CHORES:
            if not self._stopping.is_set():
                await chore(self._state)
        return await self._empty_log()

    async def _empty_log(self) -> bool:
        """Of what was forgotten nothing stays in the database's log. Never asks for more."""
        await self._state.database.empty_log()
        return False


def _due() -> Select[tuple[bool]]:
    moment = now()
    is_free = or_(tasks.c.leased_until.is_(None), tasks.c.leased_until <= moment)
    return select(exists().where(tasks.c.kind.in_(["mail", *TASKS]), tasks.c.available_at <= moment, is_free))


async def work_until_stopped(state: State) -> None:
    """Work the outbox in a process of its own, until SIGTERM or Ctrl-C. The broker is started already."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    worker = Worker(state)
    worker.start()
    print("Working the queue. Stop it with Ctrl-C.", flush=True)
    await stopped.wait()
    await worker.stop()
