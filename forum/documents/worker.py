"""What the worker does for this slice: what was withdrawn is deleted in the end, and work that is over is told."""

from collections.abc import Mapping, Sequence

from forum.documents.lock_commands import LOCK_OVER, end_lock, end_old_locks
from forum.documents.preview_commands import follow_waiting
from forum.documents.withdrawing_commands import purge_withdrawn
from forum.tasks import Chore, Doer, Follower

TASKS: Mapping[str, Doer] = {LOCK_OVER: end_lock}
CHORES: Sequence[Chore] = (end_old_locks, purge_withdrawn)

PREPARERS: Sequence[Follower] = (follow_waiting,)
