"""Tells a person's other screens what they have read: at most every two seconds, and never forgets the last.

A page sends what is read every moment while somebody scrolls. The first is told in its own transaction; what
follows within two seconds waits in this process and is told then, each thread once, as it stands at delivery.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from forum.events import ReadChanged
from forum.state import State
from forum.streams import account_stream
from realtime.transaction import Transaction

SPACING_SECONDS = 2.0
_KEPT = "threads.read_announcer"

_log = logging.getLogger(__name__)


class ReadAnnouncer:
    """The announcements of one process. A place is a membership's id, or that and a thread's id after a colon."""

    def __init__(
        self,
        transaction: Callable[[], AbstractAsyncContextManager[Transaction]],
        spacing: float = SPACING_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transaction = transaction
        self._spacing = spacing
        self._clock = clock
        self._last: dict[str, float] = {}
        self._waiting: dict[str, dict[str, None]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def tell(self, tx: Transaction, account_id: str, place: str) -> bool:
        """Say it with this transaction, if the last was two seconds ago; else False: `tell_later` is to follow."""
        if account_id in self._tasks or self._clock() - self._last.get(account_id, -self._spacing) < self._spacing:
            return False
        self._note(account_id)
        tx.emit(account_stream(account_id), ReadChanged(place))
        return True

    def tell_later(self, account_id: str, place: str) -> None:
        """Say it as soon as the two seconds are over. To be called after the commit: what is told must be there."""
        self._waiting.setdefault(account_id, {})[place] = None
        if account_id not in self._tasks:
            self._tasks[account_id] = asyncio.create_task(self._follow(account_id))

    async def close(self) -> None:
        """Say at once what still waits: the process ends."""
        tasks, self._tasks = list(self._tasks.values()), {}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for account_id in list(self._waiting):
            await self._say(account_id, at_most=None)

    async def _follow(self, account_id: str) -> None:
        try:
            while self._waiting.get(account_id):
                passed = self._clock() - self._last.get(account_id, 0.0)
                await asyncio.sleep(max(0.0, self._spacing - passed))
                self._note(account_id)
                await self._say(account_id, at_most=1)
        finally:
            self._tasks.pop(account_id, None)

    async def _say(self, account_id: str, *, at_most: int | None) -> None:
        waiting = self._waiting.get(account_id, {})
        places = list(waiting)[:at_most]
        try:
            async with self._transaction() as tx:
                for place in places:
                    tx.emit(account_stream(account_id), ReadChanged(place))
        except Exception as error:
            # The database is away: it is tried again after the pause, and a page read anew is right without it.
            _log.warning("what was read could not be announced: %s", type(error).__name__)
            return
        for place in places:
            waiting.pop(place, None)
        if not waiting:
            self._waiting.pop(account_id, None)

    def _note(self, account_id: str) -> None:
        moment = self._clock()
        self._last.pop(account_id, None)
        self._last[account_id] = moment
        while self._last and moment - next(iter(self._last.values())) > self._spacing:
            del self._last[next(iter(self._last))]


def announcer_of(state: State) -> ReadAnnouncer:
    """The announcer of this process."""
    kept = state.kept.get(_KEPT)
    if not isinstance(kept, ReadAnnouncer):
        kept = state.kept[_KEPT] = ReadAnnouncer(state.transaction)
    return kept
