"""What a question about a right is answered with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decision:
    """True or false, and for false the sentence that says why."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


YES = Decision(True)


def when(allowed: bool, reason: str) -> Decision:
    """Yes, or no for this reason."""
    return YES if allowed else Decision(False, reason)
