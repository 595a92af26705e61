"""Accounts: one for each address, changed only while open, and gone when closed."""

import asyncio
from datetime import timedelta

import pytest

from auth.accounts import (
    FORMER_MEMBER,
    EmailTaken,
    StaleAccount,
    UnknownAccount,
    change_email,
    change_password,
    close_account,
    create_account,
    find_account,
    find_account_by_email,
    find_credentials,
    get_account,
    has_claimed_account,
    list_accounts,
    lock_account,
    rehash_password,
    reinstate_account,
    reset_password,
    set_site_administrator,
    suspend_account,
    update_profile,
    verify_account,
)
from auth.links import LinkPurpose, LinkRefusal, LinkRefused, issue_link, read_link
from auth.sessions import find_session, start_session
from auth.tokens import create_token, find_token
from forum.database import Database
from ground.columns import new_id, now
from tests.auth.conftest import MakeAccount, open_connections


async def test_a_new_account_is_as_it_was_made(database: Database) -> None:
    async with database.write() as connection:
        account = await create_account(connection, " Ann+Board@Example.org ", "Ann\u202e Baker", password_hash="h")
    assert account is not None
    assert (account.email, account.name, account.version, account.password_version) == (
        "Ann+Board@Example.org",
        "Ann Baker",
        1,
        1,
    )
    assert account.has_password
    assert account.is_claimed
    assert not account.may_sign_in
    assert not account.site_administrator
    assert timedelta(0) <= now() - account.created_at < timedelta(minutes=1)
    async with database.read() as connection:
        assert await get_account(connection, account.id) == account
        assert await find_account_by_email(connection, "ann+board@EXAMPLE.ORG") == account
        assert await list_accounts(connection, [account.id, new_id()]) == [account]


async def test_hash_and_address_do_not_show_in_logs(make_account: MakeAccount, database: Database) -> None:
    account = await make_account(password_hash="very secret hash")
    async with database.read() as connection:
        credentials = await find_credentials(connection, "ann@example.org")
    assert credentials is not None
    assert credentials.password_hash == "very secret hash"
    assert "secret" not in repr(credentials)
    assert "example.org" not in repr(account)
    assert not hasattr(account, "password_hash")


async def test_what_is_not_there_is_not_found(database: Database) -> None:
    async with database.read() as connection:
        for account_id in (new_id(), "", "7", "x" * 36, new_id().upper(), "\x00"):
            assert await find_account(connection, account_id) is None
            with pytest.raises(UnknownAccount):
                await get_account(connection, account_id)
        for email in ("", "bob@example.org", "no address", "a@b.example\x00", "' OR 1=1 --"):
            assert await find_account_by_email(connection, email) is None
            assert await find_credentials(connection, email) is None
        assert await list_accounts(connection, []) == []
    async with database.write() as connection:
        with pytest.raises(UnknownAccount):
            await update_profile(connection, new_id(), name="Bob")


async def test_fifty_at_once_make_one_account(database: Database) -> None:
    async def register(number: int) -> bool:
        async with database.write() as connection:
            typed = f" ANN@Example.{'org' if number % 2 else 'ORG'} "
            return await create_account(connection, typed, f"Ann {number}", password_hash=str(number)) is not None

    await open_connections(database)
    made = await asyncio.gather(*(register(number) for number in range(50)))
    assert sum(made) == 1


async def test_bad_address_or_name_makes_nothing(database: Database) -> None:
    async with database.write() as connection:
        with pytest.raises(ValueError, match="has an @"):
            await create_account(connection, "ann", "Ann")
        with pytest.raises(ValueError, match="Write the name"):
            await create_account(connection, "ann@example.org", "\u200b")
        assert await find_account_by_email(connection, "ann@example.org") is None


async def test_site_has_nobody_until_somebody_can_sign_in(make_account: MakeAccount, database: Database) -> None:
    await make_account("archive@example.org", "From The Archive", password_hash=None, verified=False)
    async with database.read() as connection:
        assert not await has_claimed_account(connection)
    await make_account()
    async with database.read() as connection:
        assert await has_claimed_account(connection)


async def test_an_imported_author_claims_the_account(make_account: MakeAccount, database: Database) -> None:
    author = await make_account("old@example.org", "old author", password_hash=None, verified=False)
    assert not author.is_claimed
    async with database.write() as connection:
        assert await create_account(connection, "OLD@example.org", "Olga Dahl", password_hash="h") is None
        claimed = await reset_password(connection, author.id, "h", name="Olga Dahl")
    assert claimed.id == author.id
    assert (claimed.name, claimed.is_claimed, claimed.may_sign_in) == ("Olga Dahl", True, True)
    assert claimed.version == author.version + 1
    assert claimed.password_version == author.password_version + 1


async def test_verifying_twice_keeps_the_first_moment(make_account: MakeAccount, database: Database) -> None:
    account = await make_account(verified=False)
    async with database.write() as connection:
        first = await verify_account(connection, account.id)
        second = await verify_account(connection, account.id)
    assert first.verified_at is not None
    assert first.verified_at == second.verified_at
    assert first.version == account.version


async def test_profile_changes_what_is_given(make_account: MakeAccount, database: Database) -> None:
    account = await make_account()
    async with database.write() as connection:
        await update_profile(connection, account.id, job_title=" Ward nurse ", about="one\n\n\ntwo")
        changed = await update_profile(connection, account.id, organisation="North\x00gate", if_version=2)
        assert (changed.name, changed.job_title, changed.organisation) == ("Ann Baker", "Ward nurse", "Northgate")
        assert (changed.about, changed.version) == ("one\n\ntwo", 3)
        with pytest.raises(StaleAccount, match="changed elsewhere"):
            await update_profile(connection, account.id, name="Other", if_version=2)
        with pytest.raises(ValueError, match="at most 100"):
            await update_profile(connection, account.id, name="x" * 300)
        assert await get_account(connection, account.id) == changed


