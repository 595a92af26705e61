"""What happened: a `Change` that a command emits, and the `Event` that the log keeps of it.

Both are thin. They carry ids, never text: content is read when an event is delivered, so that an
erased post cannot be replayed.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

_KIND = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened to one object. Subclasses name their `kind` ("post.created") and
    say in their docstring what the delivered `object` holds."""

    kind: ClassVar[str]
    object_id: str
    object_version: int = 1

    def __init_subclass__(cls) -> None:
        kind = getattr(cls, "kind", None)
        if not isinstance(kind, str) or not _KIND.fullmatch(kind):
            raise TypeError(f"{cls.__name__} needs a kind like 'post.created', in the past tense")


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the log. `seq` counts 1, 2, 3 … within `stream`, in the order of commits."""

    stream: str
    seq: int
    kind: str
    object_id: str
    object_version: int
    authz_version: int
    created_at: datetime
