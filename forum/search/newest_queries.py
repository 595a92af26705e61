"""The numbers of the newest rows of the index that match, as the index alone knows them: who may read them is asked
afterwards, of these rows (`match_queries`).

FTS5 gives its matches newest first. PostgreSQL's index has no order: it must find all matches to know the newest. So
the newest few thousand rows are looked through one by one before, where a word that stands in many has enough of
them; what stands in few is looked up in the index, which is as quick however much else there is.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, Text, bindparam, cast, column, select, table
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.tables import search_rows

LOOKED_THROUGH = 3_000
"""Rows: a word that stands in a tenth of them is not looked up."""
DOCUMENTS_LOOKED_THROUGH = 400
"""Those of documents hold a few thousand words each."""

index = table("search_index", column("rowid", BigInteger), column("terms"), column("search_index"))
_rowid = index.c.rowid
_WITHIN = (_rowid < bindparam("below"), _rowid >= bindparam("least"))


def _matches(terms: ColumnElement[Any]) -> ColumnElement[bool]:
    return terms.op("@@", is_comparison=True)(cast(cast(bindparam("match"), Text), TSQUERY))


HOLDS: Mapping[str, ColumnElement[bool]] = {
    "sqlite": index.c.search_index.op("MATCH", is_comparison=True)(bindparam("match", type_=Text)),
    "postgresql": _matches(index.c.terms),
}
_FTS5 = select(_rowid).where(HOLDS["sqlite"], *_WITHIN).order_by(_rowid.desc()).limit(bindparam("at_most"))
# In an order that no index has: a plan that walks through all rows in theirs is no choice then.
_LOOKED_UP = (
    select(_rowid).where(HOLDS["postgresql"], *_WITHIN).order_by((_rowid + 0).desc()).limit(bindparam("at_most"))
)


def _through(some: Select[Any]) -> Select[Any]:
    newest = some.subquery("newest")
    return (
        select(newest.c.rowid)
        .where(_matches(newest.c.terms))
        .order_by(newest.c.rowid.desc())
        .limit(bindparam("at_most"))
    )


_THROUGH_ALL = _through(
    select(_rowid, index.c.terms).where(*_WITHIN).order_by(_rowid.desc()).limit(bindparam("looked_through"))
)
_OF_DOCUMENTS = (
    select(search_rows.c.id)
    .where(
        search_rows.c.kind.in_(["document", "text"]),
        search_rows.c.id < bindparam("below"),
        search_rows.c.id >= bindparam("least"),
    )
    .order_by(search_rows.c.id.desc())
    .limit(bindparam("looked_through"))
    .subquery("of_documents")
)
_THROUGH_DOCUMENTS = _through(
    select(_rowid, index.c.terms)
    .select_from(_OF_DOCUMENTS.join(index, _rowid == _OF_DOCUMENTS.c.id))
    .order_by(_OF_DOCUMENTS.c.id.desc())
    .offset(0)
)


async def list_newest(
    connection: AsyncConnection, match: str, *, below: int, least: int, at_most: int, of_documents: bool = False
) -> list[int]:
    """At most so many rows that match, from `least` to `below`, the newest first."""
    asked: dict[str, Any] = {"match": match, "below": below, "least": least, "at_most": at_most}
    if connection.dialect.name == "sqlite":
        return list(await connection.scalars(_FTS5, asked))
    some = DOCUMENTS_LOOKED_THROUGH if of_documents else LOOKED_THROUGH
    through = _THROUGH_DOCUMENTS if of_documents else _THROUGH_ALL
    found = list(await connection.scalars(through, asked | {"looked_through": some}))
    return found if len(found) == at_most else list(await connection.scalars(_LOOKED_UP, asked))
