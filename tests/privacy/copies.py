"""A world that is made once and then rests, and as many running copies of it as the tests need."""

import asyncio
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from tests.privacy.world import World
from tests.servers.confer import ConferServer, confer_in_shape
from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer


class Copies:
    """Gives out copies of a world whose own server does not run any more."""

    def __init__(self, world: World, folder: Path, postgres: PostgresServer | None) -> None:
        self.world = world
        self._folder = folder
        self._postgres = postgres
        self._count = 0

    @contextmanager
    def running(self, **settings: str) -> Iterator[World]:
        """A copy with a server of its own, and a database and Redis of its own, gone at the end."""
        with self._beside(settings) as server:
            server.start()
            world = self.world.moved_to(server)
            try:
                yield world
            finally:
                world.close()
                server.stop()

    @contextmanager
    def _beside(self, settings: dict[str, str]) -> Iterator[ConferServer]:
        rests = self.world.server
        self._count += 1
        folder = self._folder / f"copy-{self._count}"
        if self._postgres is None:
            server = rests.beside(folder, **settings)
            shutil.copytree(rests.data_dir, server.data_dir)
            yield server
            return
        database_url = self._postgres.new_database(_name(rests))
        redis = RedisServer()
        try:
            server = rests.beside(folder, DATABASE_URL=database_url, REDIS_URL=redis.url, **settings)
            server.redis = redis
            shutil.copytree(rests.data_dir, server.data_dir)
            yield server
        finally:
            redis.stop()
            self._postgres.drop_database(database_url)


def make_copies(shape: str, folder: Path, postgres: PostgresServer | None) -> Copies:
    """Build a world in this shape; its server ends, and its data stay to be copied."""
    with confer_in_shape(shape, folder / "first", postgres) as server:
        world = World(server)
        with ThreadPoolExecutor(1) as apart:  # away from the event loop of a test
            apart.submit(asyncio.run, world.build()).result()
        world.close()
        server.stop()
        if postgres is not None:
            server.environment["DATABASE_URL"] = postgres.new_database(_name(server))
    return Copies(world, folder, postgres)


def _name(server: ConferServer) -> str:
    return server.environment["DATABASE_URL"].rpartition("/")[2]
