"""What the worker does for this slice: it keeps the index."""

from collections.abc import Mapping, Sequence

from sqlalchemy import text

from forum.search.following_commands import follow_networks, read_over, reading_of
from forum.search.text_commands import follow_texts, waiting_of
from forum.state import State
from forum.tasks import Chore, Doer, Follower
from forum.unindexing import FORGET
from realtime.transaction import Transaction


async def look_for_what_is_missing(state: State) -> None:
    """Everything is read over again, part by part."""
    reading_of(state).begin_anew()
    waiting_of(state).all = True


async def forget_for_good(_: State, tx: Transaction, __: Mapping[str, str]) -> None:
    """Write SQLite's index anew, without the words that were taken out of it."""
    tx.forgets = True
    await tx.execute(text("INSERT INTO search_index (search_index) VALUES ('optimize')"))


TASKS: Mapping[str, Doer] = {FORGET: forget_for_good}
CHORES: Sequence[Chore] = (look_for_what_is_missing,)
FOLLOWERS: Sequence[Follower] = (follow_networks, follow_texts, read_over)
