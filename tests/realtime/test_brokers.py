"""One contract over both brokers, and what only Redis can do: be away, come back, and carry rubbish."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable

import pytest
from redis.asyncio import Redis

from forum.database import Database
from realtime.brokers import Broker, Ear, Heard, Note, Wakeup
from realtime.brokers.memory import MemoryBroker
from realtime.brokers.redis import RedisBroker, RedisTimes, parse_note, parse_wakeups
from realtime.transaction import PUBLISH_SECONDS, transaction
from tests.realtime.community import PostCreated
from tests.servers.redis import RedisServer

QUICK = RedisTimes(ping=0.2, answer=0.3, first_retry=0.02, longest_retry=0.2)


async def until(condition: Callable[[], bool], seconds: float = 5) -> None:
    give_up = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up
        await asyncio.sleep(0.01)


@pytest.fixture(params=["memory", "redis"])
async def pair(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Broker, Broker]]:
    """The brokers of two processes; in memory there is only one process."""
    if request.param == "memory":
        broker = MemoryBroker()
        yield broker, broker
        return
    url = request.getfixturevalue("fresh_redis_url")
    one, two = RedisBroker(url, times=QUICK), RedisBroker(url, times=QUICK)
    await one.start()
    await two.start()
    await until(lambda: one.healthy and two.healthy)
    yield one, two
    await one.stop()
    await two.stop()


async def take(ear: Ear, seconds: float = 2) -> Heard:
    async with asyncio.timeout(seconds):
        return await ear.take()


async def test_what_is_followed_is_heard_here_and_elsewhere(pair: tuple[Broker, Broker]) -> None:
    for broker in pair:
        ear = broker.listen()
        ear.follow("network:1")
        ear.follow("presence:t")
        await pair[0].publish([Wakeup("network:1", 7), Wakeup("network:2", 1)])
        await pair[0].tell(Note("presence:t", "{}"))
        await pair[0].tell(Note("presence:u", "{}"))
        heard = await take(ear)
        wakeups, notes = heard.wakeups, heard.notes
        while not notes:
            heard = await take(ear)
            wakeups, notes = wakeups | heard.wakeups, notes + heard.notes
        assert wakeups == {"network:1": 7}
        assert set(notes) == {Note("presence:t", "{}")}  # it may come twice
        ear.close()


async def test_wakeups_of_a_stream_become_one(pair: tuple[Broker, Broker]) -> None:
    ear = pair[1].listen()
    ear.follow("network:1")
    for seq in [3, 9, 4]:
        await pair[0].publish([Wakeup("network:1", seq)])
    highest = 0
    while highest < 9:
        highest = max(highest, (await take(ear)).wakeups.get("network:1", 0))
    ear.close()


async def test_nothing_is_heard_after_unfollowing_or_closing(pair: tuple[Broker, Broker]) -> None:
    ear, witness = pair[1].listen(), pair[1].listen()
    ear.follow("network:1")
    ear.unfollow("network:1")
    witness.follow("network:1")
    await pair[0].publish([Wakeup("network:1", 1)])
    await take(witness)
    with pytest.raises(TimeoutError):
        await take(ear, 0.05)
    witness.close()
    await pair[0].publish([Wakeup("network:1", 2)])
    with pytest.raises(TimeoutError):
        await take(witness, 0.05)


async def test_an_ear_keeps_only_so_many_notes(pair: tuple[Broker, Broker]) -> None:
    ear = pair[0].listen()
    ear.follow("presence:t")
    for number in range(3000):
        await pair[0].tell(Note("presence:t", str(number)))
    notes = (await take(ear)).notes
    assert len(notes) == 1000
    assert notes[-1].text == "2999"
    ear.close()


# Redis alone


@pytest.fixture
async def speaker(own_redis: RedisServer) -> AsyncIterator[RedisBroker]:
    broker = RedisBroker(own_redis.url, times=QUICK)
    await broker.start()
    await until(lambda: broker.healthy)
    yield broker
    await broker.stop()


@pytest.fixture
async def listener(own_redis: RedisServer) -> AsyncIterator[RedisBroker]:
    broker = RedisBroker(own_redis.url, times=QUICK)
    await broker.start()
    await until(lambda: broker.healthy)
    yield broker
    await broker.stop()


async def _both_are_heard(speaker: RedisBroker, listener: RedisBroker) -> None:
    """Or else one that still connects to speak is unhealthy for that alone, while it goes on to hear everything."""
    for one, other in ((speaker, listener), (listener, speaker)):
        ear = other.listen()
        ear.follow("network:0")
        await one.publish([Wakeup("network:0", 1)])
        await take(ear, 20)
        ear.close()


@pytest.mark.parametrize("accident", ["kill", "drop", "pause"])
async def test_p5_a_listener_is_told_that_it_missed_something(
    own_redis: RedisServer, speaker: RedisBroker, listener: RedisBroker, accident: str
) -> None:
    await _both_are_heard(speaker, listener)
    ear = listener.listen()
    ear.follow("network:1")
    if accident == "drop":
        own_redis.drop_connections()
    else:
        own_redis.kill() if accident == "kill" else own_redis.pause()
        await until(lambda: not listener.healthy)
        await speaker.publish([Wakeup("network:1", 1)])
        own_redis.start() if accident == "kill" else own_redis.resume()
    async with asyncio.timeout(20):
        while not (await ear.take()).reconnected:
            pass
    await until(lambda: listener.healthy)
    await until(lambda: speaker.healthy)
    await speaker.publish([Wakeup("network:1", 2)])
    async with asyncio.timeout(20):
        while (await ear.take()).wakeups.get("network:1") != 2:
            pass


async def test_p9_a_broker_starts_without_redis_and_finds_it_later(own_redis: RedisServer) -> None:
    own_redis.kill()
    broker = RedisBroker(own_redis.url, times=QUICK)
    await broker.start()
    ear = broker.listen()
    ear.follow("network:1")
    await broker.publish([Wakeup("network:1", 1)])
    assert (await take(ear)).wakeups == {"network:1": 1}  # its own process hears it all the same
    assert not broker.healthy
    own_redis.start()
    await until(lambda: broker.healthy)
    await broker.stop()


@pytest.mark.parametrize("accident", ["kill", "pause"])
async def test_p9_no_answer_waits_for_redis(
    own_redis: RedisServer, speaker: RedisBroker, database: Database, accident: str
) -> None:
    async with transaction(database, speaker) as tx:
        await tx.create_stream("network:1")
    own_redis.kill() if accident == "kill" else own_redis.pause()
    for _ in range(20):
        async with transaction(database, speaker) as tx:
            tx.emit("network:1", PostCreated("p"))
            finished = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - finished < PUBLISH_SECONDS + 0.1
    own_redis.kill()


async def test_rubbish_on_the_channels_does_no_harm(
    own_redis: RedisServer, speaker: RedisBroker, listener: RedisBroker
) -> None:
    ear = listener.listen()
    ear.follow("network:1")
    ear.follow("presence:t")
    redis = Redis.from_url(own_redis.url)
    rubbish = [b"", b"\xff\xfe\x00", b"network:1", b"network:1 -5", b"network:1 9e9", b"network:1 " + b"9" * 400]
    rubbish += [b"network:1 \xd9\xa3", b"x" * 5_000_000, b"[" * 20_000, b'["presence:t", 5]', b'{"a": 1}', b"null"]
    rubbish += [json.dumps(["presence:t", "x" * 5000]).encode(), b'["presence:t"]', b"\n" * 1000]
    for message in rubbish:
        for channel in ("confer:wake", "confer:note"):
            await redis.publish(channel, message)
    await redis.publish("confer:other", b"network:1 5")
    await redis.aclose()
    await speaker.publish([Wakeup("network:1", 3)])
    heard = await take(ear)
    assert heard.wakeups == {"network:1": 3}
    assert heard.notes == []
    assert not heard.reconnected
    assert listener.healthy


async def test_only_ids_and_numbers_go_through_redis(own_redis: RedisServer, speaker: RedisBroker) -> None:
    redis = Redis.from_url(own_redis.url)
    pubsub = redis.pubsub()
    await pubsub.psubscribe("*")
    await pubsub.get_message(timeout=1)
    await speaker.publish([Wakeup("network:1", 7), Wakeup("account:2", 1)])
    message = None
    while message is None:
        message = await pubsub.get_message(timeout=1)
    assert message["data"] == b"network:1 7\naccount:2 1"
    await pubsub.aclose()
    await redis.aclose()


def test_parsing_takes_what_is_well_formed_and_leaves_the_rest() -> None:
    assert parse_wakeups(b"network:1 5\nbad\naccount:2 x\n account 3\nnetwork:2 0") == [
        Wakeup("network:1", 5),
        Wakeup(" account", 3),
        Wakeup("network:2", 0),
    ]
    assert parse_note(b'["presence:t", "{}"]') == Note("presence:t", "{}")
    assert parse_note(b'["presence:t", "{}", 1]') is None
