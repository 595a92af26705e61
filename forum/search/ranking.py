"""In which order matches are shown: by the match alone, and by its age.

How often a word stands in everything that is stored would tell of texts that the reader can't see. So a match counts
for where its words stand (in a title or in the text), how often in this one text, how near to each other, and how old
it is. Only the newest few hundred matches are put in order; what is older follows behind them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

from forum.search.language import Phrase

IN_TITLE = 6.0
WHOLE_TITLE = 4.0
IN_WORDS = 2.0
NEAR = 4.0
A_WHILE = 120.0
"""So many days make a match half as telling as one more word would."""
PLACES = 6
"""More of them say no more."""
MOST_PLACES = 100
"""Of one term, where it is asked how near others stand."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for in a text whose terms stand between spaces, of every phrase its first term."""

    heads: tuple[str, ...]
    length: int
    """Of all phrases, in terms."""


def sought(wanted: Sequence[Phrase]) -> Sought:
    """What is looked for."""
    return Sought(tuple(f" {phrase[0]} " for phrase in wanted), sum(map(len, wanted)))


def score(title: str, words: str, sought: Sought, days: float | None) -> float:
    """How well something matches; `days` is its age, None for what does not grow old.

    A part of a document holds a few thousand terms, and hundreds are put in order: no text ever becomes a list.
    """
    title, words, found, in_title = f" {title} ", f" {words} ", 0.0, 0
    for head in sought.heads:
        if head in title:
            in_title += 1
            found += IN_TITLE
        if count := words.count(head):
            found += IN_WORDS * (1 + math.log2(min(PLACES, count)))
    if in_title and in_title == len(sought.heads) and title.count(" ") - 1 == sought.length:
        found += WHOLE_TITLE
    if len(sought.heads) > 1:
        found += NEAR * max(nearness(title, sought) if in_title > 1 else 0.0, nearness(words, sought))
    return found - (0.0 if days is None else math.log2(1 + max(0.0, days) / A_WHILE))


def nearness(text: str, sought: Sought) -> float:
    """How near to each other all of these stand at their nearest: 1 side by side, 0 where one is missing."""
    heads = set(sought.heads)
    for head in heads:
        if head not in text:
            return 0.0
    if len(heads) == 2 and any(one + other[1:] in text for one, other in permutations(heads)):
        return 1.0
    last: dict[str, int] = {}
    narrowest, number, at = 0, 0, 0
    placed = [(each, head) for head in heads for each in _places(head, text)]
    for place, found in sorted(placed):
        number, at = number + text.count(" ", at, place), place
        last[found] = number
        if len(last) == len(heads):
            width = number - min(last.values()) + 1
            narrowest = width if not narrowest else min(narrowest, width)
            if width == len(heads):
                break
    return len(heads) / narrowest


def _places(head: str, text: str) -> list[int]:
    """Where a term stands, between its spaces."""
    found, place = list[int](), text.find(head)
    while place >= 0 and len(found) < MOST_PLACES:
        found.append(place)
        place = text.find(head, place + len(head) - 1)
    return found
