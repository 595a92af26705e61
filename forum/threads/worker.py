"""What the worker does for this slice: names go from posts with whoever takes theirs along."""

from collections.abc import Mapping

from forum.state import State
from forum.tasks import Doer
from forum.threads import naming_commands
from realtime.transaction import Transaction


async def forget_names(_: State, tx: Transaction, reference: Mapping[str, str]) -> None:
    """Look at the next posts for the names of nameless former members."""
    await naming_commands.forget_names(tx, reference["after"], reference["name"])


TASKS: Mapping[str, Doer] = {"forget_names": forget_names}
