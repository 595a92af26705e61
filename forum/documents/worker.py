"""What the worker does for this slice: what was withdrawn is deleted in the end, and work that is over is told."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from forum.acts.erasing_documents import FORGET_FILES
from forum.documents.lock_commands import LOCK_OVER, end_lock, end_old_locks
from forum.documents.preview_commands import follow_waiting
from forum.documents.withdrawing_commands import purge_withdrawn
from forum.filing.collecting import forget_at_once
from forum.state import State
from forum.tasks import Chore, Doer, Follower
from realtime.transaction import Transaction


async def forget_files(state: State, tx: Transaction, reference: Mapping[str, str]) -> None:
    """Files of a document that was erased go at once."""
    before = datetime.fromisoformat(reference["before"])
    await forget_at_once(tx, state.files, reference["names"].split(","), before)


TASKS: Mapping[str, Doer] = {LOCK_OVER: end_lock, FORGET_FILES: forget_files}
CHORES: Sequence[Chore] = (end_old_locks, purge_withdrawn)

PREPARERS: Sequence[Follower] = (follow_waiting,)
