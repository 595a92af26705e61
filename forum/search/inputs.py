"""What pages and programs may ask of the search; one model for both."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from forum.forms import Input

LONGEST_SEARCH = 200
LARGEST_PAGE = 100

Wanted = Literal["all", "thread", "post", "document", "card", "person", "network"]


NO_DAY = "Write a day as 2026-03-31."


def _day(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not value:
        return None
    try:
        day = date.fromisoformat(value) if len(value) == 10 and value.isascii() else None
    except ValueError:
        day = None
    if day is None or not 1970 <= day.year < 9999:
        raise ValueError(NO_DAY)
    return day


Day = Annotated[date | None, BeforeValidator(_day)]


class Searching(Input):
    """What is looked for: words, "phrases", -not, from:, in:, and what may be chosen beside them.

    `network` is the last part of a network's address, `by` a name or "me"; from `since` to `until`, both days included.
    """

    q: str = Field(default="", max_length=LONGEST_SEARCH)
    kind: Wanted = "all"
    network: str = Field(default="", max_length=100)
    by: str = Field(default="", max_length=100)
    since: Day = None
    until: Day = None
    after: str = Field(default="", max_length=200)
    limit: int = Field(default=20, ge=1, le=LARGEST_PAGE)
