"""A session in use is noted at most every five minutes, and its cookie then lasts longer."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest_asyncio
from sqlalchemy import select, update
from starlette.types import Message, Receive, Scope, Send

from auth.accounts import create_account
from auth.secrets import secret_hash
from auth.sessions import start_session
from auth.tables import sessions
from forum.app import make_state
from forum.migrate import migrate
from forum.settings import Settings
from forum.state import State
from forum.viewer import find_viewer
from forum.visits import Visits
from ground.columns import now
from tests.servers.shapes import Shape


@pytest_asyncio.fixture
async def state(shape: Shape) -> AsyncIterator[State]:
    settings = Settings(
        data_dir=shape.data_dir, database_url=shape.database_url, secret_key="k" * 40, trusted_proxies="10.0.0.0/8"
    )
    made = make_state(settings)
    await migrate(made.database)
    yield made
    await made.close()


async def signed_in(state: State) -> str:
    async with state.transaction() as tx:
        account = await create_account(tx.connection, "ama@example.org", "Ama", verified=True)
        assert account is not None
        return await start_session(tx.connection, account.id, "Firefox")


async def visit(state: State, secret: str, **more: object) -> tuple[Scope, dict[str, str]]:
    """One request through the middleware to an application that only finds out who asks."""
    scope: Scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "headers": [(b"cookie", f"confer={secret}".encode())],
        "client": ("192.0.2.7", 4000),
        **more,
    }
    answered: list[Message] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        scope["confer.viewer"] = await find_viewer(state.database, "session", secret_hash(secret))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def send(message: Message) -> None:
        answered.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    await Visits(application, state)(scope, receive, send)
    return scope, {name.decode(): value.decode() for name, value in answered[0]["headers"]}


async def seen_at(state: State) -> object:
    async with state.database.read() as connection:
        return await connection.scalar(select(sessions.c.seen_at))


async def test_visit_is_noted_once_in_five_minutes(state: State) -> None:
    secret = await signed_in(state)
    fresh = await seen_at(state)
    _, headers = await visit(state, secret)
    assert "set-cookie" not in headers
    assert await seen_at(state) == fresh
    async with state.database.write() as connection:
        await connection.execute(update(sessions).values(seen_at=now() - timedelta(minutes=6)))
    old = await seen_at(state)
    _, headers = await visit(state, secret)
    assert headers["set-cookie"].startswith(f"confer={secret}; Max-Age=2592000")
    noted = await seen_at(state)
    assert noted != old
    _, headers = await visit(state, secret)
    assert "set-cookie" not in headers
    assert await seen_at(state) == noted


async def test_stranger_is_not_noted(state: State) -> None:
    _, headers = await visit(state, "x" * 43)
    assert headers == {}


async def test_address_is_believed_from_trusted_proxies_only(state: State) -> None:
    forwarded = [(b"x-forwarded-for", b"203.0.113.9, 198.51.100.4")]
    for client, expected in (("192.0.2.7", "192.0.2.7"), ("10.1.2.3", "198.51.100.4")):
        scope, _ = await visit(state, "x" * 43, client=(client, 4000), headers=forwarded)
        assert scope["confer.client"] == expected
