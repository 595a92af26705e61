"""Whether a file still is what it was kept as: nobody is given other bytes under its name, whatever became of the disk.

A file that is read whole for the first time is hashed while it goes out, and its last bytes go only where all of them
are its own: of others the answer breaks off, as at a lost connection. A part is given once the whole was proved. What
was proved is believed for a day, for as long as the store calls it the same: by then it was not written again.
"""

import asyncio
import hashlib
import logging
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Executor
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass
from weakref import WeakValueDictionary

from forum.errors import FileDamaged, Unavailable
from forum.files.incoming import AWAY, in_thread

BELIEVED_SECONDS = 24 * 3600.0
MOST_KNOWN = 4_096
_log = logging.getLogger("forum")

Chunks = AsyncGenerator[bytes, None]


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that is open in its store."""

    mark: str
    """What the store calls these very bytes; another where they were written again, even to the same."""
    size: int
    chunks: Chunks
    """What was asked for of it."""


Opener = Callable[[int, int | None], AbstractAsyncContextManager[Opened]]
"""Opens a file to be read from here up to there."""


@dataclass(frozen=True, slots=True)
class _Finding:
    mark: str
    is_right: bool
    found_at: float


class Proofs:
    """What this process has found out about the files of its store."""

    def __init__(self, threads: Executor) -> None:
        """The threads hash."""
        self._threads = threads
        self._findings: OrderedDict[str, _Finding] = OrderedDict()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def read(self, sha256: str, opener: Opener, start: int, stop: int | None, size: int | None) -> Chunks:
        """The bytes from `start` up to `stop`. Raises FileDamaged where the file is another, or has another size."""
        if start == stop:
            return
        async with opener(start, stop) as opened, aclosing(opened.chunks):
            if size is not None and opened.size != size:
                raise self._note(sha256, opened.mark, is_right=False)
            chunks, standing = opened.chunks, self._standing(sha256, opened.mark)
            is_whole = start == 0 and (stop is None or stop >= opened.size)
            if standing is None and is_whole:
                chunks = self._proving(sha256, opened)
            elif not standing:
                await self._prove(sha256, opener, opened.mark)
                if not self._standing(sha256, opened.mark):  # another took its place meanwhile
                    raise Unavailable(AWAY)
            async with aclosing(chunks):
                async for chunk in chunks:
                    yield chunk

    def _standing(self, sha256: str, mark: str) -> bool | None:
        """Whether these bytes are right; None where nobody knows."""
        finding = self._findings.get(sha256)
        if finding is None or finding.mark != mark or time.monotonic() - finding.found_at > BELIEVED_SECONDS:
            return None
        return finding.is_right

    async def _prove(self, sha256: str, opener: Opener, mark: str) -> None:
        """Read all of it, once for all who wait for it here; what was found to be wrong is read again."""
        turn = self._turns.setdefault(sha256, asyncio.Lock())
        async with turn:
            if self._standing(sha256, mark):
                return
            async with opener(0, None) as opened, aclosing(self._proving(sha256, opened)) as chunks:
                async for _ in chunks:
                    pass

    async def _proving(self, sha256: str, opened: Opened) -> Chunks:
        """Its chunks, the last of them once all are known to be right. One is hashed while the one before goes out."""
        found, held = hashlib.sha256(), b""
        async with aclosing(opened.chunks) as chunks:
            hashing: asyncio.Future[None] | None = None
            async for chunk in chunks:
                if hashing is not None:
                    await hashing
                hashing = in_thread(self._threads, found.update, chunk)
                if held:
                    yield held
                held = chunk
            if hashing is not None:
                await hashing
        if found.hexdigest() != sha256:
            raise self._note(sha256, opened.mark, is_right=False)
        self._note(sha256, opened.mark, is_right=True)
        if held:
            yield held

    def _note(self, sha256: str, mark: str, *, is_right: bool) -> FileDamaged:
        """Remember it, and say once in the log what whoever runs the site must do."""
        was = self._findings.pop(sha256, None)
        self._findings[sha256] = _Finding(mark, is_right, time.monotonic())
        while len(self._findings) > MOST_KNOWN:
            self._findings.popitem(last=False)
        if not is_right and (was is None or was.is_right or was.mark != mark):
            _log.error("the file %s is not what it was, and nobody is given it: restore it from a backup", sha256)
        return FileDamaged()
