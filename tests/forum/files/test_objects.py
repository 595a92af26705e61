"""Object storage: what it does that is away, that knows us not, and that says nothing; and what lies in the bucket."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from forum.errors import Unavailable
from forum.files import objects
from forum.files.objects import ObjectStore
from forum.files.opening import open_store
from ground.columns import new_id
from tests.forum.files.conftest import MOST
from tests.forum.files.test_local import files_in
from tests.forum.files.test_store import bring, content_of
from tests.forum.files.test_store_parts import send
from tests.servers.processes import free_port
from tests.servers.s3 import S3Server


@pytest.fixture
async def objects_store(s3_server: S3Server, tmp_path: Path) -> AsyncIterator[ObjectStore]:
    store = open_store(s3_server.new_bucket(), MOST, tmp_path)
    assert isinstance(store, ObjectStore)
    yield store
    await store.close()


async def test_nothing_stays_on_this_machine(objects_store: ObjectStore, tmp_path: Path) -> None:
    await bring(objects_store, secrets.token_bytes(12_000_000))
    assert files_in(tmp_path) == []


async def test_two_machines_bring_one_file_in_parts(s3_server: S3Server, tmp_path: Path) -> None:
    url, upload_id = s3_server.new_bucket(), new_id()
    first, second = open_store(url, MOST, tmp_path / "one"), open_store(url, MOST, tmp_path / "two")
    names = [await send(first, upload_id, 0, b"first "), await send(second, upload_id, 6, b"second")]
    kept = await first.join(upload_id, names, 12)
    assert await content_of(second, kept.sha256) == b"first second"
    await second.drop(upload_id)
    await first.tidy(datetime.now(UTC) + timedelta(hours=1))
    assert [each.sha256 async for each in first.listing()] == [kept.sha256]
    for store in (first, second):
        await store.close()


async def test_parts_that_nobody_came_back_for_go(objects_store: ObjectStore) -> None:
    upload_id = new_id()
    name = await send(objects_store, upload_id, 0, b"12345")
    await objects_store.tidy(datetime.now(UTC) - timedelta(days=1))
    assert (await objects_store.join(upload_id, [name], 5)).size == 5
    await objects_store.tidy(datetime.now(UTC) + timedelta(days=1))
    assert [each async for each in objects_store._list("incoming")] == []


async def test_a_store_that_is_away_is_told_in_our_words(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    url = f"s3://key:word@bucket/files?endpoint=http://127.0.0.1:{free_port()}&region=eu-west-2"
    store = open_store(url, MOST, tmp_path)
    assert not await store.is_reachable()
    with pytest.raises(Unavailable):
        await bring(store, b"content")
    with pytest.raises(Unavailable):
        await content_of(store, "0" * 64)
    assert files_in(tmp_path) == []
    assert "word" not in caplog.text
    assert "bucket" not in caplog.text
    await store.close()


async def test_a_bucket_that_is_not_there_is_no_empty_one(s3_server: S3Server, tmp_path: Path) -> None:
    url = s3_server.new_bucket().replace("@confer-", "@no-such-")
    store = open_store(url, MOST, tmp_path)
    with pytest.raises(Unavailable):
        await bring(store, b"content")
    await store.close()


async def test_a_store_that_says_nothing_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = asyncio.Event()

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await ended.wait()
        writer.transport.abort()

    port = free_port()
    server = await asyncio.start_server(silent, "127.0.0.1", port)
    monkeypatch.setattr(objects, "_SILENCE", timedelta(seconds=0.3))
    monkeypatch.setattr(objects, "_PATIENCE", {"max_retries": 0, "retry_timeout": timedelta(seconds=1)})
    store = open_store(f"s3://k:s@bucket/x?endpoint=http://127.0.0.1:{port}&region=eu-west-2", MOST, tmp_path)
    began = asyncio.get_running_loop().time()
    assert not await store.is_reachable()
    with pytest.raises(Unavailable):
        await content_of(store, "0" * 64)
    assert asyncio.get_running_loop().time() - began < 10
    await store.close()
    ended.set()
    server.close()
    await asyncio.sleep(0.1)
