"""The row of a file.

Whether the store has the same bytes already shows in nothing that is answered here: somebody who tries a file could
otherwise learn that a closed network has it.
"""

from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects import postgresql, sqlite

from forum.errors import Unavailable
from forum.files.incoming import AWAY
from forum.files.store import Kept, Store
from forum.settings import Settings
from forum.tables import blobs
from ground.columns import now
from realtime.transaction import Transaction

LOCK = 4201719
"""Who keeps a file shares it on PostgreSQL, who collects has it alone. On SQLite one writer comes after the other."""


async def keep(tx: Transaction, files: Store, settings: Settings, kept: Kept) -> None:
    """Write the row of a file that is in the store, so that others may name it in this transaction.

    Whether there is room for it is asked where it is named (`charge`).
    """
    if tx.connection.dialect.name == "postgresql":
        await tx.execute(text(f"SELECT pg_advisory_xact_lock_shared({LOCK})"))
    if await files.find(kept.sha256) is None:  # it was collected in this very moment
        raise Unavailable(AWAY)
    insert: Any = postgresql.insert if tx.connection.dialect.name == "postgresql" else sqlite.insert
    moment = now()
    row = {"sha256": kept.sha256, "size": kept.size, "media_type": kept.media_type}
    # Without a virus scanner nothing holds it back: one that comes later is asked about it then.
    again: dict[str, Any] = {"kept_at": moment} | ({} if settings.has_scanner else {"scan_due_at": moment})
    made = insert(blobs).values(**row, created_at=moment, **again)
    await tx.execute(made.on_conflict_do_update(index_elements=["sha256"], set_=again))
