"""What a virus scanner has not found clean is given to nobody, whoever they are."""

from forum.policy.decision import Decision
from forum.records import FileCheck

BEING_CHECKED = (
    "This file is being checked for viruses. It can be opened once it is found clean, which mostly takes less than a "
    "minute."
)
NOT_CHECKED = (
    "The virus scanner of this site could not check this file, so it can’t be opened yet. It is tried again every few "
    "hours."
)
INFECTED = "A virus was found in this file, so nobody can open it."
_REASONS: dict[FileCheck, str] = {"waiting": BEING_CHECKED, "unchecked": NOT_CHECKED, "infected": INFECTED}


def may_have_file(check: FileCheck | None) -> Decision:
    """Whether a file is given out, by how its check for viruses stands; None where nothing holds it back."""
    return Decision(True) if check is None else Decision(False, _REASONS[check])