async def test_of_many_profile_changes_with_one_version_one_is_made(
    make_account: MakeAccount, database: Database
) -> None:
    account = await make_account()

    async def change(number: int) -> bool:
        try:
            async with database.write() as connection:
                await update_profile(connection, account.id, name=f"Ann {number}", if_version=1)
        except StaleAccount:
            return False
        return True

    await open_connections(database)
    assert sum(await asyncio.gather(*(change(number) for number in range(20)))) == 1


async def test_a_new_password_ends_the_other_sessions(make_account: MakeAccount, database: Database) -> None:
    account, other = await make_account(), await make_account("bob@example.org", "Bob")
    async with database.write() as connection:
        here, there = [await start_session(connection, account.id, "") for _ in range(2)]
        elsewhere = await start_session(connection, other.id, "")
        kept = await find_session(connection, here)
        assert kept is not None
        changed = await change_password(connection, account.id, "new", keep_session_id=kept[0].id)
        assert await find_session(connection, here) is not None
        assert await find_session(connection, there) is None
        await reset_password(connection, account.id, "newer")
        assert await find_session(connection, here) is None
        assert await find_session(connection, elsewhere) is not None
        credentials = await find_credentials(connection, "ann@example.org")
    assert changed.password_version == 2
    assert credentials is not None
    assert credentials.password_hash == "newer"


async def test_rehashing_never_undoes_a_change(make_account: MakeAccount, database: Database) -> None:
    account = await make_account(password_hash="old")
    async with database.write() as connection:
        await rehash_password(connection, account.id, "old", "old but stronger")
        await rehash_password(connection, account.id, "old", "never")
        credentials = await find_credentials(connection, "ann@example.org")
    assert credentials is not None
    assert (credentials.password_hash, credentials.account.password_version) == ("old but stronger", 1)


async def test_moving_to_a_taken_address_leaves_the_transaction_usable(
    make_account: MakeAccount, database: Database
) -> None:
    ann, bob = await make_account(), await make_account("bob@example.org", "Bob")
    async with database.write() as connection:
        with pytest.raises(EmailTaken):
            await change_email(connection, ann.id, "BOB@example.org")
        await update_profile(connection, ann.id, job_title="still here")
    async with database.write() as connection:
        assert (await get_account(connection, ann.id)).job_title == "still here"
        moved = await change_email(connection, ann.id, "Ann@New.example")
        assert await find_account_by_email(connection, "ann@example.org") is None
        assert await find_account_by_email(connection, "ann@new.example") == moved
        assert (await get_account(connection, bob.id)) == bob


async def test_fifty_move_to_one_address_and_one_arrives(make_account: MakeAccount, database: Database) -> None:
    people = [await make_account(f"p{number}@example.org", f"Person {number}") for number in range(20)]

    async def move(account_id: str) -> bool:
        async with database.write() as connection:
            try:
                await change_email(connection, account_id, "prize@example.org")
            except EmailTaken:
                return False
            return True

    await open_connections(database)
    assert sum(await asyncio.gather(*(move(person.id) for person in people))) == 1


@pytest.mark.parametrize("keep_name", [True, False])
async def test_closing_takes_everything_along(make_account: MakeAccount, database: Database, keep_name: bool) -> None:
    account = await make_account(site_administrator=True)
    async with database.write() as connection:
        await update_profile(connection, account.id, job_title="Nurse", organisation="Northgate", about="me")
        session = await start_session(connection, account.id, "")
        token, _ = await create_token(connection, account.id, "script")
        link = await issue_link(connection, account.id, LinkPurpose.RESET_PASSWORD, "ann@example.org")
        closed = await close_account(connection, account.id, keep_name=keep_name)
    async with database.write() as connection:
        assert closed.name == ("Ann Baker" if keep_name else FORMER_MEMBER)
        assert (closed.former_name_shown, closed.email, closed.has_password) == (keep_name, None, False)
        assert (closed.job_title, closed.organisation, closed.about) == ("", "", "")
        assert not closed.site_administrator
        assert not closed.may_sign_in
        assert await find_session(connection, session) is None
        assert await find_token(connection, token) is None
        with pytest.raises(LinkRefused) as refused:
            await read_link(connection, link, LinkPurpose.RESET_PASSWORD)
        assert refused.value.reason is LinkRefusal.UNKNOWN
        assert await find_credentials(connection, "ann@example.org") is None
        assert await get_account(connection, account.id) == closed
        for late in (lock_account(connection, account.id), close_account(connection, account.id, keep_name=True)):
            with pytest.raises(UnknownAccount):
                await late
        assert await create_account(connection, "ann@example.org", "Ann Again") is not None


async def test_suspended_people_are_out_and_may_come_back(make_account: MakeAccount, database: Database) -> None:
    account = await make_account()
    async with database.write() as connection:
        session = await start_session(connection, account.id, "")
        token, _ = await create_token(connection, account.id, "script")
        first = await suspend_account(connection, account.id)
        second = await suspend_account(connection, account.id)
        assert first.suspended_at == second.suspended_at is not None
        assert not second.may_sign_in
        assert await find_session(connection, session) is None
        assert await find_token(connection, token) is None
        back = await reinstate_account(connection, account.id)
        assert back.may_sign_in
        assert await find_session(connection, session) is None
        assert await find_token(connection, token) is not None


async def test_administration_is_given_and_taken(make_account: MakeAccount, database: Database) -> None:
    account = await make_account()
    async with database.write() as connection:
        assert (await set_site_administrator(connection, account.id, True)).site_administrator
        assert not (await set_site_administrator(connection, account.id, False)).site_administrator
