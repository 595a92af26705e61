"""Files that come in parts, by requests that break off: what every store promises, asked of each of them."""

import hashlib
import secrets

import pytest

from forum.errors import Busy, NotFound, TooLarge
from forum.files.store import CHUNK_BYTES, Store
from ground.columns import new_id
from tests.forum.files.conftest import MOST
from tests.forum.files.test_store import content_of


async def send(store: Store, upload_id: str, offset: int, content: bytes) -> str:
    """One part; what is to be remembered of it."""
    async with await store.take_part(upload_id, offset) as part:
        for start in range(0, len(content), 60_000):
            await part.write(content[start : start + 60_000])
        await part.keep()
        assert part.size == len(content)
        return part.name


@pytest.mark.parametrize("sizes", [[], [1], [CHUNK_BYTES], [3, CHUNK_BYTES * 2 + 7, 1, 60_001]])
async def test_parts_become_one_file(store: Store, sizes: list[int]) -> None:
    upload_id, content, names = new_id(), secrets.token_bytes(sum(sizes)), []
    place = 0
    for size in sizes:
        names.append(await send(store, upload_id, place, content[place : place + size]))
        place += size
    kept = await store.join(upload_id, names, place)
    assert (kept.sha256, kept.size) == (hashlib.sha256(content).hexdigest(), place)
    assert await content_of(store, kept.sha256) == content
    await store.drop(upload_id)
    await store.drop(upload_id)


async def test_what_no_row_tells_of_is_written_over(store: Store) -> None:
    """The server was killed after the bytes were on the disk, and before it said so."""
    upload_id = new_id()
    first = await send(store, upload_id, 0, b"0123456789")
    await send(store, upload_id, 10, b"never told of")
    second = await send(store, upload_id, 10, b"ab")
    kept = await store.join(upload_id, [first, second], 12)
    assert await content_of(store, kept.sha256) == b"0123456789ab"


async def test_one_at_a_time(store: Store) -> None:
    """Or each on its own, where the store keeps parts apart: then the row decides which of them counts."""
    upload_id = new_id()
    async with await store.take_part(upload_id, 0) as part:
        await part.write(b"first")
        try:
            other = await send(store, upload_id, 0, b"second")
        except Busy:
            other = ""
        await part.keep()
        name = part.name
    assert other != name or not name
    kept = await store.join(upload_id, [name], 5)
    assert await content_of(store, kept.sha256) == b"first"


async def test_a_hole_is_never_filled_with_nothing(store: Store) -> None:
    upload_id = new_id()
    name = await send(store, upload_id, 0, b"12345")
    with pytest.raises(NotFound):
        await store.join(upload_id, [name], 10)


async def test_parts_are_no_larger_than_a_file_may_be(store: Store) -> None:
    async with await store.take_part(new_id(), 0) as part:
        with pytest.raises(TooLarge):
            await part.write(bytes(MOST + 1))


@pytest.mark.parametrize("name", ["../x", "", "0" * 36])
async def test_what_is_no_id_is_never_made_a_path(store: Store, name: str) -> None:
    with pytest.raises(ValueError, match="no id"):
        await store.take_part(name, 0)


async def test_parts_are_no_files(store: Store) -> None:
    await send(store, new_id(), 0, b"12345")
    assert [each async for each in store.listing()] == []
