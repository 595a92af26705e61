"""In which order matches are shown: by the match alone, and by its age.

How often a word stands in everything that is stored would tell of texts that the reader can't see. So a match counts
for where its words stand (in a title or in the text), how often in this one text, how near to each other, and how old
it is. Only the newest few hundred matches are put in order; what is older follows behind them.
"""

import math
from collections.abc import Sequence

from forum.search.language import Phrase

IN_TITLE = 6.0
WHOLE_TITLE = 4.0
IN_WORDS = 2.0
NEAR = 4.0
A_WHILE = 120.0
"""So many days make a match half as telling as one more word would."""
PLACES = 6
"""More of them say no more."""


def score(title: Sequence[str], words: Sequence[str], wanted: Sequence[Phrase], days: float | None) -> float:
    """How well something matches; `days` is its age, None for what does not grow old."""
    found = 0.0
    for phrase in wanted:
        if phrase[0] in title:
            found += IN_TITLE
        count = min(PLACES, words.count(phrase[0]))
        if count:
            found += IN_WORDS * (1 + math.log2(count))
    if wanted and len(title) == sum(map(len, wanted)) and all(phrase[0] in title for phrase in wanted):
        found += WHOLE_TITLE
    if len(wanted) > 1:
        found += NEAR * max(nearness(title, wanted), nearness(words, wanted))
    return found - (0.0 if days is None else math.log2(1 + max(0.0, days) / A_WHILE))


def nearness(text: Sequence[str], wanted: Sequence[Phrase]) -> float:
    """How near to each other all of these stand at their nearest: 1 side by side, 0 where one is missing."""
    heads = {phrase[0] for phrase in wanted}
    last: dict[str, int] = {}
    narrowest = 0
    for place, term in enumerate(text):
        if term in heads:
            last[term] = place
            if len(last) == len(heads):
                width = place - min(last.values()) + 1
                narrowest = width if not narrowest else min(narrowest, width)
    return len(heads) / narrowest if narrowest else 0.0
