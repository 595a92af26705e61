"""What every test may ask for: real servers, each started once for each worker and only when asked for.

The two shapes in which Confer runs are one parametrised fixture, `shape`: a test that takes it runs
on SQLite with the broker in memory, and again on PostgreSQL with Redis.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer
from tests.servers.shapes import POSTGRES_REDIS, SHAPES, SQLITE_MEMORY, Shape


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """This worker's PostgreSQL; tests that kill or pause one make their own instead."""
    server = PostgresServer()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_url(postgres_server: PostgresServer) -> str:
    """The address of one empty database, the same for all tests of this worker."""
    return postgres_server.new_database()


@pytest.fixture
def fresh_postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The address of a new, empty database for this test alone."""
    url = postgres_server.new_database()
    yield url
    postgres_server.drop_database(url)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """This worker's Redis; tests that kill or pause one take `own_redis` instead."""
    server = RedisServer()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def redis_url(redis_server: RedisServer) -> str:
    """The address of this worker's Redis, with whatever earlier tests left in it."""
    return redis_server.url


@pytest.fixture
def fresh_redis_url(redis_server: RedisServer) -> str:
    """The address of this worker's Redis, emptied."""
    redis_server.empty()
    return redis_server.url


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """A Redis for this test alone, to be killed, paused and restarted at will."""
    server = RedisServer()
    yield server
    server.stop()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a new database file that does not exist yet."""
    return f"sqlite+aiosqlite:///{tmp_path / 'confer.sqlite3'}"


@pytest.fixture(params=SHAPES)
def shape(request: pytest.FixtureRequest, tmp_path: Path) -> Shape:
    """Each of the two shapes in turn, with nothing in it."""
    if request.param == SQLITE_MEMORY:
        return Shape(SQLITE_MEMORY, request.getfixturevalue("sqlite_url"), None, tmp_path)
    database_url = request.getfixturevalue("fresh_postgres_url")
    return Shape(POSTGRES_REDIS, database_url, request.getfixturevalue("fresh_redis_url"), tmp_path)


@pytest.fixture(params=SHAPES)
def database_url(request: pytest.FixtureRequest) -> str:
    """A new, empty database of each kind in turn, for tests that need no broker."""
    chosen = "sqlite_url" if request.param == SQLITE_MEMORY else "fresh_postgres_url"
    url: str = request.getfixturevalue(chosen)
    return url
