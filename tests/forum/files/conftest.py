"""A store of each kind, empty, for one test alone."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from forum.files.opening import open_store
from forum.files.store import Store
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
