"""A hall: a site in one network of which everybody is a member, with a multitude at its sockets and a few who write."""

import asyncio
import random
import resource
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.asking import Asker, NoAnswer
from tests.faults.multitude import Multitude
from tests.faults.reading_back import read_heads, read_stored
from tests.faults.scenes import Store
from tests.faults.world import Place, Size, World, make_world
from tests.servers.confer import ConferServer
from tests.servers.redis import RedisServer
from tests.servers.shapes import POSTGRES_REDIS

WRITERS = 20
TRY_SECONDS = 60.0


@dataclass(slots=True)
class Hall:
    """What a scenario holds in its hands."""

    servers: list[ConferServer]
    database_url: str
    world: World
    crowd: Multitude
    place: Place
    acknowledged: dict[str, float] = field(default_factory=dict)
    """Posts, each with the time at which its first try was sent."""
    errors: list[int] = field(default_factory=list)
    """Answers that nobody may get."""
    refused: int = 0
    """Tries that were answered with 503, and made again."""
    is_over: bool = False

    async def post(self, words: str = "") -> str | None:
        """One reply by somebody, tried again with the same key until it is answered; its id."""
        token = random.choice(list(self.world.tokens.values())[-WRITERS:])
        asker, key, began = Asker(token), {"Idempotency-Key": secrets.token_hex(12)}, time.monotonic()
        body = {"body": f"{words or 'What we heard in the hall'} {secrets.token_hex(4)}"}
        path = f"/api/v1/threads/{self.place.threads[0]}/posts"
        while time.monotonic() < began + TRY_SECONDS:
            server = random.choice(self.servers)
            try:
                answer = await asker.ask(server.port, "POST", path, body, key, 10)
            except NoAnswer:
                await asyncio.sleep(random.uniform(0.02, 0.3))
                continue
            finally:
                await asker.close()
            if answer.status == 201:
                made = str(answer.json()["id"])
                self.acknowledged[made] = began
                return made
            if answer.status != 503:
                self.errors.append(answer.status)
                return None
            self.refused += 1
            await asyncio.sleep(random.uniform(0.02, 0.3))
        return None

    async def write(self, a_second: float, words: str = "") -> None:
        """So many posts a second until `is_over`; returns when all are answered."""
        async with asyncio.TaskGroup() as group:
            while not self.is_over:
                group.create_task(self.post(words))
                await asyncio.sleep(1 / a_second)

    async def everybody_has_everything(self, seconds: float) -> bool:
        """Whether all come to the head of the network, and what was acknowledged came in its events, each once."""
        heads = await read_heads(self.database_url)
        return await self.crowd.all_at({self.place.stream: heads[self.place.stream]}, seconds)

    async def check(self) -> None:
        """Nothing acknowledged is lost, nothing is there twice, and what they heard is what is stored."""
        assert not self.errors, self.errors
        stored = await read_stored(self.database_url)
        events = stored.events[self.place.stream]
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert len(events) == stored.heads[self.place.stream]
        told = [event.object_id for event in events if event.kind == "post.created"]
        assert len(told) == len(set(told)), "an event is there twice"
        assert self.acknowledged.keys() <= set(told), "an acknowledged post has no event"
        for (stream, seq), shown in self.crowd.seen.items():
            if stream == self.place.stream:
                assert events[seq - 1].object_id == shown
        assert not any(member.resyncs for member in self.crowd.members), "somebody had to load afresh"


@asynccontextmanager
async def hall(
    store: Store,
    folder: Path,
    people: int,
    *,
    processes: int = 1,
    settings: Mapping[str, str] | None = None,
    program: tuple[str, ...] = (),
) -> AsyncIterator[Hall]:
    """A started site with so many members, nobody connected yet. On SQLite there is always one process."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    shape, postgres = store
    world = make_world(Size(f"hall_{people}", people=people, networks=1, places=1, threads=1))
    redis = RedisServer() if shape == POSTGRES_REDIS else None
    database_url = postgres.new_database(postgres.make_template("migrated", _migrated(folder))) if postgres else ""
    address = redis.url if redis is not None else None
    first = ConferServer(folder / "web-0", database_url=database_url, redis_url=address, shape=shape, **settings or {})
    servers = [first, *(first.beside(folder / f"web-{number}") for number in range(1, processes if redis else 1))]
    if redis is None:
        first.command("migrate")
        database_url = f"sqlite+aiosqlite:///{first.data_dir / 'confer.sqlite3'}"
    await world.write(database_url)
    crowd = Multitude(world.tokens.values(), [server.port for server in servers])
    try:
        for server in servers:
            server.program = program
            await asyncio.to_thread(server.start)
        yield Hall(servers, database_url, world, crowd, next(iter(world.places.values())))
    finally:
        await crowd.go_home()
        for server in servers:
            if server.running:
                await asyncio.to_thread(server.kill)
        if redis is not None:
            redis.stop()
        if postgres is not None:
            postgres.drop_database(database_url)


def _migrated(folder: Path):  # type: ignore[no-untyped-def]
    def fill(url: str) -> None:
        ConferServer(folder / "migration", database_url=url).command("migrate")

    return fill
