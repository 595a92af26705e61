"""Letting go of files that no post carries."""

from datetime import timedelta

from forum.attaching import UNSENT, forget_files
from forum.errors import NotFound
from forum.files.store import LEFT_AFTER_SECONDS
from forum.state import State
from forum.tables import post_files
from forum.viewer import Viewer
from ground.columns import now
from realtime.transaction import Transaction


async def take_back(tx: Transaction, viewer: Viewer, file_id: str) -> None:
    """Let go of a file of one's own that is not sent yet. Raises NotFound."""
    mine = (post_files.c.id == file_id, post_files.c.brought_by == viewer.id)
    if not await forget_files(tx, *mine, *UNSENT):
        raise NotFound


async def forget_unsent(state: State) -> None:
    """Let go of those that were brought a day ago, and that nothing became of."""
    old = post_files.c.created_at < now() - timedelta(seconds=LEFT_AFTER_SECONDS)
    async with state.transaction() as tx:
        await forget_files(tx, old, *UNSENT)
