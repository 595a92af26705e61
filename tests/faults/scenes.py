"""A scene: a filled site in one shape, its people connected, a log of everything, and a verdict in the end."""

import asyncio
import math
import os
import random
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.faults.checker import Breach, Expected, check
from tests.faults.crowd import ACTS, Crowd
from tests.faults.reading_back import UNREADABLE, read_heads, read_stored
from tests.faults.recorder import Log, Note, Stored
from tests.faults.world import FULL, SMALL, Size, World, make_world
from tests.servers.confer import ConferServer
from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer
from tests.servers.shapes import POSTGRES_REDIS, SQLITE_MEMORY

IS_FULL = os.environ.get("FAULTS") == "full"
"""Whether `make faults` runs: everything in full size."""
SIZE = FULL if IS_FULL else SMALL
PATIENCE = 30.0
"""So many seconds after the last fault everybody must have everything."""
LATEST = 6.0 if IS_FULL else 15.0
"""No event is later than that; in `make test` other tests run beside, and all of them share two cores."""
PACE = 1.0 if IS_FULL else 0.1
"""How long people wait before they connect again, as a part of what the contract says."""

Store = tuple[str, PostgresServer | None]
"""A shape, with the database server that it needs."""


@dataclass(slots=True)
class Site:
    """Where the servers are: several web processes on one PostgreSQL and Redis, or one on SQLite."""

    shape: str
    database_url: str
    """As this process reaches it: on SQLite the file itself."""
    servers: list[ConferServer]
    redis: RedisServer | None = None
    postgres: PostgresServer | None = None

    @property
    def ports(self) -> list[int]:
        """Where people may ask."""
        return [server.port for server in self.servers]


@dataclass(slots=True)
class Scene:
    """What a scenario holds in its hands."""

    site: Site
    world: World
    log: Log
    crowd: Crowd
    folder: Path
    stored: Stored | None = None
    """After the verdict: what the database held."""
    _loads: list[asyncio.Task[None]] = field(default_factory=list)

    def load(self, a_second: float, seconds: float = math.inf) -> asyncio.Task[None]:
        """Begin a load, so many acts a second for so long or until `end_load`; await it for all to be answered."""
        self.crowd.is_over = False
        task = asyncio.create_task(self.crowd.act(a_second, seconds))
        self._loads.append(task)
        return task

    async def end_load(self) -> None:
        """Begin nothing more, and wait until everybody is answered."""
        self.crowd.is_over = True
        await asyncio.gather(*self._loads)

    def note(self, text: str) -> None:
        """Write down what the scenario does, for whoever reads the dump."""
        self.log.notes.append(Note(time.monotonic(), text))

    async def kill(self, number: int = 0) -> None:
        """`kill -9` this web process."""
        self.note(f"kill -9 of web process {number}")
        await asyncio.to_thread(self.site.servers[number].kill)

    async def start(self, number: int = 0) -> None:
        """Start this web process again, on the same port and data."""
        await asyncio.to_thread(self.site.servers[number].start)
        self.note(f"web process {number} is back")

    def closed_member(self) -> tuple[str, str]:
        """A closed network in which people write, and a member of it who does not administer it, drawn by lot."""
        networks = [each for each in self.world.places.values() if each.is_closed and each.id != self.crowd.quiet]
        found = [
            (place.id, person.who)
            for place in networks
            for person in self.crowd.people.values()
            if place.id in person.networks and person.who != place.administrator
        ]
        return random.choice(found)

    async def quiet(self, seconds: float = PATIENCE) -> bool:
        """Wait until every reader has applied every head; False where they have not after so long."""
        end = time.monotonic() + seconds
        while not await self._is_quiet():
            if time.monotonic() > end:
                return False
            await asyncio.sleep(0.1)
        return True

    async def _is_quiet(self) -> bool:
        try:
            heads = await read_heads(self.site.database_url)
        except UNREADABLE:
            return False
        for person in self.crowd.people.values():
            mine = {f"account:{person.who}", *(f"network:{network}" for network in person.networks)}
            mine |= person.reader.places.keys()
            if not person.reader.is_live or not all(person.reader.has(each, heads[each]) for each in mine):
                return False
        return True

    async def verdict(self, expected: Expected | None = None, *, patience: float = PATIENCE) -> list[Breach]:
        """End the loads, wait for quiet, send everybody home, and check every law. `explain` tells what was found."""
        await self.end_load()
        await self.crowd.settle()
        self.note("quiet" if await self.quiet(patience) else f"not quiet after {patience:g} s")
        await self.crowd.go_home()  # first: what is told a little later, such as what was read, has a frame no more
        self.stored = await read_stored(self.site.database_url)
        return check(self.log, self.stored, expected)

    def explain(self, breaches: list[Breach]) -> str:
        """The breaches as text, with the name of a file that holds the whole log."""
        folder = Path(os.environ.get("FAULTS_LOGS") or tempfile.mkdtemp(prefix="confer-faults-"))
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"run-{os.getpid()}-{time.monotonic_ns()}.jsonl"
        self.log.dump(path)
        return "\n".join([f"{len(breaches)} breaches; the log is in {path}", *map(str, breaches)])

    async def holds(self, expected: Expected | None = None, *, patience: float = PATIENCE) -> None:
        """`verdict`, and fail with an explanation where any law was broken."""
        breaches = await self.verdict(expected, patience=patience)
        assert not breaches, self.explain(breaches)


