"""What the worker does for this slice: owners are asked when a card's day has gone by, and what was removed goes."""

from collections.abc import Sequence

from forum.knowledge.removing_commands import purge_removed
from forum.knowledge.reviewing_commands import ask_for_reviews
from forum.tasks import Chore

CHORES: Sequence[Chore] = (ask_for_reviews, purge_removed)
