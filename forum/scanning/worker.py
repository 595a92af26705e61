"""What the worker does for this slice: it asks the scanner about each file that waits, and then about older ones."""

from collections.abc import Sequence

from forum.scanning.commands import follow_unchecked
from forum.scanning.older_commands import follow_older
from forum.tasks import Follower

PREPARERS: Sequence[Follower] = (follow_unchecked,)

FOLLOWERS: Sequence[Follower] = (follow_older,)
"""It rests between two of them: nobody waits for these."""
