"""In which order tests run where several workers share them: the longest come first, each worker's at the front.

Each worker begins with a part of its own, as long as the others', and takes of theirs what they have not begun. So
what takes minutes has to begin first, or the others wait at the end for whoever began it last.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.servers.shapes import SHAPES

LONGEST = (
    "api/test_schema.py",
    "browser/test_live_kinds.py",
    "forum/test_live_kinds.py",
    "previews/test_prepare.py",
)
"""Files whose tests take longest, the longest first, but for those about who sees what."""
PRIVACY = "privacy/"
"""Tests that ask in a world that takes half a minute to build, for each worker and shape: those of a shape stay with
one worker."""
_TESTS = Path(__file__).parent


def dealt(items: Sequence[pytest.Item], workers: int) -> list[pytest.Item]:
    """The tests in as many parts as there are workers; the longest are dealt out to the beginnings of these."""
    hands: list[list[pytest.Item]] = [[] for _ in range(workers)]
    by_file: dict[str, list[pytest.Item]] = {name: [] for name in LONGEST}
    others = []
    for item in items:
        name = item.path.relative_to(_TESTS).as_posix()
        shape = next((number for number, each in enumerate(SHAPES) if each in item.nodeid), None)
        if name.startswith(PRIVACY) and shape is not None:
            hands[shape % workers].append(item)
        else:
            by_file.get(name, others).append(item)
    for turn, name in enumerate(LONGEST):
        hands[(len(SHAPES) + turn) % workers] += by_file[name]
    size = len(items) // workers
    for hand in hands[:-1]:
        room = max(0, size - len(hand))
        hand += others[:room]
        del others[:room]
    hands[-1] += others
    return [item for hand in hands for item in hand]
