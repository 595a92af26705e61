"""A file on its way in: written to a temporary file while it is hashed, then put in its place.

First the bytes are on the disk, then the name, then the folder that holds the name. Killed at any moment there is
either the whole file or none. While one part is written and hashed by a thread, the next one is read from the network.
"""

import asyncio
import errno
import hashlib
import logging
import os
import secrets
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from forum.errors import StoreFull, TooLarge, Unavailable
from forum.files.kinds import kind_of
from forum.files.store import CHUNK_BYTES, Kept

FOLDER = "incoming"
AWAY = "The files can't be reached just now, and nothing was changed. Wait a moment, then try again."
_T = TypeVar("_T")
_log = logging.getLogger("forum")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

Place = Callable[[Path, str], Awaitable[None]]
"""Puts the whole file, which is on the disk, in the place of its SHA-256; the temporary one may be gone afterwards."""


def megabytes(size: int) -> str:
    """A size for a sentence."""
    return f"{size / 1_000_000:,.0f} MB" if size >= 1_000_000 else f"{max(1, size // 1000):,} KB"


def megabytes_left(size: int) -> str:
    """So much is left, never more than that: a file of this size still goes in."""
    if size < 1_000_000:
        return f"{size // 1000:,} KB" if size >= 1000 else "no"
    return f"{size // 1_000_000:,} MB"


def too_large(most: int) -> TooLarge:
    """What is said of a file over the bound."""
    return TooLarge(f"This file is too large: at most {megabytes(most)}.")


class WrittenFile:
    """A file that is written as its bytes come: while a thread writes one part, the next one comes in."""

    def __init__(self, path: Path, flags: int, threads: Executor, most: int) -> None:
        self.size = 0
        self.path = path
        self._threads = threads
        self._most = most
        self._waiting = bytearray()
        self._writing: asyncio.Future[None] | None = None
        self._lock = threading.Lock()  # a thread goes on when its task is cancelled
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | flags, 0o600)

    async def write(self, chunk: bytes) -> None:
        """Take the next bytes. Raises TooLarge and StoreFull."""
        self.size += len(chunk)
        if self.size > self._most:
            raise too_large(self._most)
        self._waiting += chunk
        if len(self._waiting) >= CHUNK_BYTES:
            await self._settle()
            self._writing = in_thread(self._threads, self._write, bytes(self._waiting))
            self._waiting.clear()

    async def _settle(self) -> None:
        """Wait for the part that is being written."""
        if self._writing is not None:
            with noticing_a_full_disk():
                await self._writing
            self._writing = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Give the file up; a thread that still writes comes first."""
        await in_thread(self._threads, self.close)
        if self._writing is not None and self._writing.done() and not self._writing.cancelled():
            self._writing.exception()  # looked at: whoever gave the file up need not hear of it

    # -- In a thread ------------------------------------------------------------------------------

    def _take(self, data: bytes) -> None:
        write_all(self._file, data)

    def _write(self, data: bytes) -> None:
        with self._lock:
            if self._file >= 0:
                self._take(data)

    def _flush(self, data: bytes) -> None:
        with self._lock:
            self._take(data)
            os.fsync(self._file)

    def close(self) -> None:
        """Close it, in a thread; again changes nothing."""
        with self._lock:
            if self._file >= 0:
                os.close(self._file)
                self._file = -1


class IncomingFile(WrittenFile):
    """A temporary file that goes to its place whole, or not at all; `store.Incoming` says how to use it."""

    def __init__(self, folder: Path, threads: Executor, most: int, place: Place) -> None:
        self._place = place
        self._hash = hashlib.sha256()
        super().__init__(folder / secrets.token_hex(16), os.O_EXCL, threads, most)

    async def finish(self) -> Kept:
        """Keep it: when this returns it is on the disk. Raises StoreFull and Unavailable."""
        await self._settle()
        with noticing_a_full_disk():
            await in_thread(self._threads, self._flush, bytes(self._waiting))
            kind = await in_thread(self._threads, kind_of, self.path)
            kept = Kept(self._hash.hexdigest(), self.size, kind)
            await self._place(self.path, kept.sha256)
        return kept

    def _take(self, data: bytes) -> None:
        self._hash.update(data)
        super()._take(data)

    def close(self) -> None:
        """Close it, and throw it away where it is still here."""
        super().close()
        self.path.unlink(missing_ok=True)


def throw_away_old(folder: Path, before: float) -> None:
    """What killed servers have left there, in a thread."""
    for path in folder.glob("*"):
        try:
            if path.stat().st_mtime < before:
                path.unlink()
        except FileNotFoundError:  # it was finished in this moment
            continue


def write_all(file: int, data: bytes) -> None:
    """Write all of it, where the system takes it in parts."""
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def in_thread(threads: Executor, act: Callable[..., _T], *values: object) -> asyncio.Future[_T]:
    """Begin it in one of these threads."""
    return asyncio.get_running_loop().run_in_executor(threads, act, *values)


@contextmanager
def noticing_a_full_disk() -> Iterator[None]:
    """Say in words what a disk refuses. Raises StoreFull and Unavailable."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StoreFull("There is no room for this file on the server. Nothing of it was kept.") from error
        _log.error("the store of files can't be used: %s", type(error).__name__)
        raise Unavailable(AWAY) from error
