"""P5 and P9: with Redis or the database away, events are late at worst, and nothing is shown that cannot be checked."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from realtime.brokers import Wakeup
from tests.realtime.conftest import Stage, make_stage
from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer


@pytest.fixture
async def fragile(postgres_server: PostgresServer, own_redis: RedisServer) -> AsyncIterator[Stage]:
    """PostgreSQL with a Redis of its own, to be broken."""
    url = postgres_server.new_database()
    async for stage in make_stage(url, own_redis.url):
        yield stage
    postgres_server.drop_database(url)


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    yield server
    server.stop()


async def test_p5_with_redis_killed_events_are_six_seconds_late_at_most(fragile: Stage, own_redis: RedisServer) -> None:
    community = fragile.community
    board = await community.network("board")
    alice = await community.person("alice", board)
    reader = await fragile.read(await fragile.gateway(), alice)
    await community.post(board)
    await reader.event(board, 1, 2)
    own_redis.kill()
    await asyncio.sleep(0.3)
    began = time.monotonic()
    await community.post(board)
    assert time.monotonic() - began < 1, "no answer waits for Redis"
    await reader.event(board, 2, 6)


@pytest.mark.parametrize("accident", ["kill", "pause", "drop"])
async def test_p5_after_redis_is_back_the_heads_are_compared_at_once(
    fragile: Stage, own_redis: RedisServer, accident: str
) -> None:
    community = fragile.community
    board = await community.network("board")
    alice = await community.person("alice", board)
    reader = await fragile.read(await fragile.gateway(head_check_seconds=60), alice)
    if accident == "drop":
        own_redis.drop_connections()
    elif accident == "kill":
        own_redis.kill()
    else:
        own_redis.pause()
        await asyncio.sleep(1.2)  # until it is noticed that nothing answers
    await community.post(board)
    await asyncio.sleep(0.2)
    if accident == "kill":
        own_redis.start()
    elif accident == "pause":
        own_redis.resume()
    await reader.event(board, 1, 4)
    await community.post(board)
    await reader.event(board, 2, 4)


async def test_p5_wakeups_that_are_forged_do_no_harm(stage: Stage) -> None:
    community = stage.community
    board = await community.network("board")
    alice = await community.person("alice", board)
    reader = await stage.read(await stage.gateway(head_check_seconds=60), alice)
    await stage.broker.publish([Wakeup(board, 2**60), Wakeup("network:none", 5), Wakeup("account:alice", 0)])
    await asyncio.sleep(0.1)
    assert reader.all_events(board) == []
    for number in range(1, 6):
        await community.post(board)
        await stage.broker.publish([Wakeup(board, 2**60 + number)])
        await reader.event(board, number, 2)
    assert len(reader.all_events(board)) == 5


async def test_p9_posts_in_one_process_need_no_redis(fragile: Stage, own_redis: RedisServer) -> None:
    """A process hears its own posts at once, whatever happens to Redis."""
    community = fragile.community
    board = await community.network("board")
    alice = await community.person("alice", board)
    reader = await fragile.read(await fragile.gateway(head_check_seconds=60), alice)
    own_redis.kill()
    community.broker = fragile.brokers[-1]  # the gateway's own
    await community.post(board)
    await reader.event(board, 1, 2)


async def test_p8_a_gateway_that_cannot_read_says_so_and_sends_no_content(
    own_postgres: PostgresServer, redis_url: str
) -> None:
    async for stage in make_stage(own_postgres.new_database(), redis_url):
        community = stage.community
        board = await community.network("board")
        alice = await community.person("alice", board)
        served = await stage.gateway(
            blind_seconds=1.0, head_check_seconds=0.2, tick_seconds=0.05, read_seconds=0.5, longest_retry_seconds=0.2
        )
        reader = await stage.read(served, alice)
        await community.post(board)
        await reader.event(board, 1)
        own_postgres.pause()
        posting = asyncio.create_task(community.post(board))
        await reader.frame("ping", 5, degraded=True)
        assert served.gateway.degraded
        await reader.say(type="fetch", id=1, stream=board, after=0)
        assert (await reader.frame("error", 5, id=1))["code"] == "rate"
        events = len(reader.all_events(board))
        await asyncio.sleep(0.5)
        assert len(reader.all_events(board)) == events == 1
        assert reader.close_code is None, "sockets stay open"
        own_postgres.resume()
        await posting
        await reader.frame("ping", 5, degraded=False)
        await reader.event(board, 2, 5)
        assert not served.gateway.degraded


async def test_p9_a_database_that_is_killed_and_comes_back_loses_nothing(
    own_postgres: PostgresServer, redis_url: str
) -> None:
    async for stage in make_stage(own_postgres.new_database(), redis_url):
        community = stage.community
        board = await community.network("board")
        alice = await community.person("alice", board)
        served = await stage.gateway(head_check_seconds=0.3)
        reader = await stage.read(served, alice)
        await community.posts(board, 5)
        await reader.event(board, 5)
        own_postgres.kill()
        await asyncio.sleep(0.5)
        own_postgres.start()
        posted = 0
        while posted < 5:
            try:
                await community.post(board)
                posted += 1
            except Exception:
                await asyncio.sleep(0.1)  # connections of the dead server are found one by one
        head = await community.head(board)
        await reader.event(board, head)
        assert reader.places[board].seqs == list(range(1, head + 1))
        assert reader.close_code is None
