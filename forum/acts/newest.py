"""What somebody has just done and can take back."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.acts.undoing import UNDOABLE
from forum.policy import acts_shown_to
from forum.records import ActKind
from forum.tables import acts
from forum.viewer import Viewer
from ground.columns import now

JUST = timedelta(minutes=1)


async def find_own_newest(
    connection: AsyncConnection,
    viewer: Viewer,
    kind: ActKind,
    *,
    thread_id: str | None = None,
    network_id: str | None = None,
    account_id: str | None = None,
) -> str:
    """The id of the act of this kind that the viewer has just done to the thread, or to the person in the network;
    empty for none that counts."""
    if kind not in UNDOABLE:
        return ""
    about = [acts.c.thread_id == thread_id, acts.c.post_id.is_(None)] if thread_id else []
    about += [acts.c.network_id == network_id, acts.c.account_id == account_id] if account_id else []
    mine = (acts.c.kind == kind, acts.c.by_id == viewer.id, acts.c.at > now() - JUST)
    newest = (
        select(acts.c.id)
        .where(*about, *mine, acts.c.undone_at.is_(None), acts_shown_to(viewer))
        .order_by(acts.c.id.desc())
        .limit(1)
    )
    found: str | None = await connection.scalar(newest)
    return found or ""
