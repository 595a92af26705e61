"""A store of each kind, empty, for one test alone; and what becomes of a disk on which somebody else writes."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from forum.files.local import LocalStore
from forum.files.objects import ObjectStore
from forum.files.opening import open_store
from forum.files.store import Store, place
from tests.servers.s3 import S3Server

MOST = 20_000_000


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    """This worker's object storage."""
    server = S3Server()
    yield server
    server.stop()


@pytest.fixture(params=["folder", "objects"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    is_folder = request.param == "folder"
    url = (tmp_path / "files").as_uri() if is_folder else request.getfixturevalue("s3_server").new_bucket()
    made = open_store(url, MOST, tmp_path / "spool")
    yield made
    await made.close()


Spoil = Callable[[str, bytes], Awaitable[None]]
"""Puts other bytes under the name of a file, behind the back of its store."""


@pytest.fixture
def spoil(store: Store) -> Spoil:
    async def spoil(sha256: str, content: bytes) -> None:
        if isinstance(store, LocalStore):
            (store._folder / place(sha256)).write_bytes(content)
        elif isinstance(store, ObjectStore):
            await store._objects.put_async(place(sha256), content)

    return spoil
