"""Where each chain of the audit log stood is taken down under the seal of a row of the site's chain, again and again.

A chain alone proves nothing of what came last: whoever cuts off its newest rows and sets its head back leaves a chain
that holds. What was taken down of it then names a row that is missing. It proves this much: up to where a chain stood
when its head was last kept, nothing was cut off or written anew, unless the site's chain and the heads themselves were
changed as well. Against that helps a seal that somebody noted elsewhere, and nothing that lies in the same database.
"""

import hashlib
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.audit import SITE, Deed, Settings, canonical, named_chain, record
from forum.tables import audit_chains, audit_heads, audit_rows
from ground.columns import moment_text
from realtime.transaction import Transaction

KEPT = "log.heads_kept"
MOST = 5_000
"""So many chains one row takes down; what is left waits for the next."""
_MOST_TOLD = 20


async def keep_heads(tx: Transaction, unless_since: datetime | None = None) -> int:
    """Take down where each chain stands that has grown; how many those are.

    Nothing where none has, or where it was done since then already.
    """
    if unless_since is not None:
        latest = select(func.max(audit_rows.c.at)).where(audit_rows.c.chain == SITE, audit_rows.c.act == KEPT)
        kept_at = await tx.connection.scalar(latest)
        if kept_at is not None and kept_at > unless_since:
            return 0
    known = select(audit_heads.c.chain, func.max(audit_heads.c.number).label("number"))
    last = known.group_by(audit_heads.c.chain).subquery("last")
    grown = (
        select(audit_chains.c.name, audit_chains.c.head, audit_chains.c.seal)
        .outerjoin(last, last.c.chain == audit_chains.c.name)
        .where(audit_chains.c.name != SITE, audit_chains.c.head > func.coalesce(last.c.number, 0))
        .order_by(audit_chains.c.name)
        .limit(MOST)
    )
    heads = [(row.name, int(row.head), row.seal) for row in await tx.execute(grown)]
    if heads:
        after: Settings = {"chains": len(heads), "hash": _hash_of(heads)}
        row_id = await record(tx, Deed(KEPT, "site", SITE, after=after))
        rows = [{"row_id": row_id, "chain": chain, "number": head, "seal": seal} for chain, head, seal in heads]
        await tx.execute(insert(audit_heads), rows)
    return len(heads)


def _hash_of(heads: Sequence[tuple[str, int, str]]) -> str:
    return hashlib.sha256(canonical(sorted(heads)).encode()).hexdigest()


async def find_cut(connection: AsyncConnection) -> AsyncIterator[str]:
    """A sentence for each chain that lacks the row at which it was kept, and for what was kept and is changed."""
    kept_rows = audit_rows.alias("kept_rows")
    missing = (
        select(audit_heads.c.chain, func.min(audit_heads.c.number), func.min(kept_rows.c.at))
        .outerjoin(
            audit_rows,
            (audit_rows.c.chain == audit_heads.c.chain)
            & (audit_rows.c.number == audit_heads.c.number)
            & (audit_rows.c.seal == audit_heads.c.seal),
        )
        .outerjoin(kept_rows, kept_rows.c.id == audit_heads.c.row_id)
        .where(audit_rows.c.id.is_(None))
        .group_by(audit_heads.c.chain)
        .order_by(audit_heads.c.chain)
        .limit(_MOST_TOLD)
    )
    for chain, number, at in (await connection.execute(missing)).all():
        when = f" on {moment_text(at)}" if at is not None else ""
        of = await named_chain(connection, chain)
        yield (
            f"The audit log of {of} was cut off or written anew: row {number}, which was its last"
            f"{when}, is missing or another one."
        )
    async for trouble in _changed(connection):
        yield trouble


async def _changed(connection: AsyncConnection) -> AsyncIterator[str]:
    """What was kept must be what the rows of the site's chain seal, and each of those must be there."""
    asked = (
        select(audit_heads, audit_rows.c.after, audit_rows.c.number.label("site_number"))
        .outerjoin(audit_rows, audit_rows.c.id == audit_heads.c.row_id)
        .order_by(audit_heads.c.row_id)
    )
    found = (await connection.execute(asked)).all()
    for _, group in groupby(found, key=lambda row: row.row_id):
        rows = list(group)
        heads = [(row.chain, int(row.number), row.seal) for row in rows]
        if rows[0].site_number is None:
            yield "The audit log of the site was cut off: a row that took down where other logs stood is missing."
            return
        if rows[0].after != canonical({"chains": len(heads), "hash": _hash_of(heads)}):
            yield f"What row {rows[0].site_number} of the site's audit log took down of other logs was changed."
            return
    told = select(func.count()).where(audit_rows.c.chain == SITE, audit_rows.c.act == KEPT)
    if (await connection.scalar(told) or 0) != len({row.row_id for row in found}):
        yield "What the site's audit log took down of other logs is missing."
