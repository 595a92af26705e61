"""Personal tokens: shown once, recognisable, revoked for good."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from auth import tokens as module
from auth.accounts import suspend_account
from auth.tables import tokens
from auth.tokens import (
    LIFETIME,
    count_live_tokens,
    create_token,
    find_token,
    forget_ended_tokens,
    list_tokens,
    revoke_token,
    revoke_tokens,
    touch_token,
)
from forum.database import Database
from ground.columns import new_id, now
from tests.auth.conftest import MakeAccount, open_connections


async def test_a_token_opens_its_account(make_account: MakeAccount, database: Database) -> None:
    account = await make_account()
    async with database.write() as connection:
        secret, token = await create_token(connection, account.id, "  My\x00 script ", timedelta(days=30))
        row = (await connection.execute(text("SELECT * FROM tokens"))).one()
    assert secret.startswith("confer_")
    assert secret not in str(row)
    assert token.label == "My script"
    assert token.expires_at - token.created_at == timedelta(days=30)
    assert token.is_live(now())
    assert not token.is_live(now() + timedelta(days=31))
    async with database.read() as connection:
        assert await find_token(connection, secret) == (token, account)
        for other in ("", "confer_", secret[7:], secret + "x", secret[:-1], "confer_" + "x" * 43, "\ud800"):
            assert await find_token(connection, other) is None
        assert await list_tokens(connection, account.id) == [token]


async def test_revoked_by_its_owner_only(make_account: MakeAccount, database: Database) -> None:
    ann, bob = await make_account(), await make_account("bob@example.org", "Bob")
    async with database.write() as connection:
        secret, token = await create_token(connection, ann.id, "script")
        for account_id, token_id in ((bob.id, token.id), (ann.id, new_id()), (ann.id, "7")):
            assert not await revoke_token(connection, account_id, token_id)
        assert await find_token(connection, secret) is not None
        assert await revoke_token(connection, ann.id, token.id)
        assert not await revoke_token(connection, ann.id, token.id)
        assert await find_token(connection, secret) is None
        (shown,) = await list_tokens(connection, ann.id)
        assert shown.revoked_at is not None
        assert not shown.is_live(now())


async def test_all_of_one_person_are_revoked_at_once(make_account: MakeAccount, database: Database) -> None:
    ann, bob = await make_account(), await make_account("bob@example.org", "Bob")
    async with database.write() as connection:
        secrets = [(await create_token(connection, ann.id, f"script {number}"))[0] for number in range(3)]
        kept, _ = await create_token(connection, bob.id, "script")
        assert await revoke_token(connection, ann.id, (await list_tokens(connection, ann.id))[0].id)
        assert await count_live_tokens(connection, ann.id) == 2
        assert await revoke_tokens(connection, ann.id) == 2
        assert await revoke_tokens(connection, ann.id) == 0
        assert [await find_token(connection, secret) for secret in secrets] == [None] * 3
        assert await find_token(connection, kept) is not None


async def test_expired_and_suspended_open_nothing(make_account: MakeAccount, database: Database) -> None:
    ann, bob = await make_account(), await make_account("bob@example.org", "Bob")
    async with database.write() as connection:
        late, token = await create_token(connection, ann.id, "script")
        await connection.execute(update(tokens).values(expires_at=now() - timedelta(seconds=1)))
        shut, _ = await create_token(connection, bob.id, "script")
        await suspend_account(connection, bob.id)
        assert await find_token(connection, late) is None
        assert await find_token(connection, shut) is None
        assert await forget_ended_tokens(connection) == 0
        await connection.execute(
            update(tokens).where(tokens.c.id == token.id).values(expires_at=now() - timedelta(days=91))
        )
        assert await forget_ended_tokens(connection) == 1


async def test_use_is_noted_at_most_every_five_minutes(make_account: MakeAccount, database: Database) -> None:
    account = await make_account()
    async with database.write() as connection:
        _, token = await create_token(connection, account.id, "script")
        assert token.is_due(now())
        assert await touch_token(connection, token.id)
        assert not await touch_token(connection, token.id)
        (used,) = await list_tokens(connection, account.id)
        assert used.last_used_at is not None
        assert not used.is_due(now())
        await connection.execute(update(tokens).values(last_used_at=now() - timedelta(minutes=6)))
        assert await touch_token(connection, token.id)


async def test_sentences_say_what_is_wrong(make_account: MakeAccount, database: Database) -> None:
    account = await make_account()
    async with database.write() as connection:
        with pytest.raises(ValueError, match="Give the token a label"):
            await create_token(connection, account.id, " \u200b ")
        with pytest.raises(ValueError, match="at most 80 characters"):
            await create_token(connection, account.id, "x" * 81)
        for lifetime in (timedelta(0), timedelta(days=-1), LIFETIME * 2):
            with pytest.raises(ValueError, match="between one day and 366 days"):
                await create_token(connection, account.id, "script", lifetime)


async def test_the_bound_holds_for_many_at_once(
    make_account: MakeAccount, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_TOKENS", 5)
    account = await make_account()

    async def create() -> str:
        try:
            async with database.write() as connection:
                await create_token(connection, account.id, "script")
        except ValueError as refusal:
            return str(refusal)
        return "made"

    await open_connections(database)
    outcomes = await asyncio.gather(*(create() for _ in range(20)))
    assert outcomes.count("made") == 5
    assert outcomes.count("You have 5 tokens already. Revoke one that you no longer use.") == 15
    async with database.write() as connection:
        await revoke_token(connection, account.id, (await list_tokens(connection, account.id))[0].id)
    assert await create() == "made"
