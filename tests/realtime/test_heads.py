"""No server serves an older copy of a database by mistake."""

import asyncio
import json
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import text

from forum.database import open_database
from forum.migrate import migrate
from forum.settings import Settings
from realtime.brokers.memory import MemoryBroker
from realtime.brokers.redis import RedisBroker
from realtime.heads import FILE, DatabaseIsBehind, HeadsKeeper, parse
from realtime.tables import streams
from tests.servers.confer import ConferServer


def _happen(server: ConferServer) -> None:
    """Something that is told to a stream."""
    person = server.person("Ines Carvalho")
    with httpx2.Client(base_url=f"{server.url}/api/v1", headers=person.bearer, trust_env=False) as client:
        network = client.post("/networks", json={"name": "Night board", "access": "closed", "purpose": "Nights."})
        assert network.status_code == 201, network.text
        thread = {"title": "Who covers?", "body": "Tell us."}
        assert client.post(f"/networks/{network.json()['slug']}/threads", json=thread).status_code == 201


async def _go_back(server: ConferServer) -> None:
    """What a restored backup does: some events never happened."""
    settings = Settings(data_dir=server.data_dir, database_url=server.environment["DATABASE_URL"], secret_key="k" * 40)
    database = open_database(settings.database)
    async with database.write() as connection:
        await connection.execute(streams.update().where(streams.c.head > 0).values(head=streams.c.head - 1))
    await database.dispose()


def test_an_older_copy_is_not_served_until_one_says_so(own_server: ConferServer) -> None:
    _happen(own_server)
    own_server.stop()
    kept = json.loads((own_server.data_dir / FILE).read_text())
    assert kept["events"] > 0
    own_server.start()
    own_server.stop()
    asyncio.run(_go_back(own_server))
    with pytest.raises(RuntimeError, match=r"forum epoch --renew"):
        own_server.start()
    own_server.command("epoch", "--renew")
    own_server.start()
    own_server.stop()
    assert json.loads((own_server.data_dir / FILE).read_text())["epoch"] != kept["epoch"]


def test_redis_remembers_where_the_folder_is_new(own_server: ConferServer) -> None:
    if not own_server.environment["REDIS_URL"]:
        pytest.skip("there is no Redis in this shape; the folder is the database's own")
    _happen(own_server)
    own_server.stop()
    (own_server.data_dir / FILE).unlink()
    asyncio.run(_go_back(own_server))
    with pytest.raises(RuntimeError, match=r"Redis remembers"):
        own_server.start()


async def test_an_earlier_epoch_is_behind_whatever_its_numbers(database_url: str, tmp_path: Path) -> None:
    database = open_database(database_url)
    await migrate(database)
    keeper = HeadsKeeper(database, MemoryBroker(), tmp_path)
    await keeper.check()
    await keeper.keep()
    kept = json.loads((tmp_path / FILE).read_text())
    (tmp_path / FILE).write_text(json.dumps({**kept, "epoch": "other", "begun": "2999-01-01T00:00:00.000000Z"}))
    with pytest.raises(DatabaseIsBehind):
        await keeper.check()
    (tmp_path / FILE).write_text(json.dumps({**kept, "epoch": "other", "begun": "2001-01-01T00:00:00.000000Z"}))
    await keeper.check()
    await database.dispose()


async def test_what_is_remembered_never_goes_back(sqlite_url: str, tmp_path: Path) -> None:
    database = open_database(sqlite_url)
    await migrate(database)
    async with database.write() as connection:
        await connection.execute(text("INSERT INTO streams (name, head, authz_version) VALUES ('network:1', 7, 0)"))
    keeper = HeadsKeeper(database, MemoryBroker(), tmp_path)
    await keeper.keep()
    async with database.write() as connection:
        await connection.execute(text("UPDATE streams SET head = 5"))
    await keeper.keep()
    assert json.loads((tmp_path / FILE).read_text())["events"] == 7
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
    await database.dispose()


@pytest.mark.parametrize(
    "nonsense", [None, b"", b"[]", b"{}", b'{"epoch": 1}', b'{"epoch":"e","begun":"b","events":"x"}', b"\xff"]
)
def test_what_is_not_ours_is_passed_over(nonsense: bytes | None) -> None:
    assert parse(nonsense) is None


async def test_a_redis_that_is_away_stops_nobody() -> None:
    broker = RedisBroker("redis://127.0.0.1:1/0")
    assert await broker.recall(FILE) is None
    await broker.stop()
