"""Takes words out of what is searched, for every slice: what is erased is gone from there in the same transaction.

Everything else about the index is the business of `forum.search`, which hears of changes a moment later.
"""

from collections import Counter
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from forum.tables import search_rows, search_terms
from realtime.transaction import Transaction

SHORTEST_TERM, LONGEST_TERM = 3, 30
"""Of the terms that typing errors are mended by."""


FORGET = "search.forget"
"""The task by which an index is written anew that keeps what was taken out of it."""


async def forget_words_of(tx: Transaction, post_id: str) -> None:
    """Have nothing of a post in the index, until the worker looks what it says now."""
    await _forget(tx, search_rows.c.post_id == post_id)


async def forget_document(tx: Transaction, document_id: str) -> None:
    """Have nothing of a document in the index, which is deleted for good."""
    await _forget(tx, search_rows.c.kind.in_(["document", "text"]) & (search_rows.c.object_id == document_id))


async def forget_card(tx: Transaction, card_id: str) -> None:
    """Have nothing of a card in the index, until the worker looks what it says now."""
    await _forget(tx, (search_rows.c.kind == "card") & (search_rows.c.object_id == card_id))


async def _forget(tx: Transaction, which: ColumnElement[bool]) -> None:
    said: Counter[tuple[str, str]] = Counter()
    await take_out(tx, which, said)
    await note_terms(tx, said)
    forget_for_good(tx)


def forget_for_good(tx: Transaction) -> None:
    """What this transaction takes out must be nowhere: FTS5 keeps words until it writes its segments anew."""
    if tx.connection.dialect.name == "sqlite" and FORGET not in tx.notes:
        tx.notes[FORGET] = True
        tx.enqueue(FORGET, {})


async def take_out(tx: Transaction, which: ColumnElement[bool], said: Counter[tuple[str, str]]) -> None:
    """Take these rows out; `said` counts in which network a term stands in one row less.

    All rows of what stands in a document count as one, and do so with their first: it is written last.
    """
    columns = ("id", "kind", "object_id", "part", "network_id", "title", "words")
    rows = (await tx.execute(select(*(search_rows.c[name] for name in columns)).where(which))).all()
    texts: dict[str, set[str]] = {}
    for row in rows:
        terms = [*row.title.split(), *row.words.split()]
        if row.kind == "text":
            texts.setdefault(row.object_id, set()).update(terms)
        else:
            count_terms(said, row.network_id, terms, -1)
    for row in rows:
        if row.kind == "text" and row.part == 0:
            count_terms(said, row.network_id, texts[row.object_id], -1)
    if rows:
        await tx.execute(delete(search_rows).where(search_rows.c.id.in_([row.id for row in rows])))


def count_terms(said: Counter[tuple[str, str]], network_id: str | None, terms: Collection[str], by: int) -> None:
    """Note in `said` that a row with these terms came or went."""
    if network_id is None:
        return
    for term in set(terms):
        if SHORTEST_TERM <= len(term) <= LONGEST_TERM and term.isalpha():
            said[network_id, term] += by


def _adding(dialect_insert: Any) -> Any:
    statement = dialect_insert(search_terms)
    more = {"uses": search_terms.c.uses + statement.excluded.uses}
    return statement.on_conflict_do_update(index_elements=["network_id", "term"], set_=more)


_ADD: dict[str, Any] = {"postgresql": _adding(postgresql.insert), "sqlite": _adding(sqlite.insert)}
_THIS = (search_terms.c.network_id == bindparam("of_network", type_=search_terms.c.network_id.type)) & (
    search_terms.c.term == bindparam("of_term")
)
_LESS = update(search_terms).where(_THIS).values(uses=search_terms.c.uses - bindparam("less"))
_FORGET = delete(search_terms).where(_THIS, search_terms.c.uses <= 0)


async def note_terms(tx: Transaction, said: Counter[tuple[str, str]]) -> None:
    """Write down what was counted, in the order of the words, so that no two writers wait for each other."""
    changes = sorted((key, by) for key, by in said.items() if by)
    added = [{"network_id": network, "term": term, "uses": by} for (network, term), by in changes if by > 0]
    gone = [{"of_network": network, "of_term": term, "less": -by} for (network, term), by in changes if by < 0]
    if added:
        await tx.execute(_ADD[tx.connection.dialect.name], added)
    if gone:
        await tx.execute(_LESS, gone)
        await tx.execute(_FORGET, [{key: row[key] for key in ("of_network", "of_term")} for row in gone])
