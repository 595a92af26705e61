"""The private object storage: each bucket begins empty."""

from pathlib import Path

from forum.files.opening import open_store
from tests.servers.s3 import S3Server


async def test_each_bucket_is_new_and_empty(tmp_path: Path) -> None:
    server = S3Server()
    try:
        first, second = server.new_bucket(), server.new_bucket()
        assert first != second
        for url in (first, second):
            store = open_store(url, 1_000, tmp_path)
            assert await store.is_reachable()
            assert [each async for each in store.listing()] == []
            await store.close()
    finally:
        server.stop()
