"""People are told something: a line on their list, and as they wish a mail. For every slice, in its own transaction.

What a line says is worked out when it is read or sent, by what its reader may see then; it holds ids only.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from forum.records import NotificationKind
from forum.tables import notifications
from ground.columns import new_id, now
from realtime.transaction import Transaction

_INSERTS: dict[str, Any] = {
    "postgresql": postgresql.insert(notifications).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(notifications).on_conflict_do_nothing(),
}


async def tell(
    tx: Transaction,
    account_ids: Iterable[str],
    kind: NotificationKind,
    object_id: str,
    *,
    network_id: str | None = None,
    actor_id: str | None = None,
) -> None:
    """Tell these people of `object_id`, once each. Who did it is left out where its reader is not to learn that."""
    moment = now()
    for account_id in sorted(set(account_ids) - {actor_id}):
        row = {
            "id": new_id(),
            "account_id": account_id,
            "kind": kind,
            "network_id": network_id,
            "object_id": object_id,
            "actor_id": actor_id,
            "created_at": moment,
        }
        await tx.execute(_INSERTS[tx.connection.dialect.name], row)
