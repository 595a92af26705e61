"""What changed between two texts: by lines first, then by words where lines differ. The time has a bound.

Lines that stand once in both texts hold them together ("patience"); what lies between two such lines is looked at in
the same way. What has nothing in common is gone, and the other is new. So no text takes more than some passes over it,
while finding the shortest way takes the square of its length.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

MOST_LINES = 20_000
"""Of each text that are looked at."""
MOST_WORDS = 2_000
"""Of lines that differ, for which words are compared; longer ones are gone and new as a whole."""
_DEEPEST = 16
_SMALL = 3_000
"""Where the lengths of two parts make no more than this as a product, the shortest way is looked for after all."""
_LINE = re.compile(r"\n|(?<=[.!?:;])\s+(?=\S)")
_WORD = re.compile(r"\s+|\w+|[^\w\s]")

Kind = Literal["same", "gone", "new"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words that both texts have, or one of them."""

    kind: Kind
    words: str


@dataclass(frozen=True, slots=True)
class Change:
    """A place where the texts differ, with a line before and after it; `skipped` are lines before that are the same."""

    skipped: int
    lead: str
    pieces: tuple[Piece, ...]
    tail: str


@dataclass(frozen=True, slots=True)
class Differences:
    """All places where two texts differ. `rest`: lines after the last; `is_whole`: that both were read to their end."""

    changes: tuple[Change, ...]
    rest: int
    is_whole: bool


def lines_of(text: str) -> list[str]:
    """A text as it is compared: by lines, and long ones by sentences."""
    return [line for line in (part.strip() for part in _LINE.split(text)) if line]


def compare(before: str, after: str) -> Differences:
    """What became of a text."""
    old, new = lines_of(before), lines_of(after)
    is_whole = max(len(old), len(new)) <= MOST_LINES
    old, new = old[:MOST_LINES], new[:MOST_LINES]
    changes, at = list[Change](), 0
    blocks = list(_gaps(old, new))
    for place, (start, end, begin, stop) in enumerate(blocks):
        lead = max(at, begin - 1)
        follows = blocks[place + 1][2] if place + 1 < len(blocks) else len(new)
        tail = min(stop + 1, follows)
        pieces = _words_between("\n".join(old[start:end]), "\n".join(new[begin:stop]))
        changes.append(Change(lead - at, "".join(new[lead:begin]), tuple(pieces), "".join(new[stop:tail])))
        at = tail
    return Differences(tuple(changes), len(new) - at, is_whole)


def _words_between(before: str, after: str) -> Iterator[Piece]:
    """The words of two pieces of text, as far as they are compared."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if not old or not new or max(len(old), len(new)) > MOST_WORDS:
        gaps: list[tuple[int, int, int, int]] = [(0, len(old), 0, len(new))]
    else:
        gaps = _joined(list(_gaps(old, new)), new)
    at = 0
    for start, end, begin, stop in gaps:
        yield from _piece("same", new[at:begin])
        yield from _piece("gone", old[start:end])
        yield from _piece("new", new[begin:stop])
        at = stop
    yield from _piece("same", new[at:])


def _joined(gaps: list[tuple[int, int, int, int]], new: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """Changes with nothing but space between them as one, so that whole phrases read as such."""
    joined: list[tuple[int, int, int, int]] = []
    for start, end, begin, stop in gaps:
        if joined and not "".join(new[joined[-1][3] : begin]).strip():
            first = joined.pop()
            joined.append((first[0], end, first[2], stop))
        else:
            joined.append((start, end, begin, stop))
    return joined


def _piece(kind: Kind, words: Sequence[str]) -> list[Piece]:
    return [Piece(kind, "".join(words))] if words else []


def _gaps(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Where two sequences differ: from and to in the old one, from and to in the new one, in order."""
    at_old, at_new = 0, 0
    for start, begin, length in [*_matches(old, new), (len(old), len(new), 0)]:
        if start > at_old or begin > at_new:
            yield at_old, start, at_new, begin
        at_old, at_new = start + length, begin + length


def _matches(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int, int]]:
    """Runs that both sequences share, in order: where in the old one, where in the new one, how long."""
    found = list[tuple[int, int, int]]()
    waiting = [(0, len(old), 0, len(new), 0)]
    while waiting:
        start, end, begin, stop, depth = waiting.pop()
        while start < end and begin < stop and old[start] == new[begin]:
            found.append((start, begin, 1))
            start, begin = start + 1, begin + 1
        while start < end and begin < stop and old[end - 1] == new[stop - 1]:
            end, stop = end - 1, stop - 1
            found.append((end, stop, 1))
        if start == end or begin == stop:
            continue
        if (end - start) * (stop - begin) <= _SMALL:
            matcher = SequenceMatcher(None, old[start:end], new[begin:stop], autojunk=False)
            found += [(start + a, begin + b, size) for a, b, size in matcher.get_matching_blocks() if size]
            continue
        anchors = _anchors(old, new, (start, end, begin, stop)) if depth < _DEEPEST else []
        if not anchors:
            continue
        for here, there in [*anchors, (end, stop)]:
            waiting.append((start, here, begin, there, depth + 1))
            if here < end:
                found.append((here, there, 1))
            start, begin = here + 1, there + 1
    return sorted(found)


def _anchors(old: Sequence[str], new: Sequence[str], part: tuple[int, int, int, int]) -> list[tuple[int, int]]:
    """What stands once in both parts, as far as it is in the same order: as many of them as there can be."""
    start, end, begin, stop = part
    once_before, once_after = Counter(old[start:end]), Counter(new[begin:stop])
    where = {new[place]: place for place in range(begin, stop) if once_after[new[place]] == 1}
    pairs = [
        (place, where[old[place]])
        for place in range(start, end)
        if once_before[old[place]] == 1 and old[place] in where
    ]
    ends, last, before = list[int](), list[int](), dict[int, int]()
    for number, (_, there) in enumerate(pairs):
        at = bisect_left(ends, there)
        if at:
            before[number] = last[at - 1]
        ends[at : at + 1] = [there]
        last[at : at + 1] = [number]
    longest, number_at = list[tuple[int, int]](), last[-1] if last else None
    while number_at is not None:
        longest.append(pairs[number_at])
        number_at = before.get(number_at)
    return longest[::-1]
