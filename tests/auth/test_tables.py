"""The tables themselves: what the database refuses, whatever the code above it does."""

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from auth.tables import accounts, links, sessions, tokens
from forum.database import Database
from ground.columns import new_id, now


async def test_an_open_account_has_an_address(database: Database) -> None:
    row = {"id": new_id(), "name": "Ann", "created_at": now()}
    with pytest.raises(IntegrityError):
        async with database.write() as connection:
            await connection.execute(insert(accounts).values(row))
    async with database.write() as connection:
        await connection.execute(insert(accounts).values(row | {"closed_at": now()}))


@pytest.mark.parametrize("table", [sessions, tokens, links])
async def test_what_opens_an_account_belongs_to_one(database: Database, table) -> None:  # type: ignore[no-untyped-def]
    chosen = {"id": new_id(), "token_hash": "0" * 64, "account_id": new_id(), "created_at": now(), "expires_at": now()}
    chosen |= {"seen_at": now(), "user_agent": "", "label": "", "purpose": "", "address": "", "password_version": 1}
    values = {name: value for name, value in chosen.items() if name in table.c}
    with pytest.raises(IntegrityError):
        async with database.write() as connection:
            await connection.execute(insert(table).values(values))
