"""Files in a folder of this machine: `ab/cd/abcd…` by their SHA-256, and those on their way in beside them."""

import asyncio
import fcntl
import hashlib
import os
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from forum.errors import Busy, NotFound, Unavailable
from forum.files.incoming import (
    AWAY,
    FOLDER,
    IncomingFile,
    WrittenFile,
    in_thread,
    noticing_a_full_disk,
    throw_away_old,
)
from forum.files.kinds import kind_of
from forum.files.proving import Opened, Proofs
from forum.files.store import CHUNK_BYTES, Kept, Stored, place
from ground.columns import is_id

_THREADS = 8
_MODE = 0o700
_HEX = tuple(f"{number:02x}" for number in range(256))


class PartFile(WrittenFile):
    """One file that grows with each request, held by one of them at a time; `store.Part` says how to use it."""

    name = ""

    def __init__(self, path: Path, offset: int, threads: Executor, most: int) -> None:
        super().__init__(path, 0, threads, most)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not self._is_here() or os.fstat(self._file).st_size < offset:
                raise NotFound
            # What lies behind came by a request that nobody was told of: it broke off before its row was written.
            os.ftruncate(self._file, offset)
            os.lseek(self._file, offset, os.SEEK_SET)
        except BlockingIOError as error:
            self.close()
            raise Busy("Another part of this file is on its way. Wait a moment, then go on.") from error
        except BaseException:
            self.close()
            raise

    def _is_here(self) -> bool:
        """Whether it still is what it was opened as: it may have been joined meanwhile, and be a whole file now."""
        try:
            return os.path.samestat(os.fstat(self._file), self.path.stat())
        except FileNotFoundError:
            return False

    async def keep(self) -> None:
        """When this returns what came so far is on the disk."""
        await self._settle()
        with noticing_a_full_disk():
            await in_thread(self._threads, self._flush, bytes(self._waiting))
        self._waiting.clear()

    def digest(self) -> str:
        """The SHA-256 of all of it, in a thread."""
        found, place = hashlib.sha256(), 0
        while chunk := os.pread(self._file, CHUNK_BYTES, place):
            found.update(chunk)
            place += len(chunk)
        os.fsync(self._file)
        return found.hexdigest()


