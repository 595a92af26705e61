"""Connections that stay open and are handed out in turn.

The pools of SQLAlchemy and of asyncpg prepare and clean up at each turn, which costs as much as two or three of our
statements; here a turn is a list's append and pop. Whoever had an error with a connection discards it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

PATIENCE_SECONDS = 10
ConnectionType = TypeVar("ConnectionType")


class Connections(Generic[ConnectionType]):
    """At most `most` connections of one kind, in one event loop.

    `end` must come to its end where a connection hangs, and raise nothing.
    """

    def __init__(
        self,
        most: int,
        *,
        begin: Callable[[], Awaitable[ConnectionType]],
        is_closed: Callable[[ConnectionType], bool],
        end: Callable[[ConnectionType], Awaitable[None]],
    ) -> None:
        self.most = most
        self.in_use = 0
        self._begin = begin
        self._is_closed = is_closed
        self._end = end
        self._turns = asyncio.Semaphore(most)
        self._idle: list[ConnectionType] = []
        self._ending: set[asyncio.Task[None]] = set()
        self._is_over = False

    async def take(self) -> ConnectionType:
        """A connection for this task alone, until it is given back or discarded.

        Raises TimeoutError where none is free for ten seconds, and what `begin` raises.
        """
        if self._idle and not self._turns.locked():
            await self._turns.acquire()
        else:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._turns.acquire()
        self.in_use += 1
        try:
            # What the other side has ended while it was idle is not used again.
            while self._idle:
                connection = self._idle.pop()
                if not self._is_closed(connection):
                    return connection
                self._end_later(connection)
            return await self._begin()
        except BaseException:
            self._release()
            raise

    def give_back(self, connection: ConnectionType) -> None:
        """Its turn is over, and the next may have it."""
        if self._is_over:
            self.discard(connection)
        else:
            self._idle.append(connection)
            self._release()

    def discard(self, connection: ConnectionType) -> None:
        """Nobody is to have it again: it ends, and only then another takes its place."""
        self._end_later(connection).add_done_callback(lambda _: self._release())

    def _release(self) -> None:
        self.in_use -= 1
        self._turns.release()

    def _end_later(self, connection: ConnectionType) -> "asyncio.Task[None]":
        ending: asyncio.Task[None] = asyncio.ensure_future(self._end(connection))
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)
        return ending

    async def close(self) -> None:
        """End those that are idle now, and each of the others when its turn is over."""
        self._is_over = True
        while self._idle:
            self._end_later(self._idle.pop())
        await asyncio.gather(*self._ending)
