"""Ranges of read posts against the plainest model: a set of numbers."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from forum.threads.ranges import clip, count, first_missing, merge, up_to

RANGES = st.lists(st.tuples(st.integers(-3, 40), st.integers(-3, 40)), max_size=8)


def numbers(ranges: object) -> set[int]:
    return {number for first, last in ranges for number in range(first, last + 1)}  # type: ignore[attr-defined]


@given(RANGES, RANGES)
def test_merge_is_union(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    assert numbers(merge(one, other)) == numbers(one) | numbers(other)


@given(RANGES)
def test_merged_is_normal(ranges: list[tuple[int, int]]) -> None:
    merged = merge(ranges)
    assert all(first <= last for first, last in merged)
    assert all(left[1] + 1 < right[0] for left, right in pairwise(merged))
    assert merge(merged) == merged
    assert count(merged) == len(numbers(ranges))


@given(RANGES, st.integers(0, 30))
def test_clip_is_intersection(ranges: list[tuple[int, int]], last: int) -> None:
    assert numbers(clip(ranges, last)) == numbers(ranges) & set(range(1, last + 1))


@given(RANGES)
def test_first_missing_is_the_first_unread(ranges: list[tuple[int, int]]) -> None:
    clipped = clip(ranges, 40)
    assert first_missing(clipped) == min(set(range(1, 42)) - numbers(clipped))


def test_up_to() -> None:
    assert up_to(0) == ()
    assert up_to(7) == ((1, 7),)
