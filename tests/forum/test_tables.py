"""Two laws that the schema keeps, whoever writes: an audience has one stream, and no event is without a stream."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from auth.accounts import create_account
from forum.database import Database, open_database
from ground.columns import new_id
from tests.servers.shapes import Shape


@pytest.fixture
async def database(migrated_shape: Shape) -> AsyncIterator[Database]:
    """The migrated schema on each kind of database, with one person and one network's streams."""
    opened = open_database(migrated_shape.database_url)
    yield opened
    await opened.dispose()


async def attempt(database: Database, statement: str, **values: object) -> None:
    """One statement of plain SQL in a transaction of its own."""
    async with database.write() as connection:
        await connection.execute(text(statement), values)


_NETWORK = """INSERT INTO networks (id, slug, name, purpose, access, stream, moderators_stream, created_at, created_by)
VALUES ({id}, :slug, 'N', 'P', 'closed', :stream, :moderators, {now}, {by})"""


async def make_streams(database: Database, *names: str) -> None:
    for name in names:
        await attempt(database, "INSERT INTO streams (name) VALUES (:name)", name=name)


async def make_network(database: Database, network_id: str, by: str, stream: str, moderators: str) -> None:
    is_postgres = database.dialect == "postgresql"
    quoted = {
        name: f"'{value}'::uuid" if is_postgres else f"'{value}'" for name, value in (("id", network_id), ("by", by))
    }
    statement = _NETWORK.format(**quoted, now="now()" if is_postgres else "'2026-01-01T00:00:00.000000Z'")
    await attempt(database, statement, slug=new_id(), stream=stream, moderators=moderators)


async def test_an_audience_has_one_stream(database: Database) -> None:
    async with database.write() as connection:
        account = await create_account(connection, "ada@example.org", "Ada", verified=True)
    assert account is not None
    one, other = new_id(), new_id()
    names = {kind: [f"{kind}:{each}" for each in (one, other)] for kind in ("network", "moderators")}
    await make_streams(database, *names["network"], *names["moderators"], f"account:{account.id}")
    with pytest.raises(IntegrityError):
        await make_streams(database, names["network"][0])  # a second stream of the same audience
    wrong = [
        (names["network"][1], names["moderators"][0]),  # another network's stream
        (names["moderators"][0], names["network"][0]),  # members would hear what is for moderators
        (names["moderators"][0], names["moderators"][0]),
        (f"account:{account.id}", names["moderators"][0]),
        (names["network"][0], names["moderators"][1]),
    ]
    for stream, moderators in wrong:
        with pytest.raises(IntegrityError):
            await make_network(database, one, account.id, stream, moderators)
    missing = new_id()
    with pytest.raises(IntegrityError):
        await make_network(database, missing, account.id, f"network:{missing}", f"moderators:{missing}")
    await make_network(database, one, account.id, names["network"][0], names["moderators"][0])
    with pytest.raises(IntegrityError):
        await attempt(database, "UPDATE networks SET stream = :stream", stream=names["network"][1])


async def test_an_event_without_a_stream_cannot_be_written(database: Database) -> None:
    await make_streams(database, "network:a")
    moment = "now()" if database.dialect == "postgresql" else "'2026-01-01T00:00:00.000000Z'"
    event = f"""INSERT INTO events (stream, seq, kind, object_id, object_version, authz_version, created_at)
    VALUES (:stream, :seq, 'post.created', '1', 1, 0, {moment})"""
    await attempt(database, event, stream="network:a", seq=1)
    for stream, seq in (("network:b", 1), (None, 1), ("network:a", 1), ("network:a", 0)):
        with pytest.raises(IntegrityError):
            await attempt(database, event, stream=stream, seq=seq)
    for statement in ("DELETE FROM streams WHERE name = 'network:a'", "UPDATE streams SET name = 'network:b'"):
        with pytest.raises(IntegrityError):
            await attempt(database, statement)  # nor does an event lose its stream
    with pytest.raises(IntegrityError):
        await attempt(database, "UPDATE events SET stream = 'network:b'")
