"""Limits on how often. They slow down, and never lock anybody out for good.

Counted in Redis where there is one. If it can't be reached, each process counts for itself and allows a quarter,
so that limits grow stricter and nothing fails; of what may be done in a day all, for nobody shall wait a day because
Redis was away for a minute. Keys are sealed with the site's secret key: neither Redis nor a
copy of it tells who tried to sign in.
"""

import asyncio
import hashlib
import hmac
import logging
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.aio.strategies import FixedWindowRateLimiter

from auth.counters import Pause, ProcessStorage, close_storage, redis_storage
from auth.proxies import address_group
from auth.rules import DAY, SIGN_IN_ACCOUNT, SIGN_IN_ADDRESS, SIGN_IN_EVERYWHERE, SIGN_IN_KNOWN_BROWSER, Rule

#: Seconds between the attempts on a slowed account, from one address; the last one goes on.
PAUSES = (2, 4, 8, 15, 30, 60)

_REDIS_PATIENCE_SECONDS = 0.5
#: After Redis failed it is left alone for so long: everybody would wait for it in vain.
_REDIS_REST_SECONDS = 5.0
_REDIS_CONNECTIONS = 8
_STRICTER = 4
_LEVELS = Rule("sign_in_level", 1_000_000, SIGN_IN_ACCOUNT.seconds)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it may be done now; if not, after how many whole seconds (for Retry-After)."""

    allowed: bool
    retry_after: int = 0

    @property
    def sentence(self) -> str:
        """What to tell the person; empty if allowed."""
        if self.allowed:
            return ""
        number, unit = (self.retry_after, "second") if self.retry_after <= 90 else (self.retry_after / 60, "minute")
        if unit == "minute" and number > 90:
            number, unit = number / 60, "hour"
        whole = math.ceil(number)
        return f"That was too often in a short time. Try again in {whole} {unit}{'' if whole == 1 else 's'}."


ALLOWED = Verdict(True)


class RateLimits:
    """Asks and counts. One for each process, closed at its end.

    `redis_url` None counts in this process. With `enabled` False (RATE_LIMITS=off) everything is allowed.
    """

    def __init__(
        self,
        redis_url: str | None,
        *,
        secret_key: bytes,
        enabled: bool = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._enabled = enabled
        self._secret_key = secret_key
        self._clock = clock
        self._local = FixedWindowRateLimiter(ProcessStorage(clock))
        self._redis = redis_storage(redis_url) if redis_url and enabled else None
        self._shared = FixedWindowRateLimiter(self._redis) if self._redis else self._local
        self._turns = asyncio.Semaphore(_REDIS_CONNECTIONS)
        self._rests_until = 0.0

    @property
    def degraded(self) -> bool:
        """Whether Redis failed lately, so that this process counts alone and more strictly."""
        return self._redis is not None and time.monotonic() < self._rests_until

    async def close(self) -> None:
        """Close the connections to Redis."""
        if self._redis is not None:
            await close_storage(self._redis)

    async def hit(self, rule: Rule, *whose: str) -> Verdict:
        """Count one act under this rule, and say whether it may be done. `whose` is an account's id, an address …"""
        return await self._ask(rule, whose, self._hit)

    async def test(self, rule: Rule, *whose: str) -> Verdict:
        """Whether one more would be allowed, without counting it."""
        return await self._ask(rule, whose, self._test)

    async def clear(self, rule: Rule, *whose: str) -> None:
        """Forget what was counted."""
        await self._ask(rule, whose, self._clear)

    async def begin_sign_in(self, email_key: str, client: str, browser: str | None = None) -> Verdict:
        """Whether a password may be checked now. Ask before looking at it, known account or not.

        Counted at once, so that many attempts side by side count as many; `sign_in_succeeded` takes it back.
        `email_key` is the normalised address, `client` the address of the client, `browser` the mark that
        `auth.browsers.known_browser` found: such a browser has its own count, and others can't slow it.
        Once the account had its five, each client address waits for itself, ever longer up to a minute: an
        attacker elsewhere can't use up the attempts of the account's owner. Only one who comes from many addresses
        makes all of them wait together.
        """
        if browser is not None:
            return await self.hit(SIGN_IN_KNOWN_BROWSER, email_key, browser)
        group = address_group(client)
        verdict = await self.test(SIGN_IN_ADDRESS, group)
        if not verdict.allowed:
            return verdict
        verdict = await self._ask(SIGN_IN_ACCOUNT, (email_key, group), self._begin)
        return await self._ask(SIGN_IN_EVERYWHERE, (email_key,), self._begin_anywhere) if verdict.allowed else verdict

    async def sign_in_failed(self, client: str) -> None:
        """Count a wrong password, or an unknown account, for the address it came from."""
        await self.hit(SIGN_IN_ADDRESS, address_group(client))

    async def sign_in_succeeded(self, email_key: str, client: str, browser: str | None = None) -> None:
        """Forget the attempts: the account's owner is here."""
        await self._ask(SIGN_IN_ACCOUNT, (email_key, address_group(client)), self._forgive)
        await self.clear(SIGN_IN_EVERYWHERE, email_key)
        if browser is not None:
            await self.clear(SIGN_IN_KNOWN_BROWSER, email_key, browser)

    async def _ask(
        self, rule: Rule, whose: tuple[str, ...], question: Callable[["_Counting"], Awaitable[Verdict]]
    ) -> Verdict:
        """Put the question to Redis or to memory; to memory and more strictly if Redis doesn't answer."""
        if not self._enabled:
            return ALLOWED
        sealed = tuple(self._seal(rule, part) for part in whose)
        if self._redis is None or not rule.shared:
            return await question(_Counting(self._local, rule, rule.amount, sealed))
        verdict = await self._ask_redis(question, _Counting(self._shared, rule, rule.amount, sealed))
        if verdict is not None:
            return verdict
        return await question(_Counting(self._local, rule, _alone(rule), sealed))

    async def _ask_redis(
        self, question: Callable[["_Counting"], Awaitable[Verdict]], counting: "_Counting"
    ) -> Verdict | None:
        """What Redis says; None while it doesn't answer."""
        async with self._turns:
            if self.degraded:
                return None
            try:
                async with asyncio.timeout(_REDIS_PATIENCE_SECONDS):
                    return await question(counting)
            except Exception as error:  # whatever it is, nobody is kept out because a counter failed
                self._rests_until = time.monotonic() + _REDIS_REST_SECONDS
                _log.warning("Rate limits: Redis did not answer (%s); counting in this process.", type(error).__name__)
                return None

    def _seal(self, rule: Rule, part: str) -> str:
        message = f"{rule.name}|{part}".encode("utf-8", "surrogatepass")
        return hmac.new(self._secret_key, message, hashlib.sha256).hexdigest()[:32]

    async def _hit(self, counting: "_Counting") -> Verdict:
        item = counting.item()
        if await counting.limiter.hit(item, *counting.whose):
            return ALLOWED
        return await self._wait_for(counting.limiter, item, counting.whose)

    async def _test(self, counting: "_Counting") -> Verdict:
        item = counting.item()
        if await counting.limiter.test(item, *counting.whose):
            return ALLOWED
        return await self._wait_for(counting.limiter, item, counting.whose)

    async def _clear(self, counting: "_Counting") -> Verdict:
        await counting.limiter.clear(counting.item(), *counting.whose)
        return ALLOWED

    async def _begin(self, counting: "_Counting") -> Verdict:
        """One attempt on an account: free while it has attempts left, then one for each growing pause."""
        limiter, (account, client) = counting.limiter, counting.whose
        free = counting.item()
        if await limiter.hit(free, account):
            if (await limiter.get_window_stats(free, account)).remaining == 0:
                await limiter.hit(_pause(0), account, client)
            return ALLOWED
        levels = _item(_LEVELS, _LEVELS.amount)
        level = levels.amount - (await limiter.get_window_stats(levels, account, client)).remaining
        pause = _pause(level + 1)
        if not await limiter.hit(pause, account, client):
            return await self._wait_for(limiter, pause, (account, client))
        await limiter.hit(levels, account, client)
        return ALLOWED

    async def _begin_anywhere(self, counting: "_Counting") -> Verdict:
        """One attempt on an account from anywhere: free while there are some left, then one for each longest pause."""
        limiter, pause = counting.limiter, _pause(len(PAUSES))
        if await limiter.hit(counting.item(), *counting.whose) or await limiter.hit(pause, *counting.whose):
            return ALLOWED
        return await self._wait_for(limiter, pause, counting.whose)

    async def _forgive(self, counting: "_Counting") -> Verdict:
        limiter, (account, client) = counting.limiter, counting.whose
        await limiter.clear(counting.item(), account)
        await limiter.clear(_pause(0), account, client)
        await limiter.clear(_item(_LEVELS, _LEVELS.amount), account, client)
        return ALLOWED

    async def _wait_for(self, limiter: FixedWindowRateLimiter, item: RateLimitItem, whose: tuple[str, ...]) -> Verdict:
        reset = (await limiter.get_window_stats(item, *whose)).reset_time
        return Verdict(False, max(1, math.ceil(reset - self._clock())))


@dataclass(frozen=True, slots=True)
class _Counting:
    """A rule about to be counted: where, how many are allowed there, and whose they are."""

    limiter: FixedWindowRateLimiter
    rule: Rule
    amount: int
    whose: tuple[str, ...]

    def item(self) -> RateLimitItem:
        """The rule as `limits` wants it."""
        return _item(self.rule, self.amount)


def _alone(rule: Rule) -> int:
    """How many a process allows that counts alone."""
    return rule.amount if rule.seconds >= DAY else max(1, rule.amount // _STRICTER)


def _item(rule: Rule, amount: int) -> RateLimitItem:
    return RateLimitItemPerSecond(amount, rule.seconds, namespace=rule.name)


def _pause(level: int) -> Pause:
    return Pause(1, PAUSES[min(level, len(PAUSES) - 1)], namespace="sign_in_pause")
