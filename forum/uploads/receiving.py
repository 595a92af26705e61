"""Reading one part from the network, for as long as something comes and nobody else goes on with the same file.

A connection that was lost in a tunnel is not over for the server: nothing more comes, and nothing says so. Whoever
comes back with the same file need not wait for it: the older request is ended, and keeps what it has.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from starlette.requests import ClientDisconnect, Request

from forum.errors import Busy, Damaged, StoreFull, TooLarge
from forum.files.store import Part
from forum.state import State

STILL_KEPT = (
    "The disk of the server is full. What came of this file before this part is kept for a day: go on from there once "
    "there is room."
)
SILENCE_SECONDS = 30.0
TURN_SECONDS = 5.0


class Turn:
    """One request that goes on with a file."""

    def __init__(self) -> None:
        self._patience: asyncio.Timeout | None = None
        self._is_over = False
        self.left = asyncio.Event()

    def end(self) -> None:
        """Take no more; what came is kept."""
        self._is_over = True
        if self._patience is not None:
            self._patience.reschedule(asyncio.get_running_loop().time())

    async def read(self, chunks: AsyncIterator[bytes]) -> bytes:
        """The next bytes; none where there are no more, nothing came for long, or another request takes over."""
        if self._is_over:
            return b""
        try:
            async with asyncio.timeout(SILENCE_SECONDS) as self._patience:
                return await anext(chunks)
        except (TimeoutError, ClientDisconnect, StopAsyncIteration):
            return b""
        finally:
            self._patience = None


class Turns:
    """Who goes on with which file in this process; other processes are kept away by the store."""

    def __init__(self) -> None:
        self._turns: dict[str, Turn] = {}

    async def take(self, upload_id: str) -> Turn:
        """End the turn of whoever has it, and have it. Raises Busy where that takes long."""
        mine = Turn()
        older, self._turns[upload_id] = self._turns.get(upload_id), mine
        if older is not None:
            older.end()
            try:
                async with asyncio.timeout(TURN_SECONDS):
                    await older.left.wait()
            except TimeoutError as error:
                self.leave(upload_id, mine)
                raise Busy("Another part of this file is on its way. Wait a moment, then go on.") from error
        return mine

    def leave(self, upload_id: str, turn: Turn) -> None:
        """The turn is over."""
        turn.left.set()
        if self._turns.get(upload_id) is turn:
            del self._turns[upload_id]

    async def close(self) -> None:
        """Nothing to give back."""


def turns_of(state: State) -> Turns:
    """The turns of this process."""
    kept = state.kept.setdefault("uploads", Turns())
    if not isinstance(kept, Turns):
        raise TypeError("something else is kept under this name")
    return kept


@contextmanager
def keeping_what_came() -> Iterator[None]:
    """Say what is so where the store is full: of what came before nothing is lost. Raises StoreFull."""
    try:
        yield
    except StoreFull as error:
        raise StoreFull(STILL_KEPT) from error


async def receive(request: Request, turn: Turn, part: Part, room: int, checksum: tuple[str, bytes] | None) -> int:
    """Write the body, as far as it comes, and see it to the disk; how many bytes they were.

    With a checksum all of it counts or nothing. Raises TooLarge, Damaged, StoreFull and Unavailable.
    """
    found = hashlib.new(checksum[0], usedforsecurity=False) if checksum else None
    chunks = aiter(request.stream())
    while chunk := await turn.read(chunks):
        if part.size + len(chunk) > room:
            raise TooLarge("That is more than this file was said to have. Nothing of this part was kept.")
        if found is not None:
            found.update(chunk)
        await part.write(chunk)
    if found is not None and checksum is not None and found.digest() != checksum[1]:
        raise Damaged("This part is not as it was sent. Nothing of it was kept: send it again.")
    await part.keep()
    return part.size