class LocalStore:
    """A folder; it is made when the first file comes. `store.Store` says what each of these does."""

    def __init__(self, folder: Path, most: int) -> None:
        """No file may have more than `most` bytes."""
        self._folder = folder
        self._most = most
        # Threads of its own: a slow disk holds up nothing else.
        self._threads = ThreadPoolExecutor(_THREADS, "files")
        self._proofs = Proofs(self._threads)

    async def begin(self) -> IncomingFile:
        """Take a new file. Raises StoreFull and Unavailable."""
        with noticing_a_full_disk():
            return await in_thread(self._threads, self._begin)

    def _begin(self) -> IncomingFile:
        return IncomingFile(self._make_folder(), self._threads, self._most, self._put)

    def _make_folder(self) -> Path:
        """For what is on its way; each of both for nobody else to read."""
        folder = self._folder / FOLDER
        self._folder.mkdir(_MODE, parents=True, exist_ok=True)
        folder.mkdir(_MODE, exist_ok=True)
        return folder

    async def _put(self, path: Path, sha256: str) -> None:
        await in_thread(self._threads, self._rename, path, self._folder / place(sha256))

    def _rename(self, path: Path, target: Path) -> None:
        """The same bytes may be there already: these take their place, so that their time is that of today."""
        for folder in (target.parent.parent, target.parent):
            if not folder.is_dir():
                folder.mkdir(_MODE, exist_ok=True)
                _flush_folder(folder.parent)
        os.replace(path, target)
        _flush_folder(target.parent)

    def read(
        self, sha256: str, start: int = 0, stop: int | None = None, size: int | None = None
    ) -> AsyncGenerator[bytes, None]:
        """The bytes from `start` up to `stop`, in chunks. Raises Unavailable, and FileDamaged where it is another."""
        return self._proofs.read(sha256, partial(self._open, sha256), start, stop, size)

    @asynccontextmanager
    async def _open(self, sha256: str, start: int, stop: int | None) -> AsyncGenerator[Opened, None]:
        try:
            file, found = await in_thread(self._threads, _opened, self._folder / place(sha256))
        except FileNotFoundError as error:
            raise Unavailable(AWAY) from error
        try:
            # Whoever writes it again, or puts another in its place, changes one of these.
            mark = f"{found.st_dev}:{found.st_ino}:{found.st_ctime_ns}:{found.st_mtime_ns}"
            yield Opened(mark, found.st_size, self._chunks(file, start, stop))
        finally:
            os.close(file)

    async def _chunks(self, file: int, start: int, stop: int | None) -> AsyncGenerator[bytes, None]:
        while stop is None or start < stop:
            most = CHUNK_BYTES if stop is None else min(CHUNK_BYTES, stop - start)
            # Shielded: the file must not be closed, and its number given to another, while a thread reads it.
            with noticing_a_full_disk():
                chunk = await _finished(in_thread(self._threads, os.pread, file, most, start))
            if not chunk:
                break
            start += len(chunk)
            yield chunk

    async def find(self, sha256: str) -> Stored | None:
        """What the disk knows of this file; None where there is none."""
        return await in_thread(self._threads, _look, self._folder / place(sha256))

    async def remove(self, sha256: str) -> None:
        """Let go of a file; again changes nothing."""
        path = self._folder / place(sha256)
        await in_thread(self._threads, path.unlink, True)

    async def listing(self, start: str = "") -> AsyncIterator[Stored]:
        """All files whose names begin so (none or two letters)."""
        for name in (start,) if start else _HEX:
            for found in await in_thread(self._threads, self._listed, name):
                yield found

    def _listed(self, name: str) -> list[Stored]:
        paths = sorted((self._folder / name).glob("[0-9a-f][0-9a-f]/*"))
        return [found for path in paths if (found := _look(path)) is not None]

    async def take_part(self, upload_id: str, offset: int) -> PartFile:
        """Go on with a file from here. Raises Busy where somebody does already, NotFound where less of it is there."""
        with noticing_a_full_disk():
            return await in_thread(self._threads, self._go_on, upload_id, offset)

    def _go_on(self, upload_id: str, offset: int) -> PartFile:
        path = self._parts(upload_id)
        self._make_folder()
        return PartFile(path, offset, self._threads, self._most - offset)

    def _parts(self, upload_id: str) -> Path:
        if not is_id(upload_id):
            raise ValueError("this is no id")
        return self._folder / FOLDER / f"{upload_id}.part"

    async def join(self, upload_id: str, parts: Sequence[str], size: int) -> Kept:
        """Make one file of its parts, which lie in one already: it is read again for its SHA-256."""
        part = await self.take_part(upload_id, size)
        async with part:
            with noticing_a_full_disk():
                sha256 = await in_thread(self._threads, part.digest)
                kind = await in_thread(self._threads, kind_of, part.path)
                await self._put(part.path, sha256)
        return Kept(sha256, size, kind)

    async def drop(self, upload_id: str) -> None:
        """Throw its parts away; again changes nothing."""
        await in_thread(self._threads, self._parts(upload_id).unlink, True)

    async def free(self) -> int | None:
        """How many bytes the disk has room for."""
        return await in_thread(self._threads, self._free)

    def _free(self) -> int | None:
        try:
            self._folder.mkdir(_MODE, parents=True, exist_ok=True)
            found = os.statvfs(self._folder)
        except OSError:
            return None
        return found.f_bavail * found.f_frsize

    async def tidy(self, before: datetime) -> None:
        """Throw away what was begun before then and never finished."""
        await in_thread(self._threads, throw_away_old, self._folder / FOLDER, before.timestamp())

    async def is_reachable(self) -> bool:
        """Whether the folder is there, or can be made."""
        return await in_thread(self._threads, self._is_there)

    def _is_there(self) -> bool:
        try:
            self._folder.mkdir(_MODE, parents=True, exist_ok=True)
        except OSError:
            return False
        return os.access(self._folder, os.R_OK | os.W_OK | os.X_OK)

    async def close(self) -> None:
        """Give back the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _opened(path: Path) -> tuple[int, os.stat_result]:
    file = os.open(path, os.O_RDONLY)
    return file, os.fstat(file)


async def _finished(reading: asyncio.Future[bytes]) -> bytes:
    """What the thread has read. A task that is cancelled waits for it first."""
    try:
        return await asyncio.shield(reading)
    except asyncio.CancelledError:
        await asyncio.wait([reading])
        raise


def _look(path: Path) -> Stored | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return Stored(path.name, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))


def _flush_folder(folder: Path) -> None:
    """A name is on the disk when the folder that holds it is."""
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
