"""Tasks that a transaction leaves for the worker: committed with it, handed out with a lease.

A task is done at least once. Its effects in the database are made exactly once by calling
`finish()` in the same transaction: it raises LeaseLost where another worker has taken over.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ground.columns import new_id, now
from realtime.tables import outbox

TOPIC = "outbox"
"""What a worker follows at the broker to hear of new tasks at once."""

INSERT_TASK = insert(outbox)

_ERROR_LENGTH = 500


class LeaseLost(Exception):
    """The lease ran out and somebody else has the task: whatever was done must be rolled back."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do. `attempts` counts this one too."""

    id: str
    kind: str
    reference: dict[str, str]
    created_at: datetime
    attempts: int


def new_task(kind: str, reference: dict[str, str], after: datetime | None = None) -> dict[str, Any]:
    """The row of a fresh task, to be done from `after` on (at once by default)."""
    moment = now()
    return {
        "id": new_id(),
        "kind": kind,
        "reference": reference,
        "created_at": moment,
        "available_at": after or moment,
        "attempts": 0,
    }


async def claim(connection: AsyncConnection, kinds: Collection[str], limit: int, lease: timedelta) -> list[Task]:
    """Take at most `limit` due tasks of these kinds, oldest first; nobody else gets them for the time of `lease`.

    Runs in a write transaction of its own, which is to be committed before the work begins.
    """
    moment = now()
    due = (
        select(outbox.c.id)
        .where(
            outbox.c.kind.in_(list(kinds)),
            outbox.c.available_at <= moment,
            or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= moment),
        )
        .order_by(outbox.c.available_at, outbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)  # SQLite has one writer and leaves this out
    )
    taken = await connection.execute(
        update(outbox)
        .where(outbox.c.id.in_(due.scalar_subquery()))
        .values(leased_until=moment + lease, attempts=outbox.c.attempts + 1)
        .returning(outbox.c.id, outbox.c.kind, outbox.c.reference, outbox.c.created_at, outbox.c.attempts)
    )
    return sorted((Task(*row) for row in taken), key=lambda task: task.id)


async def finish(connection: AsyncConnection, task: Task) -> None:
    """The task is done. LeaseLost where another worker has claimed it since."""
    gone = await connection.execute(delete(outbox).where(outbox.c.id == task.id, outbox.c.attempts == task.attempts))
    if gone.rowcount != 1:
        raise LeaseLost(task.id)


async def postpone(connection: AsyncConnection, task: Task, error: str, until: datetime | None) -> None:
    """The task failed: try again from `until`, or give it up (None) and keep it for a person to look at.

    `error` must hold no words of members and no addresses. Does nothing where the lease is lost.
    """
    await connection.execute(
        update(outbox)
        .where(outbox.c.id == task.id, outbox.c.attempts == task.attempts)
        .values(available_at=until, leased_until=None, last_error=error[:_ERROR_LENGTH])
    )
