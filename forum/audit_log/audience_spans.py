"""What the log tells of a span of time: how the network stood at each moment of it, and in which role people belonged.

A span is one moment or a whole day. Nothing changes between two steps of the log, so that it is enough to ask how it
was when the span began and at each step within it.
"""

import json
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from forum.records import Access, Network, Role
from ground.columns import now


@dataclass(frozen=True, slots=True)
class Span:
    """From its first moment to its last, both included; one moment where they are the same."""

    first: datetime
    last: datetime

    @classmethod
    def moment(cls, at: datetime) -> "Span":
        """One moment."""
        return cls(at, at)

    @classmethod
    def day(cls, day: date, zone: tzinfo) -> "Span":
        """A whole day of that zone; of today what has passed."""
        ends = datetime.combine(day + timedelta(days=1), time(), zone)
        return cls(datetime.combine(day, time(), zone), min(ends - timedelta(microseconds=1), now()))

    def since(self, moment: datetime) -> "Span":
        """What of it was not before this moment."""
        return Span(max(self.first, moment), self.last)

    def within(self, moments: Iterable[datetime]) -> list[datetime]:
        """Its first moment and those given that lie within it, in order."""
        return sorted({self.first, *(each for each in moments if self.first < each <= self.last)})


@dataclass(frozen=True, slots=True)
class Standing:
    """How the network and the thread or document stood at a moment, and until something else changed."""

    at: datetime
    is_here: bool
    access: Access | None
    """Who could find the network; None where that is not known."""
    is_public: bool
    """The thread was not one that stays with the members of an opened network."""
    opened_at: datetime
    """When the network was last opened, or closed again; this moment itself where the log does not know."""

    is_narrowed: bool = False
    """It was a document for the moderators alone, or withdrawn."""

    @property
    def everybody(self) -> bool:
        """Whether anybody could read the thread."""
        return self.is_here and self.access == "open" and self.is_public and not self.is_narrowed


def standing_at(standings: Sequence[Standing], at: datetime) -> Standing:
    """The one in force at this moment; not before the first."""
    return standings[bisect_right([each.at for each in standings], at) - 1]


def opened_at(steps: Sequence[Any], at: datetime) -> datetime:
    """When the network was last opened before this moment; this moment itself where the log does not know."""
    opened = (step.at for step in reversed(steps) if step.at <= at and step.act == "network.access_changed")
    return next(opened, at)


def opening_before(steps: Sequence[Any], at: datetime) -> datetime | None:
    """When the network was last opened before this moment; None where it was not, as far as the log knows."""
    for step in reversed(steps):
        if (
            step.at <= at
            and step.act == "network.access_changed"
            and json.loads(step.after or "{}").get("access") == "open"
        ):
            moment: datetime = step.at
            return moment
    return None


def access_at(network: Network, at: datetime, steps: Sequence[Any]) -> tuple[Access | None, int]:
    """Who could find the network at that moment, and up to which post threads stayed with its members."""
    access: Access | None = network.access
    kept_until = network.members_only_until
    for step in reversed([step for step in steps if step.act == "network.access_changed" and step.at > at]):
        before = json.loads(step.before or "{}")
        access, kept_until = before.get("access", access), before.get("members_only_until", kept_until)
    knows_beginning = bool(steps) and steps[0].act == "network.created"
    if not knows_beginning and (not steps or at < steps[0].at) and at < now():
        return None, kept_until
    return access, kept_until


def until_and_role(row: Any, steps: Sequence[Any], at: datetime) -> tuple[datetime | None, Role]:
    """When this membership ended at last, and the role in it at that moment, as the log tells; else as the row does."""
    until, role = row.ended_at, row.role
    for step in reversed(steps):
        was, had = _status_and_role(step.before)
        if step.at > at and was == "active":
            role = had or role
    ends = _ends(steps)
    # A ban long after the end moves the end in the row; the log knows the first one.
    return (ends[-1][0] if ends and ends[-1][1] is None else until), role


def was_away(steps: Sequence[Any], at: datetime) -> bool:
    """Whether this membership had ended at that moment, and was given back later, as that was undone."""
    return any(ended <= at and (undone is None or at < undone) for ended, undone in _ends(steps))


def _ends(steps: Sequence[Any]) -> list[tuple[datetime, datetime | None]]:
    """When a membership ended, and when that was undone: None where it was not."""
    found: list[tuple[datetime, datetime | None]] = []
    for step in steps:
        was, becomes = _status_and_role(step.before)[0], _status_and_role(step.after)[0]
        if was == "active" and becomes not in ("", "active"):
            found.append((step.at, None))
        elif becomes == "active" and was != "active" and found and found[-1][1] is None:
            found[-1] = (found[-1][0], step.at)
    return found


def _status_and_role(said: str | None) -> tuple[str, Any]:
    told = json.loads(said or "{}")
    return told.get("status", ""), told.get("role")


def reads_after(row: Any, steps: Sequence[Any], at: datetime) -> int:
    """Up to where threads were not for somebody at that moment who had come while the network was open."""
    value: int = row.reads_after
    for step in reversed(steps):
        if step.at > at and step.act in ("member.let_read", "member.past_opened", "member.parted"):
            value = json.loads(step.before or "{}").get("reads_after", value)
    return value


def was_suspended(steps: Sequence[tuple[datetime, bool]], at: datetime) -> bool:
    """Whether an account was suspended at that moment, by when it was (True) and when that ended (False), in order."""
    return next((is_one for moment, is_one in reversed(steps) if moment <= at), False)
