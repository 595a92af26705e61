"""What the worker does for this slice: names go from posts with whoever takes theirs along; and of very many who are
told of a move, it tells those who are left. What waits again goes where its thread is."""

from collections.abc import Mapping

from forum.state import State
from forum.tasks import Doer
from forum.threads import following_held_commands, naming_commands
from forum.threads.move_news_commands import MORE_READERS, RETURN, go_on_telling, go_on_telling_of_return
from realtime.transaction import Transaction


async def forget_names(_: State, tx: Transaction, reference: Mapping[str, str]) -> None:
    """Look at the next posts for the names of nameless former members."""
    await naming_commands.forget_names(tx, reference["after"], reference["name"])


async def tell_of_more_readers(_: State, tx: Transaction, reference: Mapping[str, str]) -> None:
    """The next part of those who are told that more people can read a thread."""
    await go_on_telling(tx, reference)


async def tell_of_return(_: State, tx: Transaction, reference: Mapping[str, str]) -> None:
    """The next part of those who are told that this was undone."""
    await go_on_telling_of_return(tx, reference)


async def follow_thread(_: State, tx: Transaction, reference: Mapping[str, str]) -> None:
    """What waits again does so where its thread is by now."""
    await following_held_commands.follow_thread(tx, reference["held_id"])


TASKS: Mapping[str, Doer] = {
    "forget_names": forget_names,
    "follow_thread": follow_thread,
    MORE_READERS: tell_of_more_readers,
    RETURN: tell_of_return,
}
