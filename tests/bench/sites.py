"""A filled Confer in one of its shapes, on a core of its own; its database and Redis share the other with the load."""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.data import Filled, Plan, fill
from tests.bench.machine import Cores, on_core
from tests.servers.confer import ConferServer
from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer
from tests.servers.shapes import POSTGRES_REDIS

# As one would set it up to be relied on: everything that is answered is on the disk.
_POSTGRES = ("shared_buffers=256MB", "max_wal_size=2GB", "synchronous_commit=on", "full_page_writes=on")

_INDEXING = 600
"""Seconds that everything may take to become searchable; two to three minutes share their core with the database."""


@dataclass(frozen=True, slots=True)
class Site:
    """A running server and what is in it."""

    shape: str
    server: ConferServer
    filled: Filled
    folder: Path
    """On the disk that the database is on."""
    indexing: float
    """How many seconds it took to make everything searchable."""


@contextmanager
def running_site(shape: str, cores: Cores, plan: Plan) -> Iterator[Site]:
    """Make the database, fill it, start the server; all is gone at the end."""
    with tempfile.TemporaryDirectory(prefix="confer-bench-") as name, _stores(shape) as (database_url, redis_url):
        server = ConferServer(Path(name), database_url=database_url, redis_url=redis_url, shape=shape)
        server.command("migrate")
        url = database_url or f"sqlite+aiosqlite:///{server.data_dir / 'confer.sqlite3'}"
        filled = asyncio.run(fill(url, plan))
        began = time.monotonic()
        server.command("reindex", timeout=_INDEXING)
        indexing = time.monotonic() - began
        with on_core(cores.server):
            server.start(cold=True)
        try:
            yield Site(shape, server, filled, Path(name), indexing)
        finally:
            server.stop()


@contextmanager
def _stores(shape: str) -> Iterator[tuple[str, str | None]]:
    if shape != POSTGRES_REDIS:
        yield "", None
        return
    postgres = PostgresServer(fsync=True, settings=_POSTGRES)
    try:
        redis = RedisServer()
        try:
            yield postgres.new_database(), redis.url
        finally:
            redis.stop()
    finally:
        postgres.stop()
