"""One question for many who ask the same kind of thing at once: when a thousand clients come back, the database is
asked a few times and not a thousand times.

Nothing is remembered: an answer is used only for those who asked before it was begun to be sought.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Together(Generic[Asked, Answer]):
    """Gathers what is asked while a question is under way into the next one; alone one is asked at once."""

    def __init__(
        self, ask: Callable[[Sequence[Asked]], Awaitable[Sequence[Answer]]], *, most: int, seconds: float
    ) -> None:
        """`ask` answers each in order; it is asked `most` at once, and given up after so many seconds."""
        self._ask = ask
        self._most = most
        self._seconds = seconds
        self._waiting: list[tuple[Asked, asyncio.Future[Answer]]] = []
        self._task: asyncio.Task[None] | None = None

    async def ask(self, asked: Asked) -> Answer:
        """The answer, sought after this call began. Raises what `ask` raised, or TimeoutError.

        Where a question takes too long those fail too who wait for the next: that it would not is a vain hope.
        """
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answer))
        if self._task is None:
            self._task = asyncio.create_task(self._go_on())
        return await answer

    async def _go_on(self) -> None:
        try:
            while self._waiting:
                now, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                await self._answer([each for each in now if not each[1].done()])
        finally:
            self._task = None
            for _, answer in self._waiting:  # the loop is ended in the middle
                answer.cancel()
            self._waiting = []

    async def _answer(self, some: Sequence[tuple[Asked, asyncio.Future[Answer]]]) -> None:
        try:
            async with asyncio.timeout(self._seconds):
                answers = await self._ask([asked for asked, _ in some]) if some else []
        except BaseException as error:
            if isinstance(error, TimeoutError):
                some, self._waiting = [*some, *self._waiting], []
            for _, answer in some:
                if not answer.done():
                    answer.set_exception(error if isinstance(error, Exception) else asyncio.CancelledError())
                    answer.exception()  # whoever asked may be gone
            if not isinstance(error, Exception):
                raise
            return
        for (_, answer), found in zip(some, answers, strict=True):
            if not answer.done():
                answer.set_result(found)
