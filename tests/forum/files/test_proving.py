"""Nobody is given other bytes under the name of a file, whole or in parts, whatever wrote into the store."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import pytest

from forum.errors import FileDamaged
from forum.files.proving import Opened, Proofs
from forum.files.store import CHUNK_BYTES, Kept, Store
from tests.forum.files.conftest import Spoil
from tests.forum.files.test_downloads import Asked
from tests.forum.files.test_store import bring, content_of

CONTENT = secrets.token_bytes(3 * CHUNK_BYTES + 1_000)
OTHER = b"X" * len(CONTENT)
SAID = "is not what it was, and nobody is given it: restore it from a backup"


@pytest.fixture
async def kept(store: Store) -> Kept:
    return await bring(store, CONTENT)


async def given(store: Store, sha256: str, start: int = 0, stop: int | None = None) -> bytes:
    """What somebody has got by the moment when the store says that it is damaged."""
    got = bytearray()

    async def take() -> None:
        async for chunk in store.read(sha256, start, stop):
            got.extend(chunk)

    with pytest.raises(FileDamaged, match="damaged on the server"):
        await take()
    return bytes(got)


@pytest.mark.parametrize("is_known", [False, True])
async def test_other_bytes_never_come_to_their_end(
    store: Store, kept: Kept, spoil: Spoil, caplog: pytest.LogCaptureFixture, is_known: bool
) -> None:
    """Nor after they were right at the last reading. What breaks off is not gone on with, and is told once."""
    if is_known:
        assert await content_of(store, kept.sha256) == CONTENT
    await spoil(kept.sha256, OTHER)
    assert len(await given(store, kept.sha256)) < len(CONTENT)
    for start, stop in ((0, None), (len(CONTENT) - 1_000, None), (0, 1), (5, 17)):
        assert await given(store, kept.sha256, start, stop) == b""
    assert [line.message for line in caplog.records] == [f"the file {kept.sha256} {SAID}"]


async def test_a_part_of_other_bytes_is_never_given(store: Store, kept: Kept, spoil: Spoil) -> None:
    await spoil(kept.sha256, CONTENT[:-1] + bytes([CONTENT[-1] ^ 1]))
    assert await given(store, kept.sha256, 0, 100) == b""


async def test_a_small_file_is_refused_before_anything_goes_out(store: Store, spoil: Spoil) -> None:
    kept = await bring(store, b"The rota of the ward")
    await spoil(kept.sha256, b"The rota of the yard")
    assert await given(store, kept.sha256) == b""
    asked = Asked(store, kept)
    for headers in ({}, {"range": "bytes=0-3"}):
        with pytest.raises(FileDamaged):
            await asked.get(**headers)
    await asked.client.aclose()


@pytest.mark.parametrize("size", [len(CONTENT) - 1, len(CONTENT) + 1])
async def test_another_size_is_told_before_anything_goes_out(
    store: Store, kept: Kept, spoil: Spoil, caplog: pytest.LogCaptureFixture, size: int
) -> None:
    await spoil(kept.sha256, (CONTENT + b"1")[:size])
    asked = Asked(store, kept)
    for headers in ({}, {"range": "bytes=5-9"}):
        with pytest.raises(FileDamaged):
            await asked.get(**headers)
    await asked.client.aclose()
    assert SAID in caplog.text


async def test_it_is_given_again_once_it_is_restored_or_brought_again(store: Store, kept: Kept, spoil: Spoil) -> None:
    for mend in (spoil(kept.sha256, CONTENT), bring(store, CONTENT)):
        await spoil(kept.sha256, OTHER)
        await given(store, kept.sha256)
        await mend
        assert await content_of(store, kept.sha256, 5, 17) == CONTENT[5:17]
        assert await content_of(store, kept.sha256) == CONTENT


class Counted:
    """A file in memory, which counts how often it was opened to be read whole."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.whole = 0

    @asynccontextmanager
    async def open(self, start: int, stop: int | None) -> AsyncIterator[Opened]:
        self.whole += start == 0 and stop is None
        yield Opened("mark", len(self.content), self._chunks(self.content[start:stop]))

    async def _chunks(self, content: bytes) -> AsyncGenerator[bytes, None]:
        for begins in range(0, len(content), CHUNK_BYTES):
            await asyncio.sleep(0)
            yield content[begins : begins + CHUNK_BYTES]


async def test_many_who_want_parts_have_it_read_once(kept: Kept) -> None:
    with ThreadPoolExecutor(2) as threads:
        proofs, counted = Proofs(threads), Counted(CONTENT)

        async def part(start: int) -> bytes:
            return b"".join([each async for each in proofs.read(kept.sha256, counted.open, start, start + 9, None)])

        assert await asyncio.gather(*map(part, range(20))) == [CONTENT[start : start + 9] for start in range(20)]
        assert counted.whole == 1


async def test_what_was_proved_is_believed_for_a_day(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    with ThreadPoolExecutor(2) as threads:
        proofs, counted = Proofs(threads), Counted(CONTENT)

        async def parts() -> None:
            async for _ in proofs.read(kept.sha256, counted.open, 1, 5, None):
                pass

        await parts()
        counted.content = OTHER  # a disk that fails changes no time
        await parts()
        monkeypatch.setattr("forum.files.proving.BELIEVED_SECONDS", -1.0)
        with pytest.raises(FileDamaged):
            await parts()
