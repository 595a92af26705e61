"""Puts things into the index and takes them out: the one writer of `search_rows` and of what hangs on them."""

import asyncio
import json
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite

from forum.search.entries import LAST_PLACE, MOST_PLACES, Entry, terms_of
from forum.search.tags import LONG, TITLE, row_id
from forum.tables import search_cursors, search_rows
from forum.unindexing import count_terms, note_terms, take_out
from ground.columns import moment_text
from realtime.transaction import Transaction

_INSERT_TERMS = text(
    "INSERT INTO search_index (rowid, terms) VALUES (:rowid, CAST(CAST(:terms AS TEXT) AS TSVECTOR))"
).bindparams(bindparam("rowid", type_=search_rows.c.id.type))
_COLUMNS = tuple(search_rows.c.keys())
_VALUES = ", ".join(f"json_extract(value, '$[{place}]')" for place in range(len(_COLUMNS)))
# FTS5 writes down what it has gathered at the end of every statement, and whenever a smaller number follows: row by row
# that is a hundred times the work.
_INSERT_AT_ONCE = text(
    f"INSERT INTO search_rows ({', '.join(_COLUMNS)}) SELECT {_VALUES} FROM json_each(:rows)"  # noqa: S608  our own names
)
EVERYTHING = "everything"
"""The cursor that names the version of the terms, and is held by whoever writes the index."""
_BEGIN: dict[str, Any] = {
    "postgresql": postgresql.insert(search_cursors).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(search_cursors).on_conflict_do_nothing(),
}
_TAKE_TURN = select(search_cursors.c.seq).where(search_cursors.c.name == EVERYTHING).with_for_update()


async def take_turn(tx: Transaction) -> None:
    """Whoever writes the index does so alone."""
    await tx.execute(_BEGIN[tx.connection.dialect.name], {"name": EVERYTHING, "seq": 0})
    await tx.execute(_TAKE_TURN)


_FARTHEST = 16
"""Numbers that are looked at ahead of one that is taken: for 500 things at once as many as a statement may hold."""


async def put(tx: Transaction, entries: Collection[Entry]) -> None:
    """Have these found as they are now, in place of what was known of them."""
    if not entries:
        return
    said: Counter[tuple[str, str]] = Counter()
    by_kind: dict[str, list[str]] = {}
    for entry in entries:
        by_kind.setdefault(entry.kind, []).append(entry.object_id)
    for kind, things in by_kind.items():
        await take_out(tx, (search_rows.c.kind == kind) & search_rows.c.object_id.in_(things), said)
    await _insert(tx, entries)
    for entry in entries:
        count_terms(said, entry.network_id, [*entry.title, *entry.words], 1)
    await note_terms(tx, said)


async def put_text(tx: Transaction, entries: Sequence[Entry], *, begins: bool, whole: Collection[str]) -> None:
    """Have some parts of what stands in a document found; `begins`: in place of all that was known of it.

    `whole` are the terms of all its parts, which count once: with the first part, which is written last.
    """
    said: Counter[tuple[str, str]] = Counter()
    entry = entries[0]
    of_text = (search_rows.c.kind == entry.kind) & (search_rows.c.object_id == entry.object_id)
    these = search_rows.c.part.in_([each.part for each in entries])
    await take_out(tx, of_text if begins else of_text & these, said)
    await _insert(tx, entries)
    if any(each.part == 0 for each in entries):
        count_terms(said, entry.network_id, whole, 1)
    await note_terms(tx, said)


async def put_texts(tx: Transaction, texts: Sequence[Sequence[Entry]]) -> None:
    """Have the whole of these documents found, in place of all that was known of what stands in them."""
    said: Counter[tuple[str, str]] = Counter()
    ids = [entries[0].object_id for entries in texts]
    await take_out(tx, (search_rows.c.kind == "text") & search_rows.c.object_id.in_(ids), said)
    await _insert(tx, [entry for entries in texts for entry in entries])
    for entries in texts:
        count_terms(said, entries[0].network_id, terms_of(entries), 1)
    await note_terms(tx, said)


