"""What the worker does for files of posts: those that were never sent go after a day."""

from collections.abc import Sequence

from forum.attachments.commands import forget_unsent
from forum.tasks import Chore

CHORES: Sequence[Chore] = (forget_unsent,)
