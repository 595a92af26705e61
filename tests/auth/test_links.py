"""Links in mails: once, for one purpose, person, address and password, and kind words for the rest."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from auth.accounts import UnknownAccount, change_email, change_password, close_account, reset_password
from auth.links import (
    LinkPurpose,
    LinkRefusal,
    LinkRefused,
    forget_ended_links,
    issue_link,
    read_link,
    use_link,
)
from auth.tables import links
from forum.database import Database
from ground.columns import now
from tests.auth.conftest import MakeAccount, open_connections

RESET, VERIFY, MOVE = LinkPurpose.RESET_PASSWORD, LinkPurpose.VERIFY_EMAIL, LinkPurpose.CHANGE_EMAIL


async def refusal(database: Database, secret: str, purpose: LinkPurpose) -> LinkRefusal:
    """Why neither reading nor using the link works; both must say the same."""
    reasons = []
    for function in (read_link, use_link):
        async with database.write() as connection:
            with pytest.raises(LinkRefused) as refused:
                await function(connection, secret, purpose)
        assert str(refused.value).endswith(".")
        reasons.append(refused.value.reason)
    assert reasons[0] is reasons[1]
    return reasons[0]


async def issue(database: Database, account_id: str, purpose: LinkPurpose, address: str = "ann@example.org") -> str:
    async with database.write() as connection:
        return await issue_link(connection, account_id, purpose, address)


async def test_reading_changes_nothing_and_using_uses_up(make_account: MakeAccount, database: Database) -> None:
    account = await make_account()
    secret = await issue(database, account.id, RESET)
    async with database.read() as connection:
        for _ in range(3):
            link = await read_link(connection, secret, RESET)
        stored = (await connection.execute(text("SELECT * FROM links"))).one()
    assert (link.account_id, link.purpose, link.address) == (account.id, RESET, "ann@example.org")
    assert secret not in str(stored)
    async with database.write() as connection:
        assert await use_link(connection, secret, RESET) == link
    assert await refusal(database, secret, RESET) is LinkRefusal.USED


async def test_a_link_of_one_purpose_is_nothing_for_another(make_account: MakeAccount, database: Database) -> None:
    account = await make_account()
    secret = await issue(database, account.id, VERIFY)
    for purpose in set(LinkPurpose) - {VERIFY}:
        assert await refusal(database, secret, purpose) is LinkRefusal.UNKNOWN
    async with database.write() as connection:
        await use_link(connection, secret, VERIFY)


@pytest.mark.parametrize("secret", ["", "x", "x" * 43, "x" * 100_000, "\x00", "\ud800", "' OR 1=1 --"])
async def test_nonsense_is_unknown(database: Database, secret: str) -> None:
    assert await refusal(database, secret, RESET) is LinkRefusal.UNKNOWN


async def test_an_old_link_has_expired(make_account: MakeAccount, database: Database) -> None:
    account = await make_account()
    secret = await issue(database, account.id, RESET)
    async with database.write() as connection:
        await connection.execute(update(links).values(expires_at=now() - timedelta(seconds=1)))
        assert await forget_ended_links(connection) == 0
    assert await refusal(database, secret, RESET) is LinkRefusal.EXPIRED
    async with database.write() as connection:
        await connection.execute(update(links).values(expires_at=now() - timedelta(days=31)))
        assert await forget_ended_links(connection) == 1
    assert await refusal(database, secret, RESET) is LinkRefusal.UNKNOWN


async def test_a_new_password_voids_every_link(make_account: MakeAccount, database: Database) -> None:
    account = await make_account()
    secrets = [
        (
            purpose,
            await issue(database, account.id, purpose, "new@example.org" if purpose is MOVE else "ANN@example.org"),
        )
        for purpose in LinkPurpose
    ]
    async with database.write() as connection:
        await change_password(connection, account.id, "new")
    for purpose, secret in secrets:
        assert await refusal(database, secret, purpose) is LinkRefusal.SUPERSEDED


async def test_a_link_to_a_former_mailbox_is_nothing(make_account: MakeAccount, database: Database) -> None:
    account = await make_account()
    old = await issue(database, account.id, RESET)
    async with database.write() as connection:
        await change_email(connection, account.id, "new@example.org")
    assert await refusal(database, old, RESET) is LinkRefusal.UNKNOWN
    elsewhere = await issue(database, account.id, RESET, "ann@example.org")
    assert await refusal(database, elsewhere, RESET) is LinkRefusal.SUPERSEDED
    move = await issue(database, account.id, MOVE, "newer@example.org")
    async with database.write() as connection:
        assert (await use_link(connection, move, MOVE)).address == "newer@example.org"


async def test_closed_accounts_get_no_links(make_account: MakeAccount, database: Database) -> None:
    account = await make_account()
    async with database.write() as connection:
        await close_account(connection, account.id, keep_name=True)
    with pytest.raises(UnknownAccount):
        await issue(database, account.id, RESET)


async def test_a_use_that_fails_afterwards_is_no_use(make_account: MakeAccount, database: Database) -> None:
    account = await make_account()
    secret = await issue(database, account.id, RESET)

    async def use_and_fail() -> None:
        async with database.write() as connection:
            await use_link(connection, secret, RESET)
            raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        await use_and_fail()
    async with database.write() as connection:
        await use_link(connection, secret, RESET)


async def test_fifty_uses_at_once_are_one(make_account: MakeAccount, database: Database) -> None:
    account = await make_account()
    secret = await issue(database, account.id, VERIFY)

    async def use() -> LinkRefusal | None:
        async with database.write() as connection:
            try:
                await use_link(connection, secret, VERIFY)
            except LinkRefused as refused:
                return refused.reason
            return None

    await open_connections(database)
    outcomes = await asyncio.gather(*(use() for _ in range(50)))
    assert outcomes.count(None) == 1
    assert outcomes.count(LinkRefusal.USED) == 49


async def test_of_many_reset_links_at_once_one_sets_the_password(make_account: MakeAccount, database: Database) -> None:
    account = await make_account()
    secrets = [await issue(database, account.id, RESET) for _ in range(20)]

    async def reset(secret: str) -> LinkRefusal | None:
        async with database.write() as connection:
            try:
                link = await use_link(connection, secret, RESET)
            except LinkRefused as refused:
                return refused.reason
            await reset_password(connection, link.account_id, secret)
            return None

    await open_connections(database)
    outcomes = await asyncio.gather(*(reset(secret) for secret in secrets))
    assert outcomes.count(None) == 1
    assert outcomes.count(LinkRefusal.SUPERSEDED) == 19
