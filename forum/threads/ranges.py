"""What is read of a thread, as ranges of post numbers: `[[1, 40], [43, 43]]`. Pure functions.

Normal form: both ends inclusive, from 1, ascending, and at least one unread number between two ranges.
"""

from collections.abc import Iterable, Sequence

Ranges = tuple[tuple[int, int], ...]

MOST_RANGES = 500
"""More than so many pieces of one thread are not kept; no reader makes them."""


def merge(*parts: Iterable[Sequence[int]]) -> Ranges:
    """Everything that is in any of the parts, in normal form. Ranges that end before they begin hold nothing."""
    merged: list[list[int]] = []
    for first, last in sorted((part[0], part[1]) for ranges in parts for part in ranges if part[0] <= part[1]):
        if merged and first <= merged[-1][1] + 1:
            merged[-1][1] = max(merged[-1][1], last)
        else:
            merged.append([first, last])
    return tuple((first, last) for first, last in merged)


def clip(ranges: Iterable[Sequence[int]], last: int) -> Ranges:
    """The part of the ranges within 1…`last`, in normal form."""
    return merge([(max(1, part[0]), min(last, part[1])) for part in ranges])


def count(ranges: Iterable[Sequence[int]]) -> int:
    """How many numbers the ranges hold; they are in normal form."""
    return sum(part[1] - part[0] + 1 for part in ranges)


def first_missing(ranges: Iterable[Sequence[int]]) -> int:
    """The smallest number from 1 that the ranges, in normal form, do not hold: the first unread post."""
    missing = 1
    for first, last in ranges:
        if first > missing:
            break
        missing = last + 1
    return missing


def holds(ranges: Iterable[Sequence[int]], number: int) -> bool:
    """Whether the ranges hold this number."""
    return any(part[0] <= number <= part[1] for part in ranges)


def up_to(last: int) -> Ranges:
    """The range 1…`last`; none where `last` is 0."""
    return ((1, last),) if last > 0 else ()