@asynccontextmanager
async def scene(
    store: Store,
    folder: Path,
    *,
    processes: int = 0,
    program: tuple[str, ...] = (),
    size: Size | None = None,
    acts: Mapping[str, int] = ACTS,
    settings: Mapping[str, str] | None = None,
    before: Callable[[Scene], Awaitable[None]] | None = None,
) -> AsyncIterator[Scene]:
    """A started site with its people connected.

    `processes`: how many web processes; by default two on PostgreSQL, and always one on SQLite. `program`: what they
    are started with, see `broken`. `settings` are further environment variables of the servers. `before` is done when
    they run and nobody is connected yet: proxies begin there (`crowd.detours`).
    """
    shape, postgres = store
    world = _world((size or SIZE).name)
    count = 1 if shape == SQLITE_MEMORY else processes or 2
    site = await asyncio.to_thread(_build, shape, folder, postgres, world, count)
    for server in site.servers:
        server.environment |= settings or {}
        server.program = program
    log = Log(world.setting)
    crowd = Crowd(world, log, site.ports, acts, PACE)
    try:
        await asyncio.gather(*(asyncio.to_thread(server.start) for server in site.servers))
        made = Scene(site, world, log, crowd, folder)
        if before is not None:
            await before(made)
        await crowd.connect()
        yield made
    finally:
        await crowd.go_home()
        await asyncio.to_thread(_end, site)


@cache
def _world(size: str) -> World:
    """One world of each size for all scenes: filled once for each database server, and copied."""
    return make_world({each.name: each for each in (SMALL, FULL)}[size])


@cache
def _sqlite_template(size: str) -> tuple[Path, tempfile.TemporaryDirectory[str]]:
    """A filled database file, and its folder, which goes when this process ends."""
    folder = tempfile.TemporaryDirectory(prefix="confer-faults-")
    server = ConferServer(Path(folder.name))
    server.command("migrate")
    path = server.data_dir / "confer.sqlite3"
    asyncio.run(_world(size).write(f"sqlite+aiosqlite:///{path}"))
    return path, folder


def _build(shape: str, folder: Path, postgres: PostgresServer | None, world: World, count: int) -> Site:
    """The filled database and the servers, not started yet."""
    if shape != POSTGRES_REDIS:
        server = ConferServer(folder / "web-0", shape=shape)
        server.data_dir.mkdir(parents=True)
        path = server.data_dir / "confer.sqlite3"
        shutil.copy(_sqlite_template(world.size.name)[0], path)
        return Site(shape, f"sqlite+aiosqlite:///{path}", [server])
    if postgres is None:
        raise ValueError("this shape needs a PostgreSQL server")

    def fill(url: str) -> None:
        ConferServer(folder / "migration", database_url=url).command("migrate")
        asyncio.run(world.write(url))

    database_url = postgres.new_database(postgres.make_template(f"faults_{world.size.name}", fill))
    redis = RedisServer()
    first = ConferServer(folder / "web-0", database_url=database_url, redis_url=redis.url, shape=shape)
    first.redis = redis
    others = [first.beside(folder / f"web-{number}") for number in range(1, count)]
    return Site(shape, database_url, [first, *others], redis, postgres)


def _end(site: Site) -> None:
    for server in site.servers:
        if server._child is not None:
            server.kill()
    if site.redis is not None:
        site.redis.resume()
        site.redis.stop()
    if site.postgres is not None:
        site.postgres.drop_database(site.database_url)
