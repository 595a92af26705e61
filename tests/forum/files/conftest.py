"""A store of each kind, empty, for one test alone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from forum.files.local import LocalStore
from forum.files.store import Store

MOST = 20_000_000


@pytest.fixture(params=["local"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    made = LocalStore(tmp_path / "files", MOST)
    yield made
    await made.close()
