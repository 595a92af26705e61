"""What every store promises, asked of each of them."""

import asyncio
import hashlib
import secrets
from datetime import UTC, datetime, timedelta

import pytest

from forum.errors import TooLarge, Unavailable
from forum.files.store import CHUNK_BYTES, Kept, Store
from tests.forum.files.conftest import MOST

SIZES = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES + 77]


async def bring(store: Store, content: bytes, part: int = 60_000) -> Kept:
    """Keep these bytes, which come in parts as a network brings them."""
    async with await store.begin() as incoming:
        for start in range(0, len(content), part):
            await incoming.write(content[start : start + part])
        return await incoming.finish()


async def content_of(store: Store, sha256: str, start: int = 0, stop: int | None = None) -> bytes:
    return b"".join([chunk async for chunk in store.read(sha256, start, stop)])


@pytest.mark.parametrize("size", SIZES)
async def test_what_is_kept_comes_back(store: Store, size: int) -> None:
    content = secrets.token_bytes(size)
    kept = await bring(store, content)
    assert (kept.sha256, kept.size) == (hashlib.sha256(content).hexdigest(), size)
    assert await content_of(store, kept.sha256) == content
    found = await store.find(kept.sha256)
    assert found is not None
    assert (found.sha256, found.size) == (kept.sha256, size)
    assert abs(datetime.now(UTC) - found.kept_at) < timedelta(seconds=60)


async def test_parts_of_a_file(store: Store) -> None:
    content = secrets.token_bytes(2 * CHUNK_BYTES + 500)
    sha256 = (await bring(store, content)).sha256
    for start, stop in ((0, 1), (5, 17), (CHUNK_BYTES - 3, CHUNK_BYTES + 3), (len(content) - 4, len(content))):
        assert await content_of(store, sha256, start, stop) == content[start:stop]
    assert await content_of(store, sha256, 500) == content[500:]


async def test_chunks_are_small_whatever_the_file(store: Store) -> None:
    sha256 = (await bring(store, bytes(5 * CHUNK_BYTES))).sha256
    assert max([len(chunk) async for chunk in store.read(sha256)]) <= CHUNK_BYTES


async def test_the_same_bytes_are_one_file_brought_by_many_at_once(store: Store) -> None:
    content = secrets.token_bytes(CHUNK_BYTES + 5)
    kept = await asyncio.gather(*(bring(store, content, part=10_000) for _ in range(8)))
    assert len({each.sha256 for each in kept}) == 1
    assert [each.sha256 async for each in store.listing()] == [kept[0].sha256]
    assert await content_of(store, kept[0].sha256) == content


async def test_brought_again_is_as_new(store: Store) -> None:
    """Or it could be collected as one that nobody has named for long, while somebody is about to."""
    first = await bring(store, b"the same")
    before = await store.find(first.sha256)
    await asyncio.sleep(1.1)
    await bring(store, b"the same")
    after = await store.find(first.sha256)
    assert before is not None
    assert after is not None
    assert after.kept_at > before.kept_at


async def test_what_is_not_there_is_told_before_the_first_byte(store: Store) -> None:
    unknown = hashlib.sha256(b"never brought").hexdigest()
    assert await store.find(unknown) is None
    with pytest.raises(Unavailable):
        await content_of(store, unknown)


@pytest.mark.parametrize("name", ["", "../secret_key", "A" * 64, "0" * 63, "0" * 64 + "\n", "/etc/passwd"])
async def test_what_is_no_hash_is_never_made_a_path(store: Store, name: str) -> None:
    with pytest.raises(ValueError, match="no SHA-256"):
        await store.find(name)


async def test_removed_is_gone_and_again_is_no_error(store: Store) -> None:
    kept = await bring(store, b"to be gone")
    await store.remove(kept.sha256)
    await store.remove(kept.sha256)
    assert await store.find(kept.sha256) is None


async def test_lists_by_the_beginning_of_the_name(store: Store) -> None:
    kept = {(await bring(store, bytes([number]))).sha256 for number in range(40)}
    assert {each.sha256 async for each in store.listing()} == kept
    start = min(kept)[:2]
    assert {each.sha256 async for each in store.listing(start)} == {name for name in kept if name.startswith(start)}


async def test_too_large_is_refused_as_soon_as_it_is_known(store: Store) -> None:
    async with await store.begin() as incoming:
        await incoming.write(bytes(MOST))
        with pytest.raises(TooLarge, match="at most 20 MB"):
            await incoming.write(b"1")
    assert [each async for each in store.listing()] == []


async def test_what_is_left_before_its_end_leaves_nothing(store: Store) -> None:
    async with await store.begin() as incoming:
        await incoming.write(secrets.token_bytes(CHUNK_BYTES * 2))
    assert [each async for each in store.listing()] == []
    await store.tidy(datetime.now(UTC) + timedelta(hours=1))


async def test_a_task_that_is_cancelled_while_it_writes_leaves_nothing(store: Store) -> None:
    async def endless() -> None:
        async with await store.begin() as incoming:
            for _ in range(60):
                await incoming.write(bytes(CHUNK_BYTES))
                await asyncio.sleep(0)

    for wait in (0, 0.001, 0.005, 0.02):
        task = asyncio.create_task(endless())
        await asyncio.sleep(wait)
        task.cancel()
        await asyncio.wait([task])
    assert [each async for each in store.listing()] == []


async def test_a_reader_that_goes_away_leaves_the_store_well(store: Store) -> None:
    sha256 = (await bring(store, bytes(4 * CHUNK_BYTES))).sha256
    for _ in range(20):
        chunks = store.read(sha256)
        task = asyncio.ensure_future(anext(chunks))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
    assert len(await content_of(store, sha256)) == 4 * CHUNK_BYTES


async def test_says_that_it_is_there(store: Store) -> None:
    assert await store.is_reachable()
