"""What slices give the worker to do beside mail."""

from collections.abc import Awaitable, Callable, Mapping

from forum.state import State
from realtime.transaction import Transaction

Doer = Callable[[State, Transaction, Mapping[str, str]], Awaitable[None]]
"""Does a task of the outbox, by its reference of ids, in the transaction that finishes it: wholly or not at all."""

Unsent = Callable[[State, Transaction, Mapping[str, str], str], Awaitable[None]]
"""Notes that a letter is given up, by its reference of ids and a sentence that says why."""

Chore = Callable[[State], Awaitable[None]]
"""Something that comes round every hour or so. It makes its own short transactions, and may be cut off anywhere."""

Follower = Callable[[State, set[str]], Awaitable[bool]]
"""Follows events: does one part, and says whether more waits. The set takes the streams whose events call for it."""
