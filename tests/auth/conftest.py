"""A database with auth's tables, on SQLite and on PostgreSQL, and people in it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
import uvicorn
from starlette.types import ASGIApp

from auth.accounts import Account, create_account
from auth.passwords import Passwords
from auth.tables import metadata
from forum.database import Database, open_database

MakeAccount = Callable[..., Awaitable[Account]]
Serve = Callable[[ASGIApp], Awaitable[int]]


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Auth's tables, empty, on each kind of database in turn; twenty writers at once where it can."""
    database = open_database(database_url, 20)
    async with database.write() as connection:
        await connection.run_sync(metadata.create_all)
    yield database
    await database.dispose()


async def open_connections(database: Database) -> None:
    """Have all connections open before a race: else opening them puts the racers in a row."""
    if database.dialect == "postgresql":
        everyone = asyncio.Barrier(20)

        async def hold_one() -> None:
            async with database.write():
                await everyone.wait()

        await asyncio.gather(*(hold_one() for _ in range(20)))


@pytest.fixture
def make_account(database: Database) -> MakeAccount:
    """Make a verified account called Ann Baker unless told otherwise."""

    async def make(email: str = "ann@example.org", name: str = "Ann Baker", **options: object) -> Account:
        chosen = {"password_hash": "not a real hash", "verified": True} | options
        async with database.write() as connection:
            account = await create_account(connection, email, name, **chosen)  # type: ignore[arg-type]
        assert account is not None
        return account

    return make


@pytest.fixture
def quick_passwords() -> Iterator[Passwords]:
    """Argon2id with so little memory that a test need not wait; the work is the same."""
    passwords = Passwords(memory_kib=64, rounds=1, lanes=1)
    yield passwords
    passwords.close()


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Serve an ASGI application over a real port of this machine; gives the port. Stopped after the test."""
    running: list[tuple[uvicorn.Server, asyncio.Task[None]]] = []

    async def start(app: ASGIApp) -> int:
        config = uvicorn.Config(app, port=0, log_level="critical", ws="websockets-sansio", lifespan="off")
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve())
        running.append((server, task))
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        port: int = server.servers[0].sockets[0].getsockname()[1]
        return port

    yield start
    for server, task in running:
        server.should_exit = True
        await task
