"""What every store of files does, wherever it keeps them.

A file is known by the SHA-256 of its bytes and by nothing else: the same bytes twice are one file. So no address may
be made of it that anybody could try: who may have a file is asked of what it belongs to, at each request.

    async with await store.begin() as incoming:
        await incoming.write(chunk)
        kept = await incoming.finish()

What `finish` has given back is on the disk. Its row in `blobs` is written afterwards (`forum.filing.keep`): killed in
between, a file is left that nothing names, and that is collected a day later.
"""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

MEGABYTE = 1_000_000
CHUNK_BYTES = 256 * 1024
"""As much of a file as is in memory at once."""
LEFT_AFTER_SECONDS = 24 * 3600
"""How long what nothing names is left alone: whoever brought it may still be about to name it."""
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is in the store now."""

    sha256: str
    size: int
    media_type: str
    """By what is in it; see `kinds`."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file as the store itself lists it."""

    sha256: str
    size: int
    kept_at: datetime
    """When somebody last brought it."""


class Incoming(Protocol):
    """A file on its way in. Left before `finish`, nothing of it stays."""

    size: int

    async def write(self, chunk: bytes) -> None:
        """Take the next bytes. Raises TooLarge and StoreFull."""

    async def finish(self) -> Kept:
        """Keep it: when this returns it is on the disk. Raises StoreFull and Unavailable."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None: ...


class Part(Protocol):
    """A part of a file that comes in several, by requests that may break off and go on."""

    name: str
    """What the row of the upload remembers of it; empty where there is nothing to remember."""
    size: int

    async def write(self, chunk: bytes) -> None:
        """Take the next bytes. Raises TooLarge and StoreFull."""

    async def keep(self) -> None:
        """When this returns what came so far is on the disk. Raises StoreFull and Unavailable."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None: ...


class Store(Protocol):
    """Where files are kept."""

    async def begin(self) -> Incoming:
        """Take a new file. Raises StoreFull and Unavailable."""

    def read(
        self, sha256: str, start: int = 0, stop: int | None = None, size: int | None = None
    ) -> AsyncGenerator[bytes, None]:
        """The bytes from `start` up to `stop`, in chunks. Raises Unavailable where they can't be had.

        Raises FileDamaged where the store has other bytes under this name, or more or less than `size` of them: before
        the first chunk, or of a file that is read whole for the first time before the last one (`files.proving`).
        """

    async def find(self, sha256: str) -> Stored | None:
        """What the store itself knows of this file; None where it has none."""

    async def remove(self, sha256: str) -> None:
        """Let go of a file; again changes nothing. Only `forum.filing.collecting` does this."""

    def listing(self, start: str = "") -> AsyncIterator[Stored]:
        """All files whose names begin so (none or two letters), in no order."""

    async def take_part(self, upload_id: str, offset: int) -> Part:
        """Go on with a file from here. Raises Busy where somebody does already, NotFound where less of it is there."""

    async def join(self, upload_id: str, parts: Sequence[str], size: int) -> Kept:
        """Make one file of its parts. Raises NotFound where they are not there, StoreFull and Unavailable."""

    async def drop(self, upload_id: str) -> None:
        """Throw its parts away; again changes nothing."""

    async def free(self) -> int | None:
        """How many bytes there is room for; None where nobody can say."""

    async def tidy(self, before: datetime) -> None:
        """Throw away what was begun before then and never finished."""

    async def is_reachable(self) -> bool:
        """Whether files can be had and taken just now."""

    async def close(self) -> None:
        """Give back threads and connections."""


def checked(sha256: str) -> str:
    """The name of a file, in case something else has got here: paths are made of it."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError("this is no SHA-256")
    return sha256


def place(sha256: str) -> str:
    """Where a file lies: `ab/cd/abcd…`, so that no folder grows without end."""
    return f"{checked(sha256)[:2]}/{sha256[2:4]}/{sha256}"
