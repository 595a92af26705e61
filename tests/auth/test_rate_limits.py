"""Limits slow down and never lock out; without Redis they grow stricter and nothing fails."""

import asyncio
import time
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest

from auth.rate_limits import PAUSES, RateLimits, Verdict
from auth.rules import SIGN_IN_ADDRESS, SIGN_IN_EVERYWHERE, SIGN_IN_KNOWN_BROWSER, Rule
from tests.auth.test_counters import Clock
from tests.servers.redis import RedisServer

KEY = b"k" * 32
THREE = Rule("three_a_second", 3, 1)
EIGHT = Rule("eight_a_minute", 8, 60)
EIGHT_A_DAY = Rule("eight_a_day", 8, 86_400)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limits(clock: Clock) -> RateLimits:
    return RateLimits(None, secret_key=KEY, clock=clock)


@pytest.fixture(params=["memory", "redis"])
async def real_limits(request: pytest.FixtureRequest) -> AsyncIterator[RateLimits]:
    """Both storages with the real clock."""
    url = request.getfixturevalue("fresh_redis_url") if request.param == "redis" else None
    limits = RateLimits(url, secret_key=KEY)
    yield limits
    await limits.close()
    assert not limits.degraded, "Redis must have answered throughout"


async def test_so_many_and_no_more_until_the_window_ends(real_limits: RateLimits) -> None:
    assert [(await real_limits.hit(THREE, "ann")).allowed for _ in range(4)] == [True, True, True, False]
    refused = await real_limits.hit(THREE, "ann")
    assert refused == Verdict(False, 1)
    assert not (await real_limits.test(THREE, "ann")).allowed
    assert (await real_limits.hit(THREE, "bob")).allowed
    await asyncio.sleep(1.1)
    assert (await real_limits.test(THREE, "ann")).allowed
    assert (await real_limits.hit(THREE, "ann")).allowed


async def test_many_at_once_are_counted_each(real_limits: RateLimits) -> None:
    verdicts = await asyncio.gather(*(real_limits.hit(EIGHT, "ann") for _ in range(50)))
    assert sum(verdict.allowed for verdict in verdicts) == 8
    assert all(55 <= verdict.retry_after <= 60 for verdict in verdicts if not verdict.allowed)
    await real_limits.clear(EIGHT, "ann")
    assert (await real_limits.hit(EIGHT, "ann")).allowed


async def test_attempts_side_by_side_are_no_way_round(real_limits: RateLimits) -> None:
    """Five, and one more at most where the first pause is just being set."""
    verdicts = await asyncio.gather(*(real_limits.begin_sign_in("ann@example.org", "192.0.2.1") for _ in range(50)))
    assert sum(verdict.allowed for verdict in verdicts) in (5, 6)


async def test_sign_in_pauses_grow_on_either_storage(real_limits: RateLimits) -> None:
    for _ in range(5):
        assert (await real_limits.begin_sign_in("ann@example.org", "192.0.2.1")).allowed
    refused = await real_limits.begin_sign_in("ann@example.org", "192.0.2.1")
    assert not refused.allowed
    assert 1 <= refused.retry_after <= PAUSES[0]
    await asyncio.sleep(PAUSES[0] + 0.1)
    assert (await real_limits.begin_sign_in("ann@example.org", "192.0.2.1")).allowed
    later = await real_limits.begin_sign_in("ann@example.org", "192.0.2.1")
    assert not later.allowed
    assert PAUSES[0] < later.retry_after <= PAUSES[1]


async def test_an_attacked_account_is_slowed_and_never_locked(limits: RateLimits, clock: Clock) -> None:
    """Somebody tries without a break for an hour, and gets one attempt a minute in the end."""
    allowed = []
    started = clock.moment
    while clock.moment < started + 840:
        if (await limits.begin_sign_in("ann@example.org", "192.0.2.1")).allowed:
            allowed.append(clock.moment - started)
        clock.moment += 1
    assert allowed[:8] == [0, 1, 2, 3, 4, 6, 10, 18]
    gaps = [later - earlier for earlier, later in pairwise(allowed)]
    assert max(gaps) == 60
    assert (await limits.begin_sign_in("ann@example.org", "198.51.100.7")).allowed, "the owner elsewhere"


