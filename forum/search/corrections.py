"""How far two words are from each other: letters to add, to take out, to change or to exchange with the next."""

from collections.abc import Iterable

SHORTEST = 4
"""Shorter words are taken as they are typed."""
FAR_FROM = 8
"""From this length on two slips are forgiven, below it one."""
MOST_CANDIDATES = 25


def slips_forgiven(word: str) -> int:
    """How many typing errors a word of this length may hold."""
    if len(word) < SHORTEST or not word.isalpha():
        return 0
    return 2 if len(word) >= FAR_FROM else 1


def nearest(word: str, known: Iterable[str]) -> list[str]:
    """Those of the words that were known which this one may be a slip for, the nearest first."""
    most = slips_forgiven(word)
    found = []
    for other in known:
        far = distance(word, other, most)
        if 0 < far <= most:
            found.append((far, -_shared(word, other), other))
    return [other for _, _, other in sorted(found)[:MOST_CANDIDATES]]


def _shared(one: str, other: str) -> int:
    """How many letters both begin with."""
    count = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        count += 1
    return count


def distance(one: str, other: str, most: int) -> int:
    """How many slips lie between two words; `most + 1` where they are more than `most`."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        earlier, before, row = before, row, [place, *row[1:]]
        for at, second in enumerate(other, 1):
            row[at] = min(before[at] + 1, row[at - 1] + 1, before[at - 1] + (letter != second))
            if place > 1 and at > 1 and letter == other[at - 2] and one[place - 2] == second:
                row[at] = min(row[at], earlier[at - 2] + 1)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
