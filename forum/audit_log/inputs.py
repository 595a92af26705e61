"""What may be asked of the log, and what it takes to break the glass."""

import re
from datetime import date, datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, Field, field_validator, model_validator

from forum.forms import Input
from ground.columns import now

MOST_HOURS = 24
LONGEST_REASON = 1_000


_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE)


_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _is_written(text: str) -> str:
    words = " ".join(text.split())
    if not words:
        raise ValueError("Say why. The network’s administrators read it.")
    if "\0" in words:
        raise ValueError("There are characters in this that can't be kept.")
    return words


class GlassBreaking(Input):
    """Why, and for how many hours, an administrator of the site reads a network."""

    reason: Annotated[str, Field(max_length=LONGEST_REASON), AfterValidator(_is_written)]
    hours: str = Field(pattern=r"^[0-9]{1,2}$")

    @field_validator("hours")
    @classmethod
    def _is_in_bounds(cls, hours: str) -> str:
        if not 1 <= int(hours) <= MOST_HOURS:
            raise ValueError(f"Choose between 1 hour and {MOST_HOURS} hours.")
        return hours


class ApiGlassBreaking(Input):
    """The same for programs."""

    reason: Annotated[str, Field(max_length=LONGEST_REASON), AfterValidator(_is_written)]
    hours: int = Field(ge=1, le=MOST_HOURS)


Kind = Literal["", "people", "network", "content", "documents", "invitations", "access", "log"]
"""Kinds of acts by which the log is filtered; which acts belong to each, `sentences` says."""


class LogQuery(Input):
    """Which rows of a log: by whom, about whom (a part of a name), of which kind, from and until which days."""

    who: str = Field(default="", max_length=200)
    whom: str = Field(default="", max_length=200)
    kind: Kind = ""
    since: date | None = None
    until: date | None = None
    before: int | None = Field(default=None, ge=1, le=2**53)
    """Rows with a smaller number: the next page."""

    @field_validator("since", "until", "before", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value


class ApiLogQuery(Input):
    """Rows of a log in their order."""

    limit: int = Field(default=20, ge=1, le=100)
    after: str = Field(default="", pattern=r"^[0-9]{0,15}$")


class ApiAudienceQuery(Input):
    """A thread of the network by its id or its number, or a document by its id; and a moment that has passed, or a day
    (of the site's zone)."""

    thread: str = Field(min_length=1, max_length=36)
    at: AwareDatetime | None = None
    day: date | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.at is None) == (self.day is None):
            raise ValueError("Give either a moment (at) or a day.")
        return self

    @field_validator("day", mode="before")
    @classmethod
    def _is_day(cls, value: object) -> object:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise ValueError("Write a day as 2026-03-03.")
        return value

    @field_validator("day")
    @classmethod
    def _has_begun(cls, day: date) -> date:
        if day.year < 1970 or day > now().date() + timedelta(days=1):
            raise ValueError("Choose a day that has begun, since 1970.")
        return day

    @field_validator("at", mode="before")
    @classmethod
    def _is_text(cls, value: object) -> object:
        if not isinstance(value, str) or not _MOMENT.fullmatch(value):
            raise ValueError("Write a moment as 2026-03-03T14:00:00Z.")
        return value

    @field_validator("at")
    @classmethod
    def _has_passed(cls, at: datetime) -> datetime:
        if at.year < 1970 or at > now():
            raise ValueError("Choose a moment that has passed, since 1970.")
        return at


class ExportForm(LogQuery):
    """The log as a file: as CSV what was filtered, as JSON the whole chain with its seals."""

    form: Literal["csv", "json"]
