"""The servers themselves: real, separate, and gone when the tests are."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import asyncpg
import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer
from tests.servers.shapes import Shape

ROOT = Path(__file__).parents[2]
_START_BOTH = """
import time
from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer
postgres, redis = PostgresServer(), RedisServer()
print(postgres._child.pid, redis._child.pid, flush=True)
time.sleep(60)
"""


async def _connect(url: str) -> asyncpg.Connection:
    return await asyncpg.connect(url.replace("+asyncpg", ""))


async def test_each_new_database_is_empty_and_apart(postgres_server: PostgresServer, fresh_postgres_url: str) -> None:
    connection = await _connect(fresh_postgres_url)
    await connection.execute("CREATE TABLE mark (word text)")
    await connection.close()
    other = postgres_server.new_database()
    connection = await _connect(other)
    assert await connection.fetchval("SELECT to_regclass('mark')") is None
    await connection.close()
    postgres_server.drop_database(other)


async def test_template_is_filled_once_and_copied(postgres_server: PostgresServer) -> None:
    calls: list[str] = []
    for _ in range(2):
        name = postgres_server.make_template("template_of_test", calls.append)
    url = postgres_server.new_database(name)
    assert len(calls) == 1
    assert url != calls[0]
    postgres_server.drop_database(url)


async def test_postgres_keeps_what_was_committed_through_a_kill() -> None:
    server = PostgresServer(fsync=True)
    try:
        url = server.new_database()
        connection = await _connect(url)
        assert await connection.fetchval("SHOW fsync") == "on"
        await connection.execute("CREATE TABLE mark AS SELECT 'kept' AS word")
        server.kill()
        connection.terminate()
        server.start()
        connection = await _connect(url)
        assert await connection.fetchval("SELECT word FROM mark") == "kept"
        await connection.close()
    finally:
        server.stop()


async def test_postgres_can_be_paused() -> None:
    server = PostgresServer()
    try:
        connection = await _connect(server.new_database())
        server.pause()
        with pytest.raises(TimeoutError):
            await connection.fetchval("SELECT 1", timeout=0.3)
        server.resume()
        connection.terminate()
        connection = await _connect(server.url("postgres"))
        assert await connection.fetchval("SELECT 1") == 1
        await connection.close()
    finally:
        server.stop()


async def test_redis_can_be_killed_paused_and_brought_back(own_redis: RedisServer) -> None:
    async with Redis.from_url(own_redis.url, socket_timeout=0.3, retry=None) as client:
        await client.set("word", "there")
        own_redis.pause()
        with pytest.raises(RedisError):
            await client.get("word")
        own_redis.resume()
        assert await client.get("word") == b"there"
        own_redis.kill()
        with pytest.raises(RedisError):
            await client.get("word")
        own_redis.start()
        assert await client.get("word") is None


async def test_shape_is_empty_each_time(shape: Shape) -> None:
    if shape.redis_url is None:
        assert shape.database_url.startswith("sqlite+aiosqlite:///")
        assert list(shape.data_dir.iterdir()) == []
        return
    async with Redis.from_url(shape.redis_url) as client:
        assert await client.dbsize() == 0
        await client.set("left", "behind")
    connection = await _connect(shape.database_url)
    assert await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
    await connection.close()


def test_servers_die_with_us_even_when_we_are_killed() -> None:
    """The kernel ends them: nothing of ours had a chance to."""
    with tempfile.TemporaryDirectory(prefix="confer-orphans-") as folder:
        Path(folder).chmod(0o755)  # the database's user must reach its own folder inside
        process = subprocess.Popen(
            [sys.executable, "-c", _START_BOTH],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            env={"TMPDIR": folder, "PATH": os.environ["PATH"]},
        )
        assert process.stdout is not None
        pids = [int(word) for word in process.stdout.readline().split()]
        process.kill()
        process.communicate()
        deadline = time.monotonic() + 10
        while any(_alive(pid) for pid in pids) and time.monotonic() < deadline:
            time.sleep(0.05)
    assert len(pids) == 2
    assert not [pid for pid in pids if _alive(pid)]


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False
