"""The log as the gateway reads it: each read bounded in time, and a note of when one last succeeded."""

import asyncio
import time
from collections.abc import Collection, Sequence

from realtime import event_log
from realtime.event_log import Survey
from realtime.events import Event
from realtime.limits import Limits
from realtime.together import Together
from realtime.transaction import Database


class LogReader:
    """Reads of the event log that never take longer than `Limits.read_seconds`."""

    def __init__(self, database: Database, limits: Limits) -> None:
        self._database = database
        self._limits = limits
        self._succeeded_at = time.monotonic()
        self._together: Together[Collection[str], Survey] = Together(
            self._survey_all, most=limits.asked_together, seconds=limits.read_seconds
        )

    @property
    def blind(self) -> bool:
        """Whether the database could not be read for so long that no content may be sent."""
        return time.monotonic() - self._succeeded_at > self._limits.blind_seconds

    async def events(self, stream: str, after: int, limit: int) -> list[Event]:
        """At most `limit` events after this number, in order."""
        async with asyncio.timeout(self._limits.read_seconds), self._database.read() as connection:
            events = await event_log.read_after(connection, stream, after, limit=limit)
        self._succeeded_at = time.monotonic()
        return events

    async def survey(self, names: Collection[str]) -> Survey:
        """Where these streams stand at this moment."""
        async with asyncio.timeout(self._limits.read_seconds), self._database.read() as connection:
            survey = await event_log.survey(connection, names)
        self._succeeded_at = time.monotonic()
        return survey

    async def survey_with_others(self, names: Collection[str]) -> Survey:
        """The same, for a few names, in one query with whoever else asks at this moment."""
        return await self._together.ask(names)

    async def _survey_all(self, asked: Sequence[Collection[str]]) -> list[Survey]:
        found = await self.survey({name for names in asked for name in names})
        heads = found.heads
        return [Survey(found.epoch, {name: heads[name] for name in names if name in heads}) for names in asked]

    async def epoch(self) -> str:
        """The id of this incarnation of the database."""
        async with asyncio.timeout(self._limits.read_seconds), self._database.read() as connection:
            epoch = await event_log.get_epoch(connection)
        self._succeeded_at = time.monotonic()
        return epoch
