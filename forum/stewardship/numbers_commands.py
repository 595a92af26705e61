"""Keeps of each week how many members were there: a number, taken while it can still be counted."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from forum.state import State
from forum.stewardship.numbers_queries import count_active, monday_of
from forum.tables import network_weeks, networks
from ground.columns import now

_OVERLAP = timedelta(hours=12)
"""So long after a week's end its number is taken once more, for what happened after the last time."""


def _upsert(insert: Any) -> Any:
    statement = insert(network_weeks)
    grown = {"active_count": statement.excluded.active_count}
    # Who came is only known until they come again: the number never falls.
    return statement.on_conflict_do_update(
        index_elements=["network_id", "week_on"],
        set_=grown,
        where=statement.excluded.active_count > network_weeks.c.active_count,
    )


_UPSERTS = {"postgresql": _upsert(postgresql.insert), "sqlite": _upsert(sqlite.insert)}


async def count_weeks(state: State) -> None:
    """Note for every network how many members were there this week. May be cut off anywhere."""
    moment = now()
    async with state.database.read() as connection:
        some = select(networks.c.id).where(networks.c.member_count > 0, networks.c.deleted_at.is_(None))
        found = list(await connection.scalars(some))
    for monday in sorted({monday_of(moment - _OVERLAP), monday_of(moment)}):
        for network_id in found:
            async with state.database.read() as connection:
                count = await count_active(connection, network_id, monday)
            if count:
                row = {"network_id": network_id, "week_on": monday.isoformat(), "active_count": count}
                async with state.transaction() as tx:
                    await tx.execute(_UPSERTS[tx.connection.dialect.name], row)
