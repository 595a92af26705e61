"""Accounts that wait for their owner, and what changes along with a person."""

import asyncio

from pydantic import SecretStr
from sqlalchemy import select

from auth.accounts import Account, create_account, find_account
from auth.links import LinkPurpose, LinkRefused, issue_link
from forum.accounts import commands
from forum.accounts.inputs import Claim, NewAccount, ProfileChange
from forum.state import State
from forum.streams import account_stream
from forum.tables import site
from forum.viewer import viewer_of_account
from realtime.tables import events, outbox, streams

HASH = "$argon2id$not-a-real-one"
NEW = NewAccount(email="ama@example.org", name="Somebody Else", password=SecretStr("seven kettles under the bridge"))


async def letters(state: State) -> list[str]:
    async with state.database.read() as connection:
        references = await connection.scalars(select(outbox.c.reference).order_by(outbox.c.id))
        return [reference["letter"] for reference in references]


async def people_version(state: State) -> int:
    async with state.database.read() as connection:
        return int(await connection.scalar(select(site.c.people_version)) or 0)


async def imported(state: State) -> Account:
    """An author from an archive, who never came here."""
    async with state.transaction() as tx:
        account = await create_account(tx.connection, NEW.email, "Ama B.")
    assert account is not None
    return account


async def account_now(state: State, account_id: str) -> Account:
    async with state.database.read() as connection:
        account = await find_account(connection, account_id)
    assert account is not None
    return account


async def test_registering_an_imported_author_changes_nothing_before_the_mail_is_read(state: State) -> None:
    author = await imported(state)
    async with state.transaction() as tx:
        await commands.register(tx, NEW, HASH)
    kept = await account_now(state, author.id)
    assert (kept.name, kept.verified_at, kept.version) == (author.name, None, author.version)
    assert await letters(state) == ["verify_email"]
    for _ in range(2):  # whose password the first one was is not known any more, nor is whose a later one is
        async with state.transaction() as tx:
            await commands.register(tx, NEW, HASH)
        assert not (await account_now(state, author.id)).has_password
    assert await letters(state) == ["verify_email", "claim_account", "claim_account"]


async def test_author_takes_over_what_they_wrote(state: State) -> None:
    author, before = await imported(state), await people_version(state)
    async with state.transaction() as tx:
        secret = await issue_link(tx.connection, author.id, LinkPurpose.CLAIM_ACCOUNT, NEW.email)
    claim = Claim(name="Ama Boateng", password=NEW.password)

    async def take_over() -> bool:
        try:
            async with state.transaction() as tx:
                await commands.claim_account(tx, secret, claim, HASH)
        except LinkRefused:
            return False
        return True

    assert sorted(await asyncio.gather(*(take_over() for _ in range(8)))) == [False] * 7 + [True]
    account = await account_now(state, author.id)
    assert (account.id, account.name, account.may_sign_in) == (author.id, "Ama Boateng", True)
    assert await people_version(state) == before + 1
    async with state.database.read() as connection:
        assert await connection.scalar(select(streams.c.head).where(streams.c.name == account_stream(author.id))) == 0


async def test_fifty_registrations_at_once_make_one_account(state: State) -> None:
    async def register() -> None:
        async with state.transaction() as tx:
            await commands.register(tx, NEW, HASH)

    await asyncio.gather(*(register() for _ in range(50)))
    sent = await letters(state)
    assert (sent.count("verify_email"), sent.count("claim_account")) == (1, 49)


async def test_change_of_a_profile_makes_posts_anew(state: State) -> None:
    async with state.transaction() as tx:
        account = await create_account(tx.connection, NEW.email, "Ama", password_hash=HASH, verified=True)
        assert account is not None
        await tx.create_stream(account_stream(account.id))
    before, viewer = await people_version(state), await viewer_of_account(state.database, account.id)
    assert viewer is not None
    async with state.transaction() as tx:
        changed = await commands.change_profile(tx, viewer, ProfileChange(job_title="Midwife"))
    assert (changed.version, changed.job_title, changed.name) == (account.version + 1, "Midwife", "Ama")
    assert await people_version(state) == before + 1


async def test_sessions_that_end_are_told_with_their_rights_asked_anew(state: State) -> None:
    async with state.transaction() as tx:
        account = await create_account(tx.connection, NEW.email, "Ama", password_hash=HASH, verified=True)
        assert account is not None
        await tx.create_stream(account_stream(account.id))
    viewer = await viewer_of_account(state.database, account.id)
    assert viewer is not None
    async with state.transaction() as tx:
        await commands.change_own_password(tx, viewer, HASH, with_tokens=False)
    async with state.database.read() as connection:
        (event,) = (await connection.execute(select(events.c.kind, events.c.authz_version))).all()
    assert tuple(event) == ("session.ended", 1)
