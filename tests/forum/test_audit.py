"""The audit log is a chain: what is written is verified, and whatever is done to it afterwards is told with its row."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, insert, select, text, update

from auth.accounts import create_account
from forum.audit import SITE, Deed, canonical, find_broken, forget_person, record, seal_of
from forum.database import Database, open_database
from forum.tables import audit_chains, audit_rows, audit_words
from ground.columns import new_id, now
from realtime.brokers.memory import MemoryBroker
from realtime.transaction import transaction
from tests.servers.shapes import Shape

ROWS = 6


@pytest.fixture
async def database(migrated_shape: Shape) -> AsyncIterator[Database]:
    """The migrated schema on each kind of database."""
    opened = open_database(migrated_shape.database_url)
    yield opened
    await opened.dispose()


async def person(database: Database, name: str) -> str:
    async with database.write() as connection:
        made = await create_account(connection, f"{new_id()}@example.org", name, verified=True)
    assert made is not None
    return made.id


async def write(database: Database, *deeds: Deed) -> None:
    async with transaction(database, MemoryBroker()) as tx:
        for deed in deeds:
            await record(tx, deed)


def deed(number: int, network_id: str | None = None, **more: object) -> Deed:
    values = {"actor_id": None, "after": {"number": number}, "reason": f"Reason {number}"} | more
    return Deed("network.changed", "network", network_id or new_id(), network_id, **values)  # type: ignore[arg-type]


async def troubles(database: Database) -> list[str]:
    async with database.read() as connection:
        return [trouble async for trouble in find_broken(connection)]


async def attempt(database: Database, *statements: object) -> list[str]:
    """What is told once these were done to the tables; then it is all as it was before."""
    async with database.read() as connection:
        tables = (audit_chains, audit_rows, audit_words)
        kept = [(table, [row._asdict() for row in await connection.execute(select(table))]) for table in tables]
    async with database.write() as connection:
        for statement in statements:
            await connection.execute(statement)  # type: ignore[call-overload]
    found = await troubles(database)
    async with database.write() as connection:
        for table, _ in reversed(kept):
            await connection.execute(table.delete())
        for table, rows in kept:
            await connection.execute(insert(table), rows)
    assert await troubles(database) == []
    return found


async def test_what_is_written_is_whole_and_in_order(database: Database) -> None:
    amara, gareth = await person(database, "Amara Okafor"), await person(database, "Gareth Williams")
    network = new_id()
    await write(database, deed(1, network, actor_id=amara, subject_id=gareth), deed(2), deed(3, network))
    assert await troubles(database) == []
    async with database.read() as connection:
        rows = (await connection.execute(select(audit_rows).order_by(audit_rows.c.chain, audit_rows.c.number))).all()
        said = (await connection.execute(select(audit_words).where(audit_words.c.row_id == rows[0].id))).all()
    assert sorted((row.chain == SITE, row.number) for row in rows) == [(False, 1), (False, 2), (True, 1)]
    words = {word.name: word.word for word in said}
    if rows[0].chain == network:
        assert words == {"actor": "Amara Okafor", "subject": "Gareth Williams", "reason": "Reason 1"}
    assert all("Amara" not in str(row) and "Reason" not in str(row) for row in rows)


async def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    async def fail() -> None:
        async with transaction(database, MemoryBroker()) as tx:
            await record(tx, deed(1))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(audit_rows)) == 0


async def test_twenty_writers_make_one_chain_and_do_not_wait_for_each_other_for_ever(database: Database) -> None:
    one, other = new_id(), new_id()
    both = [(deed(number, one), deed(number, other), deed(number)) for number in range(20)]
    turned = [deeds if number % 2 else deeds[::-1] for number, deeds in enumerate(both)]
    await asyncio.gather(*(write(database, *deeds) for deeds in turned))
    assert await troubles(database) == []
    async with database.read() as connection:
        heads = {row.name: row.head for row in await connection.execute(select(audit_chains))}
    assert heads == {one: 20, other: 20, SITE: 20}


async def test_whatever_is_changed_is_told_with_its_row(database: Database) -> None:
    chain = new_id()
    for number in range(1, ROWS + 1):
        await write(database, deed(number, chain, actor_id=new_id(), before={"number": 0}))
    changed: dict[str, object] = {
        "act": "network.changes",
        "role": "x",
        "object_kind": "networks",
        "object_id": new_id(),
        "actor_id": new_id(),
        "subject_id": new_id(),
        "at": now(),
        "before": '{"number":1}',
        "after": '{"number": 4}',
        "words": "{}",
        "seal": "0" * 64,
    }
    this = (audit_rows.c.chain == chain) & (audit_rows.c.number == 4)
    for column, value in changed.items():
        found = await attempt(database, update(audit_rows).where(this).values({column: value}))
        assert len(found) == 1, (column, found)
        assert chain in found[0], (column, found)
        assert "row 4 " in found[0], (column, found)


async def test_what_is_taken_out_put_in_or_exchanged_is_told(database: Database) -> None:
    chain = new_id()
    for number in range(1, ROWS + 1):
        await write(database, deed(number, chain))
    await write(database, deed(1))
    here = audit_rows.c.chain == chain
    words_of = audit_words.c.row_id.in_(select(audit_rows.c.id).where(here, audit_rows.c.number == 3))
    out = (audit_words.delete().where(words_of), audit_rows.delete().where(here, audit_rows.c.number == 3))
    (told,) = await attempt(database, *out)
    assert "row 3 is missing" in told
    closed = update(audit_rows).where(here, audit_rows.c.number > 3).values(number=audit_rows.c.number - 1)
    shorter = update(audit_chains).where(audit_chains.c.name == chain).values(head=ROWS - 1)
    if database.dialect == "sqlite":  # PostgreSQL looks at each row on its way, and refuses
        (told,) = await attempt(database, *out, closed, shorter)
        assert "row 3 was changed" in told
    last = audit_rows.c.number == ROWS
    words_of = audit_words.c.row_id.in_(select(audit_rows.c.id).where(here, last))
    cut = (audit_words.delete().where(words_of), audit_rows.delete().where(here, last))
    (told,) = await attempt(database, *cut)
    assert f"row {ROWS} is missing" in told
    (told,) = await attempt(database, *cut, shorter)
    assert f"row {ROWS - 1} is not the one that was written last" in told
    async with database.read() as connection:
        first = (await connection.execute(select(audit_rows).where(here, audit_rows.c.number == 1))).one()._asdict()
    more = first | {"id": new_id(), "number": ROWS + 1}
    (told,) = await attempt(database, insert(audit_rows).values(more))
    assert f"row {ROWS + 1} was " in told
    longer = update(audit_chains).where(audit_chains.c.name == chain).values(head=ROWS + 1)
    (told,) = await attempt(database, insert(audit_rows).values(more), longer)
    assert f"row {ROWS + 1} was changed" in told


async def test_words_may_be_emptied_and_never_changed(database: Database) -> None:
    chain = new_id()
    await write(database, deed(1, chain), deed(2, chain, names={"address": "a@example.org"}))
    second = audit_words.c.row_id.in_(select(audit_rows.c.id).where(audit_rows.c.number == 2))
    assert await attempt(database, audit_words.delete()) == []
    assert await attempt(database, audit_words.delete().where(audit_words.c.name == "reason")) == []
    assert await attempt(database, update(audit_words).where(second).values(word="", salt="")) == []
    for values in ({"word": "Reason 3"}, {"word": ""}, {"salt": "0" * 32}, {"name": "other"}):
        one = second & (audit_words.c.name == "reason")
        (told,) = await attempt(database, update(audit_words).where(one).values(values))
        assert "the words of row 2 were changed" in told


async def test_who_is_forgotten_goes_from_the_words_and_from_nothing_else(database: Database) -> None:
    amara, gareth = await person(database, "Amara Okafor"), await person(database, "Gareth Williams")
    chain = new_id()
    await write(
        database,
        deed(1, chain, actor_id=amara, subject_id=gareth),
        deed(2, chain, actor_id=gareth, subject_id=amara),
        deed(3, chain, actor_id=amara, names={"address": "Gareth@example.org"}),
    )
    async with transaction(database, MemoryBroker()) as tx:
        await forget_person(tx, gareth, "gareth@EXAMPLE.org")
    assert await troubles(database) == []
    async with database.read() as connection:
        joined = audit_words.join(audit_rows, audit_rows.c.id == audit_words.c.row_id)
        asked = select(audit_rows.c.number, audit_words.c.name).select_from(joined).where(audit_words.c.word != "")
        kept = {tuple(row) for row in await connection.execute(asked)}
        salts = set(await connection.scalars(select(audit_words.c.salt).where(audit_words.c.word == "")))
    assert kept == {(1, "actor"), (2, "subject"), (2, "reason"), (3, "actor"), (3, "reason")}
    assert salts == {""}


async def test_what_cannot_be_read_is_told(database: Database) -> None:
    """One byte of the file: on SQLite anything may stand in a column."""
    if database.dialect != "sqlite":
        return
    chain = new_id()
    for number in range(1, ROWS + 1):
        await write(database, deed(number, chain))
    spoilt = text("UPDATE audit_rows SET at = replace(at, ':', ';') WHERE number = 5")
    (told,) = await attempt_once(database, spoilt)
    assert "row 5 can't be read" in told


async def attempt_once(database: Database, statement: object) -> list[str]:
    async with database.write() as connection:
        await connection.execute(statement)  # type: ignore[call-overload]
    return await troubles(database)


async def test_a_seal_can_be_worked_out_by_others(database: Database) -> None:
    """Ten lines in any language: what a row says as JSON with its keys in order, after the seal before it."""
    chain = new_id()
    await write(database, deed(1, chain), deed(2, chain))
    async with database.read() as connection:
        rows = (await connection.execute(select(audit_rows).order_by(audit_rows.c.number))).all()
    seal = ""
    for row in rows:
        said = {name: value for name, value in row._asdict().items() if name != "seal"}
        said["at"] = said["at"].strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        line = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert seal_of(row._asdict(), seal) == hashlib.sha256(f"{seal}\n{line}".encode()).hexdigest()
        seal = row.seal
    assert canonical({"b": 1, "a": "é"}) == '{"a":"é","b":1}'
