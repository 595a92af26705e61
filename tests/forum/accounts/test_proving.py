"""A password that was proved lets nobody in once it is another one."""

import pytest

from auth.accounts import create_account, reset_password
from forum.accounts.proving import Proven, hold_proven
from forum.errors import WrongPassword
from forum.state import State


async def test_what_was_proved_before_a_reset_opens_nothing_after_it(state: State) -> None:
    async with state.transaction() as tx:
        account = await create_account(tx.connection, "ama@example.org", "Ama", password_hash="old", verified=True)
        assert account is not None
    proven = Proven(account, "old", None)
    async with state.transaction() as tx:
        await hold_proven(tx, proven)
        await reset_password(tx.connection, account.id, "new")
    with pytest.raises(WrongPassword):
        async with state.transaction() as tx:
            await hold_proven(tx, proven)
