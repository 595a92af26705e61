"""Makes the whole index anew, for the command line: beside running servers, which write between two parts.

One that was cut off goes on where it stopped: what it has put into the index is found there, and passed over.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Protocol

from sqlalchemy import delete, func, insert, select, text, update

from auth.tables import accounts
from forum.search.following_commands import MANY, is_of_this_version, read_over, reading_of
from forum.search.index_commands import EVERYTHING, take_turn
from forum.search.text_commands import follow_texts, waiting_of
from forum.state import State
from forum.tables import cards, documents, networks, posts, search_cursors, search_rows
from realtime.transaction import Transaction

UNDER_WAY = "reindex"
"""The cursor that is there as long as not all of it is done."""
TEXTS = 25
"""Documents whose words go into the index in one transaction, where they are short."""
TOLD_EACH = 0.5
"""Seconds."""
_IS_UNDER_WAY = select(search_cursors.c.name).where(search_cursors.c.name == UNDER_WAY)
_FOUND = (accounts, networks, posts, documents, cards)
# PostgreSQL learns how many rows hold a word, and sorts in what still waits for it. SQLite writes one segment of many.
_TIDY: Mapping[str, tuple[str, ...]] = {
    "postgresql": (
        "SELECT gin_clean_pending_list('ix_search_index_terms')",
        "ANALYZE search_rows, search_index, search_terms",
    ),
    "sqlite": ("INSERT INTO search_index (search_index) VALUES ('optimize')",),
}


class Teller(Protocol):
    """Who is told how far it has come."""

    def begin(self, what: str, total: int) -> None:
        """From now on this is done, in so many steps."""

    def reach(self, done: int) -> None:
        """So many steps are done."""

    def end(self) -> None:
        """Nothing more is done."""


async def reindex(state: State, teller: Teller | None = None) -> int:
    """Make the whole index anew; how many things can be found then."""
    await state.database.make_room()
    async with state.transaction() as tx:
        await _begin(tx)
    telling = _Telling(state, teller)
    await telling.begin("Clearing")
    while not await is_of_this_version(state):
        await telling.go_on()
    await telling.begin("Indexing")
    await _fill(state, telling)
    async with state.transaction() as tx:
        await tx.execute(delete(search_cursors).where(search_cursors.c.name == UNDER_WAY))
        for statement in _TIDY[state.database.dialect]:
            await tx.execute(text(statement))
    if teller is not None:
        teller.end()
    return await _count(state)


async def _begin(tx: Transaction) -> None:
    """Have everything cleared, where that has not begun yet."""
    await take_turn(tx)
    if (await tx.execute(_IS_UNDER_WAY)).first() is None:
        await tx.execute(insert(search_cursors), {"name": UNDER_WAY, "seq": 0})
        await tx.execute(update(search_cursors).where(search_cursors.c.name == EVERYTHING).values(seq=0))


async def _fill(state: State, telling: "_Telling") -> None:
    reading, waiting = reading_of(state), waiting_of(state)
    reading.begin_anew()
    waiting.all, waiting.at_once, reading.at_once = True, TEXTS, MANY
    while True:
        is_more = await read_over(state, set()) | await follow_texts(state, set())
        await telling.go_on()
        if not (reading.after or waiting.all or waiting.ids):
            return
        if not is_more:  # A server's worker is at it.
            await asyncio.sleep(0.05)


async def _count(state: State) -> int:
    async with state.database.read() as connection:
        return await connection.scalar(select(func.count()).select_from(search_rows)) or 0


class _Telling:
    """Tells now and then how many rows are gone, or there."""

    def __init__(self, state: State, teller: Teller | None) -> None:
        self._state, self._teller = state, teller
        self._total = 0
        self._is_clearing = False
        self._at = 0.0

    async def begin(self, what: str) -> None:
        """From now on this is done."""
        if self._teller is None:
            return
        self._is_clearing, self._total = what == "Clearing", await _count(self._state)
        if not self._is_clearing:
            async with self._state.database.read() as connection:
                counted = [select(func.count()).select_from(table) for table in _FOUND]
                self._total = sum([await connection.scalar(count) or 0 for count in counted])
        self._teller.begin(what, max(1, self._total))

    async def go_on(self) -> None:
        """Something more is done."""
        if self._teller is None or time.monotonic() - self._at < TOLD_EACH:
            return
        self._at = time.monotonic()
        count = await _count(self._state)
        self._teller.reach(self._total - count if self._is_clearing else count)
