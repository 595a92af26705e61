"""The numbers of the newest rows of the index that match, as the index alone knows them: who may read them is asked
afterwards, of these rows (`match_queries`).

FTS5 gives its matches newest first. PostgreSQL's index has no order: it must find all matches to know the newest, and
take each from the table. So the newest thousand rows are looked through one by one before. Where a word stands in
many of them there are enough, or some thousands more are looked through; what stands in few is looked up in the
index, which is as quick then however much else there is.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Subquery, Text, bindparam, cast, column, select, table, text
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.tables import search_rows
from ground.hot import HotStatement, given, run

STEPS, STEPS_OF_DOCUMENTS = ((1_000, 150), (2_000, 6)), ((300, 2),)
"""So many rows are looked through, and more where so many times what was found is enough. Those of documents hold a
few thousand words each."""

index = table("search_index", column("rowid", BigInteger), column("terms"), column("search_index"))
_rowid = index.c.rowid
_WITHIN = (_rowid < given("below"), _rowid >= given("least"))


def _matches(terms: ColumnElement[Any]) -> ColumnElement[bool]:
    """The question is a query of its own: read once, not for each row, and no plan hangs on its words."""
    asked = select(cast(cast(given("match"), Text), TSQUERY)).scalar_subquery()
    return terms.op("@@", is_comparison=True)(asked)


HOLDS: Mapping[str, ColumnElement[bool]] = {
    "sqlite": index.c.search_index.op("MATCH", is_comparison=True)(bindparam("match", required=False, type_=Text)),
    "postgresql": _matches(index.c.terms),
}
# On PostgreSQL by numbers that no index has, so that every plan goes by the words.
_number = _rowid + 0
_LOOKED_UP = HotStatement(
    select(_rowid)
    .where(HOLDS["postgresql"], _number < given("below"), _number >= given("least"))
    .order_by(_number.desc())
    .limit(given("at_most")),
    sqlite_statement=select(_rowid).where(HOLDS["sqlite"], *_WITHIN).order_by(_rowid.desc()).limit(given("at_most")),
)


def _through(newest: Subquery, terms: ColumnElement[Any]) -> HotStatement:
    matching = select(newest.c.rowid).where(_matches(terms)).order_by(newest.c.rowid.desc())
    return HotStatement(matching.limit(given("at_most")))


_NEWEST = select(_rowid, index.c.terms).where(*_WITHIN).order_by(_rowid.desc()).limit(given("looked_through"))
_newest = _NEWEST.subquery("newest")
_THROUGH_ALL = _through(_newest, _newest.c.terms)
_newest_of_documents = (
    select(search_rows.c.id.label("rowid"))
    .where(
        text("search_rows.kind IN ('document', 'text', 'card')"),
        search_rows.c.id < given("below"),
        search_rows.c.id >= given("least"),
    )
    .order_by(search_rows.c.id.desc())
    .limit(given("looked_through"))
    .subquery("newest")
)
# The terms of each are asked for by its number: a join walks through the rows of all that was posted between them.
_THROUGH_DOCUMENTS = _through(
    _newest_of_documents,
    select(index.c.terms)
    .where(_rowid == _newest_of_documents.c.rowid)
    .correlate(_newest_of_documents)
    .scalar_subquery(),
)


async def list_newest(
    connection: AsyncConnection, match: str, *, below: int, least: int, at_most: int, of_documents: bool = False
) -> list[int]:
    """At most so many rows that match, from `least` to `below`, the newest first."""
    asked: dict[str, Any] = {"match": match, "below": below, "least": least, "at_most": at_most}
    if connection.dialect.name == "postgresql":
        found = await _look_through(connection, asked, of_documents=of_documents)
        if len(found) == at_most:
            return found
    return [number for (number,) in await run(connection, _LOOKED_UP, asked)]


async def _look_through(connection: AsyncConnection, asked: Mapping[str, Any], *, of_documents: bool) -> list[int]:
    """The newest that match, all that are asked for where they are soon found.

    What is newest in the whole site is not always much of what is newest in the reader's networks: a few more rows
    tell better how many must be looked through than the first ones, and cost less than to look up thousands.
    """
    through = _THROUGH_DOCUMENTS if of_documents else _THROUGH_ALL
    at_most: int = asked["at_most"]
    found, looked = list[int](), 0

    async def look(some: int) -> bool:
        below = found[-1] if found else asked["below"]
        rest = {"below": below, "at_most": at_most - len(found), "looked_through": some}
        found.extend(number for (number,) in await run(connection, through, {**asked, **rest}))
        return len(found) == at_most

    for some, times in STEPS_OF_DOCUMENTS if of_documents else STEPS:
        looked += some
        if await look(some) or times * len(found) < at_most:
            return found
    await look(looked * at_most * 5 // (4 * len(found)) - looked)
    return found
