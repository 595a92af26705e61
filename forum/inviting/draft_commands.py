"""A list over the limit of a day is kept for its sender, and forgotten once it is sent, unwanted, or two weeks old."""

from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from forum.inviting.address_tables import MOST_ENTRIES
from forum.inviting.draft_queries import KEPT_FOR, find_draft
from forum.inviting.inputs import InvitationForm
from forum.network_reads import get_administered
from forum.records import Network
from forum.state import State
from forum.tables import invitation_drafts
from forum.viewer import Viewer
from ground.columns import now
from realtime.transaction import Transaction

_INSERTS: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
_CHOSEN = ("entries", "entry_count", "role", "message", "valid_days", "created_at")


async def keep_rest(tx: Transaction, viewer: Viewer, network: Network, form: InvitationForm, rest: str) -> str:
    """Keep what could not be sent of the list; all that is kept then.

    What is left of the kept list itself takes its place; what is left of another comes behind it.
    """
    before = await find_draft(tx.connection, viewer, network) if form.kept != "yes" else None
    texts = [before.entries if before else "", rest]
    lines = list(dict.fromkeys(line for text in texts for line in text.splitlines() if line.strip()))[:MOST_ENTRIES]
    if not lines:
        await _forget(tx, viewer.id, network.id)
        return ""
    row = {
        "account_id": viewer.id,
        "network_id": network.id,
        "entries": "\n".join(lines),
        "entry_count": len(lines),
        "role": form.role,
        "message": form.message,
        "valid_days": int(form.days),
        "created_at": now(),
    }
    statement = _INSERTS[tx.connection.dialect.name](invitation_drafts).values(row)
    anew = {name: statement.excluded[name] for name in _CHOSEN}
    await tx.execute(statement.on_conflict_do_update(index_elements=["account_id", "network_id"], set_=anew))
    return str(row["entries"])


async def forget_rest(tx: Transaction, viewer: Viewer, slug: str) -> None:
    """Forget what is kept; where nothing is, nothing changes. Raises NotFound, Forbidden."""
    await _forget(tx, viewer.id, (await get_administered(tx.connection, viewer, slug)).id)


async def _forget(tx: Transaction, account_id: str, network_id: str) -> None:
    mine = (invitation_drafts.c.account_id == account_id) & (invitation_drafts.c.network_id == network_id)
    await tx.execute(delete(invitation_drafts).where(mine))


async def forget_old_lists(state: State) -> None:
    """Lists that nobody went on with for two weeks: they hold addresses of people who were never asked."""
    async with state.transaction() as tx:
        await tx.execute(delete(invitation_drafts).where(invitation_drafts.c.created_at <= now() - KEPT_FOR))