async def test_an_attack_from_many_addresses_is_slowed_as_a_whole(limits: RateLimits, clock: Clock) -> None:
    """Each address for itself would have free attempts without end. Who knows the browser does not wait."""
    mark = "mark of a browser that signed in before"
    allowed = [(await limits.begin_sign_in("ann", f"10.0.{number}.1")).allowed for number in range(150)]
    assert (sum(allowed), allowed[:100]) == (SIGN_IN_EVERYWHERE.amount + 1, [True] * 100)
    refused = await limits.begin_sign_in("ann", "10.1.0.1")
    assert refused == Verdict(False, PAUSES[-1])
    assert (await limits.begin_sign_in("ann", "10.1.0.1", mark)).allowed
    assert (await limits.begin_sign_in("bob", "10.1.0.1")).allowed
    clock.moment += refused.retry_after
    assert (await limits.begin_sign_in("ann", "10.1.0.2")).allowed
    await limits.sign_in_succeeded("ann", "10.1.0.2")
    assert (await limits.begin_sign_in("ann", "10.1.0.3")).allowed


async def test_retry_after_is_true(limits: RateLimits, clock: Clock) -> None:
    for _ in range(30):
        verdict = await limits.begin_sign_in("ann@example.org", "192.0.2.1")
        if not verdict.allowed:
            assert 1 <= verdict.retry_after <= 60
            clock.moment += verdict.retry_after
            assert (await limits.begin_sign_in("ann@example.org", "192.0.2.1")).allowed


async def test_signing_in_forgets_the_failures(limits: RateLimits) -> None:
    for _ in range(10):
        for _ in range(4):
            assert (await limits.begin_sign_in("ann@example.org", "192.0.2.1")).allowed
            await limits.sign_in_failed("192.0.2.1")
        assert (await limits.begin_sign_in("ann@example.org", "192.0.2.1")).allowed
        await limits.sign_in_succeeded("ann@example.org", "192.0.2.1")


async def test_a_known_browser_is_not_slowed_by_others(limits: RateLimits) -> None:
    for _ in range(10):
        await limits.begin_sign_in("ann@example.org", "192.0.2.1")
    assert not (await limits.begin_sign_in("ann@example.org", "192.0.2.1")).allowed
    for _ in range(SIGN_IN_KNOWN_BROWSER.amount):
        assert (await limits.begin_sign_in("ann@example.org", "192.0.2.1", "mark")).allowed
    assert not (await limits.begin_sign_in("ann@example.org", "192.0.2.1", "mark")).allowed
    await limits.sign_in_succeeded("ann@example.org", "192.0.2.1", "mark")
    assert (await limits.begin_sign_in("ann@example.org", "192.0.2.1", "mark")).allowed


async def test_a_hospital_signs_in_behind_one_address(limits: RateLimits) -> None:
    """A whole shift mistypes once and then gets it right; an attacker there is stopped in the end."""
    for number in range(250):
        for _ in range(2):
            assert (await limits.begin_sign_in(f"p{number}@example.org", "192.0.2.1")).allowed
        await limits.sign_in_failed("192.0.2.1")
        await limits.sign_in_succeeded(f"p{number}@example.org", "192.0.2.1")
    for _ in range(SIGN_IN_ADDRESS.amount - 250):
        await limits.sign_in_failed("192.0.2.1")
    assert not (await limits.begin_sign_in("new@example.org", "192.0.2.1")).allowed
    assert (await limits.begin_sign_in("new@example.org", "192.0.2.2")).allowed


