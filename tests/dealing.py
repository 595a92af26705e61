"""In which order tests run where several workers share them: the longest come first, each worker's at the front.

Each worker begins with a part of its own, as long as the others', and takes of theirs what they have not begun. So
what takes minutes has to begin first, or the others wait at the end for whoever began it last.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest

LONGEST = (
    "privacy/test_url_table.py",
    "privacy/test_hidden_and_nothing.py",
    "api/test_schema.py",
    "forum/test_live_kinds.py",
    "browser/test_live_kinds.py",
    "privacy/test_searching.py",
    "privacy/test_canaries.py",
    "privacy/test_two_worlds.py",
    "previews/test_prepare.py",
    "privacy/test_timing.py",
)
"""Files whose tests take longest, the longest first."""
_TESTS = Path(__file__).parent


def dealt(items: Sequence[pytest.Item], workers: int) -> list[pytest.Item]:
    """The tests in as many parts as there are workers; the longest are dealt out to the beginnings of these."""
    hands: list[list[pytest.Item]] = [[] for _ in range(workers)]
    by_file: dict[str, list[pytest.Item]] = {name: [] for name in LONGEST}
    others = []
    for item in items:
        by_file.get(item.path.relative_to(_TESTS).as_posix(), others).append(item)
    for turn, name in enumerate(LONGEST):
        there, back = divmod(turn, workers)
        hands[back if there % 2 == 0 else workers - 1 - back] += by_file[name]
    size = len(items) // workers
    for hand in hands[:-1]:
        room = max(0, size - len(hand))
        hand += others[:room]
        del others[:room]
    hands[-1] += others
    return [item for hand in hands for item in hand]
