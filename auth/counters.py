"""Where limits are counted: in this process, or in Redis for all of them.

The memory storage of `limits` looks through all its keys on every count. Ours looks through them once in a
while, and holds a bounded number, so that an attacker with many addresses costs neither time nor memory.
"""

import time
from collections.abc import Callable
from typing import Protocol, cast

from limits import RateLimitItemPerSecond
from limits.aio.storage import Storage
from limits.aio.storage.redis import RedisStorage
from limits.aio.storage.redis.redispy import RedispyBridge

_MOST_KEYS = 100_000
_SWEEP_EVERY = 4_096


class ProcessStorage(Storage):
    """Fixed windows in a dictionary. `clock` is in seconds since the epoch."""

    STORAGE_SCHEME = None

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._clock = clock
        self._windows: dict[str, tuple[int, float]] = {}
        self._counted = 0

    @property
    def base_exceptions(self) -> type[Exception]:
        """Nothing goes wrong in a dictionary."""
        return MemoryError

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count, opening a window of `expiry` seconds where none is open; the new count."""
        self._counted += 1
        if self._counted % _SWEEP_EVERY == 0:
            self._sweep()
        count, ends = self._window(key)
        if not count:
            ends = self._clock() + expiry
            self._windows.pop(key, None)  # so that the dictionary stays in the order in which windows opened
            if len(self._windows) >= _MOST_KEYS:
                del self._windows[next(iter(self._windows))]
        self._windows[key] = (count + amount, ends)
        return count + amount

    async def get(self, key: str) -> int:
        """The count of the open window, or 0."""
        return self._window(key)[0]

    async def get_expiry(self, key: str) -> float:
        """When the open window ends, or this moment."""
        return self._window(key)[1]

    async def clear(self, key: str) -> None:
        """Forget the window."""
        self._windows.pop(key, None)

    async def reset(self) -> int | None:
        """Forget every window; how many there were."""
        count = len(self._windows)
        self._windows.clear()
        return count

    async def check(self) -> bool:
        """Whether it works: always."""
        return True

    def _window(self, key: str) -> tuple[int, float]:
        moment = self._clock()
        count, ends = self._windows.get(key, (0, moment))
        return (count, ends) if ends > moment else (0, moment)

    def _sweep(self) -> None:
        moment = self._clock()
        self._windows = {key: window for key, window in self._windows.items() if window[1] > moment}


def redis_storage(url: str) -> RedisStorage:
    """Counters in Redis. It is opened by the first count, and its errors come as `limits.errors.StorageError`."""
    return RedisStorage(f"async+{url}", wrap_exceptions=True, implementation="redispy", key_prefix="confer:limits")


class _Closes(Protocol):
    async def aclose(self) -> None: ...


async def close_storage(storage: RedisStorage) -> None:
    """Close its connections, which `limits` itself leaves open."""
    if isinstance(storage.bridge, RedispyBridge):
        await cast(_Closes, storage.bridge.get_connection()).aclose()


class Pause(RateLimitItemPerSecond):
    """One in so many seconds, under one name however many: a pause that grows is the same pause."""

    def key_for(self, *identifiers: bytes | str | int | float) -> str:
        """The key, without the number of seconds."""
        return "/".join((self.namespace, *map(str, identifiers)))
