"""The pulse: pings with heads, links that are dead or stuck, and the comparison with the database.

One sweep over all connections instead of a timer for each.
"""

import asyncio
import contextlib
import logging
import math
import random
import time

from realtime.connection import Connection
from realtime.delivery import Delivery
from realtime.event_log import Survey
from realtime.failures import brief
from realtime.frames import ping
from realtime.hub import Hub
from realtime.limits import Limits
from realtime.log_reader import LogReader
from realtime.rights import Rights

_log = logging.getLogger(__name__)


class Heartbeat:
    """Looks after every connection and every stream from time to time."""

    def __init__(self, hub: Hub, log: LogReader, rights: Rights, delivery: Delivery, limits: Limits) -> None:
        self._hub = hub
        self._log = log
        self._rights = rights
        self._delivery = delivery
        self._limits = limits
        self._check_now = asyncio.Event()
        self.degraded = False
        self.worst_lag = 0
        """By how many events the stream that is furthest behind its head was so, when heads were last compared."""

    def greet(self, connection: Connection) -> None:
        """From now on this connection is pinged, and told when it has drained."""
        connection.ping_at = time.monotonic() + self._interval()
        connection.on_recovered = self.ping

    def ping(self, connection: Connection) -> None:
        """Send a ping with the heads now."""
        now = time.monotonic()
        connection.ping_at = now + self._interval()
        connection.send(ping(connection.next_ping(now), self._hub.heads(connection), self.degraded))

    def _interval(self) -> float:
        spread = self._limits.ping_spread
        return self._limits.ping_seconds * random.uniform(1 - spread, 1 + spread)  # noqa: S311 - spreads load

    def check_heads_now(self) -> None:
        """Wake-ups may have been lost: compare with the database at once."""
        self._check_now.set()

    async def run_sweep(self) -> None:
        """Look at every connection, for ever."""
        while True:
            await asyncio.sleep(self._limits.tick_seconds)
            changed = self._log.blind != self.degraded
            self.degraded = self._log.blind
            if changed:
                _log.warning("the database can%s be read", "not" if self.degraded else "")
            self._end_the_silent()
            for index, connection in enumerate(list(self._hub.connections.values())):
                if index and index % self._limits.connections_a_slice == 0:
                    await asyncio.sleep(0)
                try:
                    self._look_at(connection, changed)
                except Exception as error:
                    # An error ends one connection at most.
                    _log.error("connection %s failed: %s", connection.id, brief(error))
                    connection.close(1011, "error")

    def _end_the_silent(self) -> None:
        now = time.monotonic()
        for connection in [each for each, until in self._hub.expected.items() if now > until]:
            connection.close(4400, "no hello")

    def _look_at(self, connection: Connection, changed: bool) -> None:
        if connection.closing:
            return
        now = time.monotonic()
        if connection.unsent_bytes:
            if connection.is_stalled(now):
                connection.close(4508, "too slow")
                return
            if connection.pong_by is not None and now > connection.pong_by:
                connection.pong_by = now + self._limits.pong_seconds  # the ping may still be on its way
        elif connection.pong_by is not None and now > connection.pong_by:
            connection.close(4513, "no pong")
            return
        if self.degraded:
            connection.drop_content()
        if now >= connection.ping_at or (changed and connection.ping_at < math.inf):
            self.ping(connection)

    async def run_head_check(self) -> None:
        """Compare every stream with the database, now and then and when asked to, for ever."""
        wait = self._limits.head_check_seconds
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._check_now.wait()
            self._check_now.clear()
            try:
                await self._compare()
                wait = self._limits.head_check_seconds
            except Exception as error:
                _log.warning("heads cannot be read: %s", brief(error))
                wait = min(self._limits.longest_retry_seconds, self._limits.head_check_seconds)

    async def _compare(self) -> None:
        before = {name: (stream, stream.generation, stream.position) for name, stream in self._hub.streams.items()}
        if before:
            survey = await self._log.survey(list(before))
            epoch = survey.epoch or await self._log.epoch()
        else:
            survey, epoch = Survey(None, {}), await self._log.epoch()
        renewed = self._hub.epoch is not None and epoch != self._hub.epoch
        self._hub.epoch = epoch
        listened = [(before[name][0], head.seq) for name, head in survey.heads.items()]
        self.worst_lag = max((seq - stream.position for stream, seq in listened if stream.subscriptions), default=0)
        for name, (stream, generation, position) in before.items():
            if self._hub.streams.get(name) is not stream or stream.generation != generation:
                continue
            if not stream.subscriptions:
                stream.woken = True  # about to be listened to
            elif (head := survey.heads.get(name)) is None:
                await self._rights.check(stream)
            elif renewed or head.seq < position:
                self._delivery.start_afresh(stream, head.seq, "epoch" if renewed else "ahead")
            else:
                self._delivery.wake(name, head.seq)
