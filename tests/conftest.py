"""What every test may ask for: real servers, each started once for each worker and only when asked for.

The two shapes in which Confer runs are one parametrised fixture, `shape`: a test that takes it runs
on SQLite with the broker in memory, and again on PostgreSQL with Redis.
"""

import gc
import os
import zlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings
from playwright.async_api import Browser

from tests.dealing import dealt
from tests.servers.browser import Visitors, chromium
from tests.servers.confer import ConferServer, confer_in_shape, copy_migrated, new_migrated
from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer
from tests.servers.shapes import EVERY_SHAPE, POSTGRES_REDIS, SHAPES, SQLITE_MEMORY, Shape

# On a busy machine making an example takes long too, and says nothing of what is tested.
settings.register_profile("confer", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("confer")

BY_TURNS = (
    "_pages.py",
    "_api.py",
    "/tests/api/",
    "/tests/auth/",
    "/tests/bench/",
    "/tests/browser/",
    "/tests/faults/test_broken.py",
    "/tests/faults/test_endings.py",
    "/tests/faults/test_erasing.py",
    "/tests/faults/test_links.py",
    "/tests/faults/test_multitudes.py",
    "/tests/faults/test_requests.py",
    "/tests/forum/",
    "/tests/privacy/test_hidden_and_nothing.py",
    "/tests/realtime/",
    "/tests/servers/",
)
"""Parts of the paths of tests that take turns."""
ON_BOTH = (
    "/tests/browser/test_given_back.py",
    "/tests/browser/test_joining_link.py",
    "/tests/forum/acts/test_excluding.py",
    "/tests/forum/audit_log/",
    "/tests/forum/search/test_reindexing_commands.py",
    "/tests/forum/search/test_searching.py",
    "/tests/forum/test_audit",
    "/tests/forum/test_backup.py",
    "/tests/forum/test_checking.py",
    "/tests/forum/test_database.py",
    "/tests/forum/test_hot_reads.py",
    "/tests/forum/test_live_",
    "/tests/forum/test_migrate.py",
    "/tests/forum/test_schema.py",
    "/tests/forum/test_tables.py",
    "/tests/forum/test_work.py",
)
"""And of those among them that do not: what is said to each database in its own way, and what is promised live."""


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
def migrated_shape(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shape]:
    """Each of the two shapes in turn, with its tables and nothing in them."""
    if request.param == SQLITE_MEMORY:
        copy_migrated(tmp_path / "confer.sqlite3")
        yield Shape(SQLITE_MEMORY, request.getfixturevalue("sqlite_url"), None, tmp_path)
        return
    postgres = request.getfixturevalue("postgres_server")
    url = new_migrated(postgres, tmp_path)
    yield Shape(POSTGRES_REDIS, url, request.getfixturevalue("fresh_redis_url"), tmp_path)
    postgres.drop_database(url)


@pytest.fixture(params=SHAPES)
def database_url(request: pytest.FixtureRequest) -> str:
    """A new, empty database of each kind in turn, for tests that need no broker."""
    chosen = "sqlite_url" if request.param == SQLITE_MEMORY else "fresh_postgres_url"
    url: str = request.getfixturevalue(chosen)
    return url


@pytest.fixture(scope="session", params=SHAPES)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConferServer]:
    """A running Confer in each of the two shapes, shared by all tests of this worker: make your own people in it."""
    postgres = request.getfixturevalue("postgres_server") if request.param == POSTGRES_REDIS else None
    with confer_in_shape(request.param, tmp_path_factory.mktemp("confer"), postgres) as running:
        running.person("Site Administrator", site_administrator=True)
        yield running


@pytest.fixture(params=SHAPES)
def own_server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ConferServer]:
    """A running Confer with fresh data for this test alone, in each shape: no accounts yet, may be killed."""
    postgres = request.getfixturevalue("postgres_server") if request.param == POSTGRES_REDIS else None
    with confer_in_shape(request.param, tmp_path / "confer", postgres) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """This worker's Chromium. Tests that take it share one event loop; see `pytest_collection_modifyitems`."""
    async with chromium() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def visitors(browser: Browser) -> AsyncIterator[Visitors]:
    """Opens browser profiles; the test fails at its end if a page wrote an error that nobody expected."""
    made = Visitors(browser)
    yield made
    await made.close()
    assert made.unexpected() == []


def is_turn_of_other(item: pytest.Item) -> bool:
    """Whether this test runs in the other shape: some take turns, each with the shape of its name.

    A page is laid out by the same code from the same rows in both, and what the slices ask of a database are the same
    statements. What is said to one database in its own way, what is promised live, who may see what, the log, search
    and faults have tests that run on both.
    """
    parameters = getattr(getattr(item, "callspec", None), "params", {}).values()
    chosen = next((each for each in parameters if each in SHAPES), None)
    path = item.path.as_posix()
    # What the contract promises has a test that names it, as `test_p3_…`, and holds on both.
    is_promise = item.name.startswith("test_p") and item.name[6:7].isdigit()
    if EVERY_SHAPE or chosen is None or is_promise or not _takes_turns(path):
        return False
    name = f"{item.path.name}::{getattr(item, 'originalname', item.name)}"
    return SHAPES[zlib.crc32(name.encode()) % 2] != chosen and _has_both(item, chosen)


def _takes_turns(path: str) -> bool:
    is_of_pages = "_pages.py" in path or "_api.py" in path
    return any(part in path for part in BY_TURNS) and (is_of_pages or not any(part in path for part in ON_BOTH))


def _has_both(item: pytest.Item, chosen: str) -> bool:
    """Whether the test is there in the other shape as well."""
    other = SHAPES[1 - SHAPES.index(chosen)]
    return item.nodeid.replace(chosen, other) in item.session.stash[ALL]


ALL = pytest.StashKey[set[str]]()


def pytest_report_header() -> str:
    """Say what is left out."""
    if EVERY_SHAPE:
        return "every test on both shapes"
    return (
        "tests of pages, forms and some slices: each on one of the shapes, by its name; EVERY_SHAPE=1 runs them on both"
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests with a browser run in the loop in which it was started: it can be used in no other."""
    session.stash[ALL] = {item.nodeid for item in items}
    left_out = [item for item in items if is_turn_of_other(item)]
    if left_out:
        gone = set(left_out)
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in gone]
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
    if (workers := int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))) > 1:
        items[:] = dealt(items, workers)


def pytest_collection_finish() -> None:
    """What was imported and collected stays: the garbage collector need not look through it again and again."""
    gc.collect()
    gc.freeze()
