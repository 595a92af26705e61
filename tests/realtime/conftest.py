"""Gateways on real servers with real sockets, on both shapes."""

import asyncio
import contextlib
import dataclasses
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
import uvicorn

from forum.database import Database, open_database
from realtime.brokers import Broker
from realtime.brokers.memory import MemoryBroker
from realtime.brokers.redis import RedisBroker, RedisTimes
from realtime.gateway import Gateway
from realtime.limits import Limits
from realtime.wire import wire_protocol
from tests.realtime.community import Community, make_tables
from tests.realtime.reader import Reader
from tests.servers.shapes import Shape

QUICK_REDIS = RedisTimes(ping=0.3, answer=0.5, first_retry=0.05, longest_retry=0.3)
ORIGIN = "http://confer.test"


class Served:
    """A gateway behind a real server on a port of its own."""

    def __init__(self, gateway: Gateway, server: uvicorn.Server, url: str, task: asyncio.Task[None]) -> None:
        self.gateway = gateway
        self.url = url
        self._server = server
        self._task = task

    async def stop(self) -> None:
        await self.gateway.stop()
        self._server.should_exit = True
        await self._task


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the test runner."""
        yield


class Stage:
    """A community, its database and broker, and as many gateways and readers as a test wants."""

    def __init__(
        self, database: Database, broker: Broker, new_broker: Callable[[], Awaitable[Broker]], socket_kind: str = "wire"
    ) -> None:
        self.socket_kind = socket_kind
        self.database = database
        self.broker = broker
        self.community = Community(database, broker)
        self.brokers = [broker]
        self._new_broker = new_broker
        self._served: list[Served] = []
        self._readers: list[Reader] = []

    async def gateway(self, *, allow_guests: bool = False, send_buffer: int | None = None, **limits: Any) -> Served:
        """A new gateway with a broker connection of its own, as in a process of its own."""
        chosen = dataclasses.replace(Limits(), **limits)
        questions = self.community.questions()
        self.brokers.append(await self._new_broker())
        gateway = Gateway(
            self.database,
            self.brokers[-1],
            questions,
            origins=[ORIGIN],
            allow_guests=allow_guests,
            limits=chosen,
        )
        await gateway.start()
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        if send_buffer:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer)
        config = uvicorn.Config(
            gateway.endpoint,  # type: ignore[arg-type]
            ws=self._socket_class(gateway),  # type: ignore[arg-type]
            ws_per_message_deflate=False,
            ws_max_size=32 * 1024,
            ws_ping_interval=None,
            lifespan="off",
            interface="asgi3",
            log_level="warning",
        )
        server = _Server(config)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        await server.ready.wait()
        served = Served(gateway, server, f"ws://127.0.0.1:{listener.getsockname()[1]}/live", task)
        self._served.append(served)
        return served

    def _socket_class(self, gateway: Gateway) -> object:
        if self.socket_kind == "asgi":
            return "websockets-sansio"
        return wire_protocol(gateway, lambda scope: str(scope["client"][0]))

    async def read(self, served: Served, session: str | None = None, **options: Any) -> Reader:
        """A reader with this session, connected and welcomed."""
        reader = await Reader.open(served.url, session, **options)
        self._readers.append(reader)
        await reader.frame("welcome")
        return reader

    async def connect(self, served: Served, session: str | None = None, **options: Any) -> Reader:
        """A reader that is connected and not necessarily welcomed."""
        reader = await Reader.open(served.url, session, **options)
        self._readers.append(reader)
        return reader

    async def end(self) -> None:
        await asyncio.gather(*(reader.close() for reader in self._readers))
        await asyncio.gather(*(served.stop() for served in self._served))


async def make_stage(database_url: str, redis_url: str | None, kind: str = "wire") -> AsyncIterator[Stage]:
    """A stage on this database, with this Redis or the broker in memory."""
    database = open_database(database_url, 20)
    await make_tables(database)
    brokers: list[Broker] = []

    async def new_broker() -> Broker:
        if redis_url is None and brokers:
            return brokers[0]
        broker: Broker = MemoryBroker() if redis_url is None else RedisBroker(redis_url, times=QUICK_REDIS)
        await broker.start()
        brokers.append(broker)
        return broker

    stage = Stage(database, await new_broker(), new_broker, kind)
    yield stage
    await stage.end()
    for broker in brokers:
        await broker.stop()
    await database.dispose()


@pytest.fixture
async def stage(shape: Shape) -> AsyncIterator[Stage]:
    """Both shapes in turn; on SQLite with sockets of the ASGI server, on PostgreSQL with those below ASGI."""
    kind = "asgi" if shape.redis_url is None else "wire"
    async for each in make_stage(shape.database_url, shape.redis_url, kind):
        yield each


@pytest.fixture
async def community(stage: Stage) -> Community:
    return stage.community


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The log's tables and the community's, on each kind of database."""
    database = open_database(database_url, 20)
    await make_tables(database)
    yield database
    await database.dispose()
