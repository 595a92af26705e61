"""What moderators say when they silence somebody, or have their posts wait: for how long, and why."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from forum.forms import Input
from forum.text import clean_line

MOST_REASON = 500
LONGEST_HOURS = 12 * 7 * 24


def _given_reason(text: str) -> str:
    if not text.strip():
        raise ValueError("Say why. They are told, in your words.")
    return clean_line(text, MOST_REASON)


Reason = Annotated[str, AfterValidator(_given_reason)]


class SilenceForm(Input):
    """The form that silences a member."""

    hours: Literal["1", "24", "168", "672"]
    reason: Reason


class Silence(Input):
    """For how many hours a member reads and does not write, and why; they are told."""

    hours: int = Field(ge=1, le=LONGEST_HOURS)
    reason: Reason


class Holding(Input):
    """Why all that a member writes waits for a moderator; they are told."""

    reason: Reason
