"""What the worker does for files: it forgets uploads that ended, and lets go of what nothing names."""

from collections.abc import Sequence
from datetime import timedelta

from forum.files.store import LEFT_AFTER_SECONDS
from forum.filing.collecting import collect, starts_of
from forum.state import State
from forum.tasks import Chore
from forum.uploads.commands import forget_ended
from ground.columns import now


async def collect_files(state: State) -> None:
    """Look through a twenty-fourth of the store, so that with each day all of it is looked through."""
    before = now() - timedelta(seconds=LEFT_AFTER_SECONDS)
    await collect(state.database, state.files, before, starts_of(now().hour))
    await state.files.tidy(before)


CHORES: Sequence[Chore] = (forget_ended, collect_files)
