"""What the worker does for this slice: letters, tasks, and chores that come round."""

from collections.abc import Mapping, Sequence

from forum.mailing import LetterWriter
from forum.tasks import Chore, Doer

LETTERS: Mapping[str, LetterWriter] = {}
TASKS: Mapping[str, Doer] = {}
CHORES: Sequence[Chore] = ()
