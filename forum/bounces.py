"""Addresses at which mail does not arrive: noted when a mail server refuses one for good, or sends a mail back.

Shared ground: every slice that writes letters may ask before it writes. Forgotten once somebody shows that mail
arrives there, by opening what it carried.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.events import InvitationsChanged
from forum.streams import moderators_stream
from forum.tables import bounced_addresses, invitations
from ground.columns import now
from realtime.transaction import Transaction

LONGEST_REASON = 200


def _insert(insert_into: Any) -> Any:
    statement = insert_into(bounced_addresses)
    fresh = {"at": statement.excluded.at, "reason": statement.excluded.reason}
    return statement.on_conflict_do_update(index_elements=["email_key"], set_=fresh)


_INSERTS: dict[str, Any] = {"postgresql": _insert(postgresql.insert), "sqlite": _insert(sqlite.insert)}


async def note_bounce(tx: Transaction, email_key: str, reason: str) -> None:
    """Mail does not arrive at this address; the invitations that wait for an answer from there say so too.

    `reason` is a sentence of ours, never what another mail server wrote.
    """
    moment = now()
    row = {"email_key": email_key, "at": moment, "reason": reason[:LONGEST_REASON]}
    await tx.execute(_INSERTS[tx.connection.dialect.name], row)
    waiting = (invitations.c.email_key == email_key) & invitations.c.ended_at.is_(None)
    bounced = update(invitations).where(waiting).values(bounced_at=moment, bounce=reason[:LONGEST_REASON])
    for network_id in set((await tx.execute(bounced.returning(invitations.c.network_id))).scalars()):
        tx.emit(moderators_stream(network_id), InvitationsChanged(network_id))


async def forget_bounce(tx: Transaction, email_key: str) -> None:
    """Mail has arrived at this address after all."""
    await tx.execute(delete(bounced_addresses).where(bounced_addresses.c.email_key == email_key))


async def find_bounced(connection: AsyncConnection, email_keys: Sequence[str]) -> dict[str, str]:
    """Of these addresses those at which mail does not arrive, each with the reason. The caller bounds their number."""
    asked = select(bounced_addresses.c.email_key, bounced_addresses.c.reason)
    rows = await connection.execute(asked.where(bounced_addresses.c.email_key.in_(email_keys)))
    return {row.email_key: row.reason for row in rows}
