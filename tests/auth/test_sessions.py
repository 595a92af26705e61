"""Sessions: found by their secret only, ended at once, and forgotten after a month."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from auth import sessions as module
from auth.accounts import close_account, suspend_account
from auth.secrets import secret_hash
from auth.sessions import (
    LIFETIME,
    describe_browser,
    end_other_sessions,
    end_session,
    find_session,
    forget_expired_sessions,
    list_sessions,
    start_session,
    touch_session,
)
from auth.tables import sessions
from forum.database import Database
from ground.columns import new_id, now
from tests.auth.conftest import MakeAccount


async def test_a_session_opens_its_account(make_account: MakeAccount, database: Database) -> None:
    account = await make_account()
    async with database.write() as connection:
        secret = await start_session(connection, account.id, "Mozilla/5.0 (X11; Linux) Firefox/140.0")
    async with database.read() as connection:
        found = await find_session(connection, secret)
        assert found is not None
        session, owner = found
        assert owner == account
        assert (session.account_id, session.user_agent) == (account.id, "Firefox on Linux")
        assert session.expires_at - session.created_at == LIFETIME
        for other in ("", "x", secret + "x", secret[:-1], secret.swapcase(), "\x00", "\ud800", secret_hash(secret)):
            assert await find_session(connection, other) is None


async def test_only_the_hash_is_stored(make_account: MakeAccount, database: Database) -> None:
    account = await make_account()
    async with database.write() as connection:
        secret = await start_session(connection, account.id, "")
        row = (await connection.execute(text("SELECT * FROM sessions"))).one()
    assert secret not in str(row)
    assert secret_hash(secret) in str(row)


async def test_every_sign_in_gets_its_own(make_account: MakeAccount, database: Database) -> None:
    account = await make_account()
    async with database.write() as connection:
        assert await start_session(connection, account.id, "") != await start_session(connection, account.id, "")
        assert len(await list_sessions(connection, account.id)) == 2


async def test_ended_by_its_owner_only(make_account: MakeAccount, database: Database) -> None:
    ann, bob = await make_account(), await make_account("bob@example.org", "Bob")
    async with database.write() as connection:
        secret = await start_session(connection, ann.id, "")
        (session,) = await list_sessions(connection, ann.id)
        assert not await end_session(connection, bob.id, session.id)
        assert not await end_session(connection, ann.id, new_id())
        assert not await end_session(connection, ann.id, "'; DROP TABLE sessions")
        assert await find_session(connection, secret) is not None
        assert await end_session(connection, ann.id, session.id)
        assert not await end_session(connection, ann.id, session.id)
        assert await find_session(connection, secret) is None


async def test_sign_out_everywhere_else(make_account: MakeAccount, database: Database) -> None:
    ann, bob = await make_account(), await make_account("bob@example.org", "Bob")
    async with database.write() as connection:
        here, *_others = [await start_session(connection, ann.id, "") for _ in range(3)]
        bobs = await start_session(connection, bob.id, "")
        kept = await find_session(connection, here)
        assert kept is not None
        assert len(await end_other_sessions(connection, ann.id, kept[0].id)) == 2
        assert [session.id for session in await list_sessions(connection, ann.id)] == [kept[0].id]
        assert await end_other_sessions(connection, ann.id, None) == [kept[0].id]
        assert await find_session(connection, bobs) is not None


async def test_a_visit_lengthens_it_at_most_every_five_minutes(make_account: MakeAccount, database: Database) -> None:
    account = await make_account()
    async with database.write() as connection:
        secret = await start_session(connection, account.id, "")
        session = (await list_sessions(connection, account.id))[0]
        assert not session.is_due(now())
        assert not await touch_session(connection, session.id)
        earlier = now() - timedelta(minutes=6)
        await connection.execute(update(sessions).values(seen_at=earlier, expires_at=earlier + LIFETIME))
        found = await find_session(connection, secret)
        assert found is not None
        assert found[0].is_due(now())
        assert await touch_session(connection, session.id)
        assert not await touch_session(connection, session.id)
        found = await find_session(connection, secret)
        assert found is not None
        assert found[0].expires_at > earlier + LIFETIME + timedelta(minutes=5)


async def test_after_a_month_it_is_over(make_account: MakeAccount, database: Database) -> None:
    account = await make_account()
    async with database.write() as connection:
        secret = await start_session(connection, account.id, "")
        session = (await list_sessions(connection, account.id))[0]
        past = now() - timedelta(seconds=1)
        await connection.execute(update(sessions).values(seen_at=past - LIFETIME, expires_at=past))
        assert await find_session(connection, secret) is None
        assert not await touch_session(connection, session.id)
        assert await list_sessions(connection, account.id) == []
        assert await forget_expired_sessions(connection) == 1
        assert (await connection.execute(select(sessions.c.id))).all() == []


async def test_closed_and_suspended_accounts_have_none(make_account: MakeAccount, database: Database) -> None:
    ann, bob = await make_account(), await make_account("bob@example.org", "Bob")
    async with database.write() as connection:
        secrets = [await start_session(connection, account.id, "") for account in (ann, bob)]
        await close_account(connection, ann.id, keep_name=True)
        await suspend_account(connection, bob.id)
        late = await start_session(connection, bob.id, "")
        for secret in (*secrets, late):
            assert await find_session(connection, secret) is None


async def test_too_many_push_out_the_oldest(
    make_account: MakeAccount, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_SESSIONS", 3)
    account = await make_account()
    async with database.write() as connection:
        started = [await start_session(connection, account.id, "") for _ in range(5)]
        alive = [await find_session(connection, secret) is not None for secret in started]
    assert alive == [False, False, True, True, True]


@pytest.mark.parametrize(
    ("user_agent", "description"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36",
            "Chrome on Windows",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15.0) Version/18.0 Safari/605.1", "Safari on a Mac"),
        ("Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox on Android"),
        ("", "A browser"),
        ("<script>alert(1)</script>" + "x" * 100_000, "A browser"),
    ],
)
def test_browsers_in_three_words(user_agent: str, description: str) -> None:
    assert describe_browser(user_agent) == description