async def test_an_ipv6_network_counts_as_one_address(limits: RateLimits) -> None:
    for number in range(SIGN_IN_ADDRESS.amount):
        await limits.sign_in_failed(f"2001:db8:1:2::{number:x}")
    assert not (await limits.begin_sign_in("a@example.org", "2001:db8:1:2:ffff::1")).allowed
    assert (await limits.begin_sign_in("a@example.org", "2001:db8:1:3::1")).allowed


async def test_switched_off_everything_is_allowed(redis_url: str) -> None:
    for url in (None, redis_url):
        limits = RateLimits(url, secret_key=KEY, enabled=False)
        for _ in range(20):
            assert (await limits.hit(THREE, "ann")).allowed
            assert (await limits.begin_sign_in("ann@example.org", "192.0.2.1")).allowed
        await limits.close()


async def test_two_processes_share_their_counts_and_tell_redis_no_names(
    fresh_redis_url: str, redis_server: RedisServer
) -> None:
    one, two = (RateLimits(fresh_redis_url, secret_key=KEY) for _ in range(2))
    local = Rule("local", 3, 60, shared=False)
    for limits in (one, two, one):
        assert (await limits.hit(Rule("shared", 3, 60), "ann@example.org")).allowed
        assert (await limits.hit(local, "ann@example.org")).allowed
    assert not (await two.hit(Rule("shared", 3, 60), "ann@example.org")).allowed
    assert (await two.hit(local, "ann@example.org")).allowed
    assert redis_server.ask("DBSIZE") == ":1"
    assert redis_server.ask("EVAL \"return redis.call('keys', '*ann*')\" 0") == "*0"
    await one.close()
    await two.close()


async def test_without_redis_limits_are_stricter_and_nothing_fails(own_redis: RedisServer) -> None:
    limits = RateLimits(own_redis.url, secret_key=KEY)
    assert (await limits.hit(EIGHT, "ann")).allowed
    own_redis.kill()
    verdicts = [await limits.hit(EIGHT, "ann") for _ in range(4)]
    assert [verdict.allowed for verdict in verdicts] == [True, True, False, False]
    assert limits.degraded
    of_a_day = [await limits.hit(EIGHT_A_DAY, "ann") for _ in range(9)]
    assert [verdict.allowed for verdict in of_a_day] == [True] * 8 + [False]
    assert (await limits.begin_sign_in("ann@example.org", "192.0.2.1")).allowed
    assert not (await limits.begin_sign_in("ann@example.org", "192.0.2.1")).allowed
    await limits.sign_in_succeeded("ann@example.org", "192.0.2.1")
    assert (await limits.begin_sign_in("ann@example.org", "192.0.2.1")).allowed
    await limits.close()


async def test_a_frozen_redis_is_waited_for_once(own_redis: RedisServer) -> None:
    limits = RateLimits(own_redis.url, secret_key=KEY)
    assert (await limits.hit(EIGHT, "ann")).allowed
    own_redis.pause()
    started = time.perf_counter()
    for number in range(50):
        assert (await limits.hit(EIGHT, f"person {number}")).allowed
    assert time.perf_counter() - started < 1.5
    own_redis.kill()
    await limits.close()


async def test_redis_comes_back(own_redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auth.rate_limits._REDIS_REST_SECONDS", 0.2)
    limits = RateLimits(own_redis.url, secret_key=KEY)
    await limits.hit(EIGHT, "ann")
    own_redis.restart()
    await limits.hit(EIGHT, "ann")
    await asyncio.sleep(0.3)
    assert [(await limits.hit(EIGHT, "ann")).allowed for _ in range(7)] == [True] * 7
    assert not limits.degraded
    await limits.close()


@pytest.mark.parametrize(
    ("seconds", "says"),
    [
        (1, "in 1 second."),
        (45, "in 45 seconds."),
        (90, "in 90 seconds."),
        (91, "in 2 minutes."),
        (7_200, "in 2 hours."),
    ],
)
def test_sentences(seconds: int, says: str) -> None:
    assert Verdict(False, seconds).sentence.endswith(says)
    assert Verdict(True).sentence == ""
