"""Many handshakes answered by one question: each gets its own answer, and none what another may have."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest_asyncio
from sqlalchemy import update

from auth.accounts import create_account
from auth.sessions import start_session
from auth.tables import accounts, sessions, tokens
from auth.tokens import create_token
from forum.app import make_state
from forum.hearing import streams_of
from forum.live import authenticate
from forum.migrate import migrate
from forum.settings import Settings
from forum.state import State
from ground.columns import now
from realtime.questions import Credentials
from tests.servers.shapes import Shape


@pytest_asyncio.fixture
async def state(shape: Shape) -> AsyncIterator[State]:
    made = make_state(Settings(data_dir=shape.data_dir, database_url=shape.database_url, secret_key="k" * 40))
    await migrate(made.database)
    yield made
    await made.close()


async def person(state: State, name: str) -> tuple[str, str]:
    """The account's id, and the secret of a session."""
    async with state.transaction() as tx:
        account = await create_account(tx.connection, f"{name}@example.org", name, verified=True)
        assert account is not None
        return account.id, await start_session(tx.connection, account.id, "Firefox")


def by_cookie(secret: str) -> Credentials:
    return {"cookie": f"confer={secret}", "origin": "http://127.0.0.1:8000"}, "192.0.2.7"


def by_token(secret: str) -> Credentials:
    return {"authorization": f"Bearer {secret}"}, "192.0.2.7"


async def test_each_gets_an_answer_of_its_own(state: State) -> None:
    people = [await person(state, f"person{number}") for number in range(6)]
    (_, ended), (suspended, shut_out) = people[4], people[5]
    async with state.transaction() as tx:
        token, _ = await create_token(tx.connection, people[3][0], "bench")
        revoked, _ = await create_token(tx.connection, people[3][0], "gone")
        past = {"expires_at": now() - timedelta(seconds=1)}
        await tx.execute(update(sessions).where(sessions.c.account_id == people[4][0]).values(past))
        await tx.execute(update(accounts).where(accounts.c.id == suspended).values(suspended_at=now()))
        await tx.execute(update(tokens).where(tokens.c.label == "gone").values(revoked_at=now()))
    shown = [
        by_cookie(people[2][1]),
        by_cookie("made up"),
        by_token(token),
        by_cookie(people[0][1]),
        ({"origin": "http://127.0.0.1:8000"}, "192.0.2.7"),
        by_cookie(ended),
        by_cookie(shut_out),
        by_token(revoked),
        by_token(people[1][1]),
        by_cookie(token),
        ({"authorization": "Bearer"}, "192.0.2.7"),
        by_cookie(people[0][1]),
        by_cookie(people[1][1]),
    ]
    found = await authenticate(state, shown)
    ids = [each and each.account_id for each in found]
    first, second, third, fourth = (account_id for account_id, _ in people[:4])
    assert ids == [third, None, fourth, first, None, None, None, None, None, None, None, first, second]
    assert found[3] == found[11]
    alone = [(await authenticate(state, [each]))[0] for each in shown]
    assert alone == found


async def test_streams_of_several_do_not_mix(state: State) -> None:
    one, two = [(await person(state, name))[0] for name in ("one", "two")]
    assert await streams_of(state.database, [one, two]) == {one: [f"account:{one}"], two: [f"account:{two}"]}
