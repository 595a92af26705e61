"""The numbers of the newest rows of the index that match, as the index alone knows them: who may read them is asked
afterwards, of these rows (`match_queries`).

FTS5 gives its matches newest first. PostgreSQL's index has no order: it must find all matches to know the newest, and
take each from the table. So the newest thousand rows are looked through one by one before. Where a word stands in
many of them there are enough, or some thousands more are looked through; what stands in few is looked up in the
index, which is as quick then however much else there is.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, Text, bindparam, cast, column, select, table, text
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.tables import search_rows
from ground.hot import HotStatement, given, run

LOOKED_THROUGH = 1_000
DOCUMENTS_LOOKED_THROUGH = 300
"""Those of documents hold a few thousand words each."""
MORE, MORE_OF_DOCUMENTS = 6, 2
"""So many times as much is looked through, where that holds enough if older rows are like the newest."""

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


def _through(some: Select[Any]) -> HotStatement:
    newest = some.limit(given("looked_through")).subquery("newest")
    matching = select(newest.c.rowid).where(_matches(newest.c.terms)).order_by(newest.c.rowid.desc())
    return HotStatement(matching.limit(given("at_most")))


_THROUGH_ALL = _through(select(_rowid, index.c.terms).where(*_WITHIN).order_by(_rowid.desc()))
# A join that keeps the order of its first side: through the index of documents' rows, one by one.
_THROUGH_DOCUMENTS = _through(
    select(_rowid, index.c.terms)
    .select_from(search_rows.join(index, _rowid == search_rows.c.id))
    .where(
        text("search_rows.kind IN ('document', 'text')"),
        search_rows.c.id < given("below"),
        search_rows.c.id >= given("least"),
    )
    .order_by(search_rows.c.id.desc())
)


async def list_newest(
    connection: AsyncConnection, match: str, *, below: int, least: int, at_most: int, of_documents: bool = False
) -> list[int]:
    """At most so many rows that match, from `least` to `below`, the newest first."""
    asked: dict[str, Any] = {"match": match, "below": below, "least": least, "at_most": at_most}
    if connection.dialect.name == "postgresql":
        through = _THROUGH_DOCUMENTS if of_documents else _THROUGH_ALL
        some, more = (DOCUMENTS_LOOKED_THROUGH, MORE_OF_DOCUMENTS) if of_documents else (LOOKED_THROUGH, MORE)
        found = await run(connection, through, asked | {"looked_through": some})
        if found and len(found) < at_most <= more * len(found):
            enough = some * at_most * 5 // (4 * len(found))
            found = await run(connection, through, asked | {"looked_through": enough})
        if len(found) == at_most:
            return [number for (number,) in found]
    return [number for (number,) in await run(connection, _LOOKED_UP, asked)]
