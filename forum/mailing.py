"""Letters: what a slice has to say by mail, written at the moment of sending.

A command leaves only ids in the outbox (`tx.enqueue("mail", {"letter": name, …})`). The worker then
asks the letter's writer, which reads everything anew and asks rights again: who has lost the right
gets nothing, and single-use links are made here, so that no secret waits in a table.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from forum.state import State
from realtime.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one person. `template` names `templates/email/<template>.html` and `.txt`."""

    address: str
    name: str
    subject: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


LetterWriter = Callable[[State, Transaction, Mapping[str, str]], Awaitable[Letter | None]]
"""Writes the letter for a reference of ids, or None where nobody is to get it any more."""
