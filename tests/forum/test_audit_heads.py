"""A chain whose newest rows were cut off together with its head: told by what the site's chain took down of it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from forum.audit import SITE, Deed, find_broken, record
from forum.audit_heads import find_cut, keep_heads
from forum.database import Database, open_database
from forum.tables import audit_chains, audit_heads, audit_rows
from ground.columns import new_id, now
from realtime.brokers.memory import MemoryBroker
from realtime.transaction import transaction
from tests.servers.shapes import Shape


@pytest.fixture
async def database(migrated_shape: Shape) -> AsyncIterator[Database]:
    """The migrated schema on each kind of database."""
    opened = open_database(migrated_shape.database_url)
    yield opened
    await opened.dispose()


async def write(database: Database, chain: str, count: int) -> None:
    async with transaction(database, MemoryBroker()) as tx:
        for _ in range(count):
            await record(tx, Deed("network.changed", "network", chain, None if chain == SITE else chain))


async def keep(database: Database) -> int:
    async with transaction(database, MemoryBroker()) as tx:
        return await keep_heads(tx)


async def troubles(database: Database) -> tuple[list[str], list[str]]:
    """What the chains tell by themselves, and what was kept of them."""
    async with database.read() as connection:
        broken = [trouble async for trouble in find_broken(connection)]
        return broken, [trouble async for trouble in find_cut(connection)]


async def cut(database: Database, chain: str, last: int) -> None:
    """Off with the rows after this one, and the head set back so that the chain holds."""
    async with database.write() as connection:
        await connection.execute(delete(audit_rows).where(audit_rows.c.chain == chain, audit_rows.c.number > last))
        seal = select(audit_rows.c.seal).where(audit_rows.c.chain == chain, audit_rows.c.number == last)
        values = {"head": last, "seal": func.coalesce(seal.scalar_subquery(), "")}
        await connection.execute(update(audit_chains).where(audit_chains.c.name == chain).values(**values))


async def test_what_was_cut_off_with_its_head_is_told(database: Database) -> None:
    chain, other = new_id(), new_id()
    await write(database, chain, 3)
    await write(database, other, 2)
    assert await keep(database) == 2
    assert await keep(database) == 0  # nothing has grown
    await write(database, chain, 1)
    async with transaction(database, MemoryBroker()) as tx:
        assert await keep_heads(tx, unless_since=now() - timedelta(hours=1)) == 0  # done a moment ago
    assert await troubles(database) == ([], [])
    await cut(database, chain, 3)  # row 4 was never kept: nobody can tell
    assert await troubles(database) == ([], [])
    await cut(database, chain, 2)
    broken, found = await troubles(database)
    assert broken == []  # by itself the chain holds
    assert len(found) == 1
    assert f"network {chain} was cut off or written anew: row 3" in found[0]
    await write(database, chain, 2)  # written anew since
    assert "row 3" in (await troubles(database))[1][0]


async def test_the_sites_chain_and_what_it_kept_are_told_too(database: Database) -> None:
    chain = new_id()
    await write(database, SITE, 2)
    await write(database, chain, 1)
    await keep(database)
    await cut(database, SITE, 2)
    broken, found = await troubles(database)
    assert broken == []
    assert found == ["The audit log of the site was cut off: a row that took down where other logs stood is missing."]


@pytest.mark.parametrize("way", ["changed", "gone"])
async def test_what_was_kept_can_not_be_changed_either(database: Database, way: str) -> None:
    chain = new_id()
    await write(database, chain, 3)
    await keep(database)
    await cut(database, chain, 2)
    async with database.write() as connection:
        if way == "gone":
            await connection.execute(delete(audit_heads))
        else:
            seal = select(audit_rows.c.seal).where(audit_rows.c.chain == chain, audit_rows.c.number == 2)
            await connection.execute(update(audit_heads).values(number=2, seal=seal.scalar_subquery()))
    broken, found = await troubles(database)
    assert broken == []
    assert len(found) == 1
    assert "took down of other logs" in found[0]
