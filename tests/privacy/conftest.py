"""The world in each of the two shapes: built once for each worker of the tests, copied for those that change it."""

from collections.abc import Iterator

import pytest

from tests.privacy.copies import Copies, make_copies
from tests.privacy.world import World
from tests.servers.shapes import POSTGRES_REDIS, SHAPES


@pytest.fixture(scope="session", params=SHAPES)
def copies(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Copies:
    """A world at rest, in each shape."""
    postgres = request.getfixturevalue("postgres_server") if request.param == POSTGRES_REDIS else None
    return make_copies(request.param, tmp_path_factory.mktemp("world"), postgres)


@pytest.fixture(scope="session")
def world(copies: Copies) -> Iterator[World]:
    """A running copy for tests that leave it as it was."""
    with copies.running() as running:
        yield running


@pytest.fixture(scope="module")
def own_world(copies: Copies) -> Iterator[World]:
    """A running copy for the tests of one module, to do with as they like; it changes from test to test."""
    with copies.running() as running:
        yield running
