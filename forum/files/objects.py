"""Files in object storage that speaks S3: `s3://bucket/folder`, where many machines share them.

A file is written here first, for its name is the hash of its bytes, and then sent: what is sent is there whole or not
at all. Parts of a file that comes in several are objects of their own, so that each may come to another machine.
Loaded only where it is used: its client weighs some megabytes.
"""

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from obstore.exceptions import BaseError
from obstore.store import S3Store

from forum.errors import NotFound, Unavailable
from forum.files.incoming import AWAY, FOLDER, IncomingFile, in_thread, noticing_a_full_disk, throw_away_old
from forum.files.proving import Opened, Proofs
from forum.files.store import CHUNK_BYTES, Kept, Stored, place
from ground.columns import is_id

_THREADS = 8
_SENT_AT_ONCE = 2
"""Files, of each of which two pieces of five megabytes are in memory."""
_PIECES, _PIECE_BYTES = 2, 5 * 1024 * 1024
_SILENCE = timedelta(seconds=30)
_PATIENCE: Any = {"max_retries": 2, "retry_timeout": timedelta(seconds=10)}
_ASKED_SECONDS = 2.0
_log = logging.getLogger("forum")


class ObjectStore:
    """A folder of a bucket. `store.Store` says what each of these does."""

    def __init__(self, url: str, most: int, spool: Path) -> None:
        """No file may have more than `most` bytes; those on their way are written under `spool` first."""
        self._objects = _client(url)
        self._most = most
        self._spool = spool
        self._threads = ThreadPoolExecutor(_THREADS, "files")
        self._proofs = Proofs(self._threads)
        self._sending = asyncio.Semaphore(_SENT_AT_ONCE)

    async def begin(self) -> IncomingFile:
        """Take a new file. Raises StoreFull and Unavailable."""
        return await self._begin(self._most, self._put)

    async def _begin(self, most: int, put: Any) -> IncomingFile:
        with noticing_a_full_disk():
            return await in_thread(self._threads, self._open, most, put)

    def _open(self, most: int, put: Any) -> IncomingFile:
        folder = self._spool / FOLDER
        folder.mkdir(0o700, parents=True, exist_ok=True)
        return IncomingFile(folder, self._threads, most, put)

    async def _put(self, path: Path, sha256: str) -> None:
        await self._send(path, place(sha256))

    async def _send(self, path: Path, target: str) -> None:
        async with self._sending:
            with noticing_silence():
                await self._objects.put_async(target, path, chunk_size=_PIECE_BYTES, max_concurrency=_PIECES)

    def read(
        self, sha256: str, start: int = 0, stop: int | None = None, size: int | None = None
    ) -> AsyncGenerator[bytes, None]:
        """The bytes from `start` up to `stop`, in chunks. Raises Unavailable, and FileDamaged where it is another."""
        return self._proofs.read(sha256, partial(self._found, place(sha256)), start, stop, size)

    @asynccontextmanager
    async def _found(self, name: str, start: int, stop: int | None) -> AsyncGenerator[Opened, None]:
        try:
            got = await self._get(name, start, stop)
        except FileNotFoundError as error:
            raise Unavailable(AWAY) from error
        mark = got.meta["e_tag"] or got.meta["last_modified"].isoformat()
        yield Opened(mark, got.meta["size"], self._chunks(got))

    async def _get(self, name: str, start: int = 0, stop: int | None = None) -> Any:
        part: Any = {"range": {"offset": start} if stop is None else (start, stop)} if start or stop is not None else {}
        with noticing_silence():
            return await self._objects.get_async(name, options=part)

    async def _chunks(self, got: Any) -> AsyncGenerator[bytes, None]:
        with noticing_silence():
            chunks = aiter(got.stream(min_chunk_size=CHUNK_BYTES))
        while True:
            with noticing_silence():
                chunk = await anext(chunks, None)
            if chunk is None:
                return
            view = memoryview(chunk)
            for begins in range(0, len(view), CHUNK_BYTES):
                yield bytes(view[begins : begins + CHUNK_BYTES])

    async def find(self, sha256: str) -> Stored | None:
        """What the storage knows of this file; None where it has none."""
        name = place(sha256)
        try:
            with noticing_silence():
                found = await self._objects.head_async(name)
        except FileNotFoundError:
            return None
        return Stored(sha256, found["size"], found["last_modified"])

    async def remove(self, sha256: str) -> None:
        """Let go of a file; again changes nothing."""
        await self._delete([place(sha256)])

    async def _delete(self, names: Sequence[str]) -> None:
        for name in names:
            try:
                with noticing_silence():
                    await self._objects.delete_async(name)
            except FileNotFoundError:
                continue

    async def listing(self, start: str = "") -> AsyncIterator[Stored]:
        """All files whose names begin so (none or two letters)."""
        async for found in self._list(start):
            name = found["path"].rpartition("/")[2]
            if len(name) == 64 and found["path"] == place(name):
                yield Stored(name, found["size"], found["last_modified"])

    async def _list(self, start: str) -> AsyncIterator[Mapping[str, Any]]:
        with noticing_silence():
            listing = aiter(self._objects.list(start or None))
        while True:
            with noticing_silence():
                some = await anext(listing, None)
            if some is None:
                return
            for each in some:
                yield each

    # -- Parts -------------------------------------------------------------------------------------

    async def take_part(self, upload_id: str, offset: int) -> "PartObject":
        """Take the next part. Two at once are two objects, and the row of the upload says which of them counts."""
        name = f"{_folder(upload_id)}/{offset:018d}-{secrets.token_hex(8)}"

        async def put(path: Path, _: str) -> None:
            await self._send(path, name)

        return PartObject(name.rpartition("/")[2], await self._begin(self._most - offset, put))

    async def join(self, upload_id: str, parts: Sequence[str], size: int) -> Kept:
        """Make one file of its parts. Raises NotFound where they are not there."""
        async with await self.begin() as incoming:
            for name in parts:
                try:
                    async for chunk in self._chunks(await self._get(f"{_folder(upload_id)}/{name}")):
                        await incoming.write(chunk)
                except FileNotFoundError as error:
                    raise NotFound from error
            if incoming.size != size:
                raise NotFound
            return await incoming.finish()

    async def drop(self, upload_id: str) -> None:
        """Throw its parts away; again changes nothing."""
        await self._delete([each["path"] async for each in self._list(_folder(upload_id))])

    async def free(self) -> int | None:
        """Nobody can say how much room there is."""
        return None

    async def tidy(self, before: datetime) -> None:
        """Throw away what was begun before then and never finished."""
        await in_thread(self._threads, throw_away_old, self._spool / FOLDER, before.timestamp())
        await self._delete([each["path"] async for each in self._list(FOLDER) if each["last_modified"] < before])

    async def is_reachable(self) -> bool:
        """Whether the storage answers, and soon."""
        try:
            async with asyncio.timeout(_ASKED_SECONDS):
                await self.find("0" * 64)
        except (Unavailable, TimeoutError):
            return False
        return True

    async def close(self) -> None:
        """Give back the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class PartObject:
    """A part that is an object of its own; `store.Part` says how to use it."""

    def __init__(self, name: str, incoming: IncomingFile) -> None:
        self.name = name
        self._incoming = incoming
        self.write = incoming.write

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return self._incoming.size

    async def keep(self) -> None:
        """When this returns the storage has it; of nothing no object is made."""
        if self.size:
            await self._incoming.finish()
        else:
            self.name = ""

    async def __aenter__(self) -> "PartObject":
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self._incoming.__aexit__(*error)


@contextmanager
def noticing_silence() -> Iterator[None]:
    """Say in words that the storage does not do as it should; that it has nothing is FileNotFoundError.

    Never in its own words, which hold addresses and what it was asked.
    """
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError, TimeoutError) as error:
        _log.error("the store of files can't be used: %s", type(error).__name__)
        raise Unavailable(AWAY) from error


def _folder(upload_id: str) -> str:
    if not is_id(upload_id):
        raise ValueError("this is no id")
    return f"{FOLDER}/{upload_id}"


def _client(url: str) -> S3Store:
    """What `s3://key:secret@bucket/folder?endpoint=https://…&region=…` names; what is left out AWS's variables say."""
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query))
    options: dict[str, Any] = {name: asked[name] for name in ("endpoint", "region") if name in asked}
    if parts.username and parts.password:
        options |= {"access_key_id": unquote(parts.username), "secret_access_key": unquote(parts.password)}
    client: Any = {"timeout": timedelta(hours=1), "read_timeout": _SILENCE, "connect_timeout": timedelta(seconds=5)}
    client["allow_http"] = asked.get("endpoint", "").startswith("http://")
    prefix = parts.path.strip("/") or None
    return S3Store(parts.hostname or "", prefix=prefix, client_options=client, retry_config=_PATIENCE, **options)
