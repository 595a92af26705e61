"""In which order matches are shown: by the match alone, and by its age.

How often a word stands in everything that is stored would tell of texts that the reader can't see. So a match counts
for where its words stand (in a title or in the text), how often in this one text, how near to each other, and how old
it is. Only the newest few hundred matches are put in order; what is older follows behind them.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import islice

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


def score(title: str, words: str, wanted: Sequence[Phrase], days: float | None) -> float:
    """How well something matches, by its terms with spaces between; `days` is its age, None for what grows not old.

    A part of a document holds a few thousand terms: they are looked for in the whole, which never becomes a list.
    """
    title, words, found = f" {title} ", f" {words} ", 0.0
    for phrase in wanted:
        if f" {phrase[0]} " in title:
            found += IN_TITLE
        count = sum(1 for _ in islice(_places(phrase[0], words), PLACES))
        if count:
            found += IN_WORDS * (1 + math.log2(count))
    if wanted and title.count(" ") - 1 == sum(map(len, wanted)) and all(f" {phrase[0]} " in title for phrase in wanted):
        found += WHOLE_TITLE
    if len(wanted) > 1:
        found += NEAR * max(nearness(title, wanted), nearness(words, wanted))
    return found - (0.0 if days is None else math.log2(1 + max(0.0, days) / A_WHILE))


def nearness(text: str, wanted: Sequence[Phrase]) -> float:
    """How near to each other all of these stand at their nearest: 1 side by side, 0 where one is missing."""
    heads = {phrase[0] for phrase in wanted}
    if not all(f" {head} " in text for head in heads):
        return 0.0
    placed = sorted((place, head) for head in heads for place in islice(_places(head, text), MOST_PLACES))
    last: dict[str, int] = {}
    narrowest, number, at = 0, 0, 0
    for place, head in placed:
        number, at = number + text.count(" ", at, place), place
        last[head] = number
        if len(last) == len(heads):
            width = number - min(last.values()) + 1
            narrowest = width if not narrowest else min(narrowest, width)
    return len(heads) / narrowest if narrowest else 0.0


def _places(term: str, text: str) -> Iterator[int]:
    """Where a term stands in a text that begins and ends with a space."""
    sought = f" {term} "
    place = text.find(sought)
    while place >= 0:
        yield place
        place = text.find(sought, place + len(sought) - 1)
