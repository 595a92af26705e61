"""Remembers beside the database how far it had come, so that nobody serves an older copy of it by mistake.

Numbers given out after a backup was made would be given again to other events, and clients that have seen the first
would take the second for known. So how many events there were is kept in a file and in Redis; a server refuses to
start on a database that has fewer, until `forum epoch --renew` has said that this is meant.
"""

import asyncio
import contextlib
import json
import logging
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from ground.columns import moment_text
from realtime.brokers import Broker
from realtime.failures import brief
from realtime.tables import epoch, streams
from realtime.transaction import Database

EVERY_SECONDS = 10.0
FILE = "heads"
_log = logging.getLogger(__name__)

_READ = select(
    epoch.c.epoch,
    epoch.c.created_at.label("begun"),
    select(func.coalesce(func.sum(streams.c.head), 0)).scalar_subquery().label("events"),
)


class DatabaseIsBehind(Exception):
    """The database is an older copy of the one that was served; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Heads:
    """How far a database had come: its epoch, when that began (RFC 3339), and the sum of the heads of all streams."""

    epoch: str
    begun: str
    events: int

    def is_behind(self, other: "Heads") -> bool:
        """Whether a database that stands here is older than one that stood there."""
        if self.epoch == other.epoch:
            return self.events < other.events
        return self.begun < other.begun


async def read_heads(database: Database) -> Heads | None:
    """Where the database stands; None before its first migration has ended."""
    async with database.read() as connection:
        row = (await connection.execute(_READ)).first()
    if row is None:
        return None
    begun: datetime = row.begun
    return Heads(row.epoch, moment_text(begun), int(row.events))


class HeadsKeeper:
    """Keeps the heads of one database in `folder` and in the broker's memory."""

    def __init__(self, database: Database, broker: Broker, folder: Path) -> None:
        self._database = database
        self._broker = broker
        self._file = folder / FILE

    async def check(self) -> None:
        """Compare the database with what is remembered. Raises DatabaseIsBehind."""
        found = await read_heads(self._database)
        for where, remembered in (
            (str(self._file), self._read_file()),
            ("Redis", parse(await self._broker.recall(FILE))),
        ):
            if found is not None and remembered is not None and found.is_behind(remembered):
                raise DatabaseIsBehind(
                    f"The database is older than the one that was served before, or another one ({where} remembers "
                    f"{remembered.events} events, the database has {found.events}). If you restored a backup, run: "
                    "python -m forum epoch --renew. Then start again: every open page reads its place anew. "
                    "If you did not, look for the right database first: DATABASE_URL says where it is."
                )

    async def keep(self) -> None:
        """Remember where the database stands; what is remembered of the same epoch never goes back."""
        remembered = self._read_file()  # first: another process in this folder may write while the database is asked
        found = await read_heads(self._database)
        if found is None or found == remembered:
            return
        if remembered is not None and found.is_behind(remembered):
            _log.critical("the database has fewer events than before: was it exchanged while it was served?")
            return
        text = json.dumps(asdict(found))
        self._write_file(text)
        await self._broker.remember(FILE, text)

    async def run(self) -> None:
        """Keep, again and again until cancelled."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            await self.keep_if_possible()

    async def keep_if_possible(self) -> None:
        """Keep; where that fails it is told in the log, for the next time will do."""
        try:
            await self.keep()
        except Exception as error:
            _log.warning("how far the database has come could not be kept: %s", brief(error))

    def _read_file(self) -> Heads | None:
        with contextlib.suppress(OSError):
            return parse(self._file.read_bytes())
        return None

    def _write_file(self, text: str) -> None:
        # Written beside and then renamed: a process that is killed in the middle leaves the earlier one.
        beside = self._file.with_name(f"{FILE}.{os.getpid()}")
        beside.touch(0o600)  # as everything in the data folder
        beside.write_text(text)
        beside.replace(self._file)


def parse(text: bytes | None) -> Heads | None:
    """What is remembered; None where it is nothing of ours."""
    try:
        fields = json.loads(text or b"")
        return Heads(str(fields["epoch"]), str(fields["begun"]), int(fields["events"]))
    except (ValueError, TypeError, KeyError):
        return None