async def _insert(tx: Transaction, entries: Collection[Entry]) -> None:
    ids = await _choose_ids(tx, entries)
    in_order = sorted(((ids[entry.key], entry) for entry in entries), key=lambda each: each[0])
    rows = [_row(number, entry) for number, entry in in_order]
    if tx.connection.dialect.name == "postgresql":
        await tx.execute(insert(search_rows), rows)
        placed = list[dict[str, Any]]()
        for number, entry in in_order:
            placed.append({"rowid": number, "terms": _places(entry)})
            await asyncio.sleep(0)  # It may be a long text, and others wait for their pages.
        await tx.execute(_INSERT_TERMS, placed)
    else:
        await tx.execute(
            _INSERT_AT_ONCE,
            {"rows": json.dumps([[row[name] for name in _COLUMNS] for row in rows], default=moment_text)},
        )


async def drop(tx: Transaction, ids: Collection[int]) -> None:
    """Have these rows found no more."""
    if ids:
        said: Counter[tuple[str, str]] = Counter()
        await take_out(tx, search_rows.c.id.in_(ids), said)
        await note_terms(tx, said)


async def _choose_ids(tx: Transaction, entries: Collection[Entry]) -> dict[tuple[str, str, int], int]:
    """A number for each: that of its moment, or the next that is free. Those of one text stand side by side.

    One statement asks for all of them; where many things are of one moment, a few more that look further ahead.
    """
    wanted = {entry.key: _number(entry) for entry in entries}
    chosen: dict[tuple[str, str, int], int] = {}
    taken: set[int] = set()
    ahead = 1
    while missing := [key for key in wanted if key not in chosen]:
        looked_at = {wanted[key] + step for key in missing for step in range(ahead)}
        taken |= set((await tx.execute(select(search_rows.c.id).where(search_rows.c.id.in_(looked_at)))).scalars())
        for key in missing:
            free = next((number for number in range(wanted[key], wanted[key] + ahead) if number not in taken), None)
            if free is None:
                wanted[key] += ahead
            else:
                chosen[key] = free
                taken.add(free)
        ahead = min(4 * ahead, _FARTHEST)
    return chosen


def _number(entry: Entry) -> int:
    return row_id(entry.moment, entry.object_id) + (entry.part + 1 if entry.kind == "text" else 0)


def _row(number: int, entry: Entry) -> dict[str, Any]:
    return {
        "id": number,
        "kind": entry.kind,
        "object_id": entry.object_id,
        "part": entry.part,
        "page": entry.page,
        "last_page": entry.last_page,
        "begins_at": entry.begins_at,
        "network_id": entry.network_id,
        "thread_id": entry.thread_id,
        "post_id": entry.post_id,
        "account_id": entry.account_id,
        "version": entry.version,
        "heading": entry.heading,
        "moment": entry.moment,
        "title": " ".join(entry.title),
        "words": " ".join(entry.words),
        "tags": " ".join(entry.tags),
        "is_long": entry.is_long,
    }


def _places(entry: Entry) -> str:
    """The entry as PostgreSQL writes a `tsvector`: each term with its places, those of a title marked once more."""
    places: dict[str, list[int]] = {}
    for place, term in enumerate(entry.title, 1):
        places.setdefault(term, []).append(place)
    for place, term in enumerate(entry.words, len(entry.title) + 3):
        places.setdefault(term, []).append(place)
    marks = [*(TITLE + term for term in set(entry.title)), *("#" + tag for tag in entry.tags)]
    if entry.is_long:
        marks.append(LONG)
    return " ".join([*(_placed(term, found) for term, found in places.items()), *(f"'{mark}'" for mark in marks)])


def _placed(term: str, places: Sequence[int]) -> str:
    kept = [str(place) for place in places[:MOST_PLACES] if place <= LAST_PLACE]
    return f"'{term}':{','.join(kept)}" if kept else f"'{term}'"
