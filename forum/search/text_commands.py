"""Keeps what stands inside documents in the index: read and stemmed first, then written a few parts at a time.

Whoever follows the events says of which documents; those wait in this process. A worker that ends before it has come
to them leaves them to the next one, which reads everything over.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import cast

from forum.search.entries import Entry
from forum.search.index_commands import drop, put_text, take_turn
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
        missing = await find_missing(connection, ids, 1)
        pages = await read_text(connection, missing[0]) if missing else []
    if gone:
        async with state.transaction() as tx:
            await take_turn(tx)
            await drop(tx, gone)
    elif missing:
        await _put(state, missing[0], await make_entries(missing[0], pages))
    else:
        for document_id in ids:
            waiting.ids.pop(document_id, None)
    return bool(waiting.ids or waiting.all)


async def _look(state: State, waiting: Waiting) -> None:
    """Have those wait about which something is to be done."""
    async with state.database.read() as connection:
        missing = await find_missing(connection, None, LOOKED_FOR)
        gone = await find_gone_documents(connection, LOOKED_FOR)
    waiting.ids |= dict.fromkeys([*(text.document_id for text in missing), *gone])
    waiting.all = LOOKED_FOR in (len(missing), len(gone))


async def _put(state: State, text: Text, entries: list[Entry]) -> None:
    """The last part first, as long as the document says just this: who changed it meanwhile is waiting already."""
    whole = _terms_of(entries)
    late_first = entries[::-1]
    for start in range(0, len(entries), PARTS_AT_ONCE):
        async with state.transaction() as tx:
            await take_turn(tx)
            if not await is_missing(tx.connection, text):
                return
            await put_text(tx, late_first[start : start + PARTS_AT_ONCE], begins=start == 0, whole=whole)


def _terms_of(entries: Collection[Entry]) -> set[str]:
    return {term for entry in entries for term in (*entry.title, *entry.words)}
