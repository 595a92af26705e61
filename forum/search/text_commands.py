"""Keeps what stands inside documents in the index: read and stemmed first, then written a few parts at a time.

Whoever follows the events says of which documents; those wait in this process. A worker that ends before it has come
to them leaves them to the next one, which reads everything over.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import cast

from sqlalchemy.ext.asyncio import AsyncConnection

from forum.search.entries import Entry, terms_of
from forum.search.index_commands import drop, put_text, put_texts, take_turn
from forum.search.text_queries import (
    Text,
    find_gone,
    find_gone_documents,
    find_missing,
    is_missing,
    make_entries,
    read_text,
)
from forum.state import State

DOCUMENTS_AT_ONCE = 100
LOOKED_FOR = 1_000
GONE_AT_ONCE = 50
PARTS_AT_ONCE = 20
"""In one transaction."""


@dataclass(slots=True)
class Waiting:
    """Documents at which this process has to look."""

    ids: dict[str, None] = field(default_factory=dict)
    all: bool = True
    """At every one."""
    at_once: int = 1
    """Documents in one transaction: more where nobody waits meanwhile."""

    async def close(self) -> None:
        """Nothing is open."""


def waiting_of(state: State) -> Waiting:
    """What waits in this process."""
    return cast(Waiting, state.kept.setdefault("search texts", Waiting()))


async def follow_texts(state: State, _: set[str]) -> bool:
    """Put the words of one document into the index, or take some out; whether more wait."""
    waiting = waiting_of(state)
    if not waiting.all and not waiting.ids:
        return False
    if waiting.all and not waiting.ids:
        await _look(state, waiting)
    ids = list(waiting.ids)[:DOCUMENTS_AT_ONCE]
    async with state.database.read() as connection:
        gone = await find_gone(connection, ids, GONE_AT_ONCE)
        made = await _make(connection, ids, waiting.at_once)
    if gone:
        async with state.transaction() as tx:
            await take_turn(tx)
            await drop(tx, gone)
    elif made:
        await _put_all(state, made)
    else:
        for document_id in ids:
            waiting.ids.pop(document_id, None)
    return bool(waiting.ids or waiting.all)


async def _make(connection: AsyncConnection, ids: Collection[str], at_once: int) -> list[tuple[Text, list[Entry]]]:
    """The next of these documents that the index lacks, in parts: at most so many, or one long one."""
    made, parts = list[tuple[Text, list[Entry]]](), 0
    for text in await find_missing(connection, ids, at_once):
        made.append((text, await make_entries(text, await read_text(connection, text))))
        parts += len(made[-1][1])
        if parts >= PARTS_AT_ONCE:
            break
    return made


async def _put_all(state: State, made: Sequence[tuple[Text, list[Entry]]]) -> None:
    """Short ones together, long ones a few parts at a time."""
    short = [each for each in made if len(each[1]) <= PARTS_AT_ONCE]
    if short:
        async with state.transaction() as tx:
            await take_turn(tx)
            still = [entries for text, entries in short if await is_missing(tx.connection, text)]
            if still:
                await put_texts(tx, still)
    for text, entries in made:
        if len(entries) > PARTS_AT_ONCE:
            await _put(state, text, entries)


async def _look(state: State, waiting: Waiting) -> None:
    """Have those wait about which something is to be done."""
    async with state.database.read() as connection:
        missing = await find_missing(connection, None, LOOKED_FOR)
        gone = await find_gone_documents(connection, LOOKED_FOR)
    waiting.ids |= dict.fromkeys([*(text.document_id for text in missing), *gone])
    waiting.all = LOOKED_FOR in (len(missing), len(gone))


async def _put(state: State, text: Text, entries: list[Entry]) -> None:
    """The last part first, as long as the document says just this: who changed it meanwhile is waiting already."""
    whole = terms_of(entries)
    late_first = entries[::-1]
    for start in range(0, len(entries), PARTS_AT_ONCE):
        async with state.transaction() as tx:
            await take_turn(tx)
            if not await is_missing(tx.connection, text):
                return
            await put_text(tx, late_first[start : start + PARTS_AT_ONCE], begins=start == 0, whole=whole)
