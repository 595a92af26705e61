"""What changed between two texts: true of every pair, told in words, and never slow."""

import random
import time

import pytest

from forum.text.differences import Differences, compare, lines_of


def told(found: Differences) -> list[str]:
    marks = {"same": "{}", "gone": "[-{}-]", "new": "[+{}+]"}
    return ["".join(marks[piece.kind].format(piece.words) for piece in change.pieces) for change in found.changes]


def test_words_within_a_changed_line() -> None:
    before = "One.\nWe meet on Monday at noon.\nThree.\nFour.\nFive."
    after = "One.\nWe meet on Tuesday at noon.\nThree.\nFour.\nFive.\nSix."
    found = compare(before, after)
    assert told(found) == ["We meet on [-Monday-][+Tuesday+] at noon.", "[+Six.+]"]
    around = [(each.skipped, each.lead, each.tail) for each in found.changes]
    assert around == [(0, "One.", "Three."), (1, "Five.", "")]
    assert (found.rest, found.is_whole) == (0, True)


def test_nothing_all_and_what_is_skipped() -> None:
    assert compare("The same. Here.", "The same.\n\n  Here. ").changes == ()
    assert told(compare("", "New words")) == ["[+New words+]"]
    assert told(compare("Old words", "")) == ["[-Old words-]"]
    lines = [f"Line {number}" for number in range(40)]
    found = compare("\n".join(lines), "\n".join([*lines[:20], "Between", *lines[20:]]))
    assert (found.changes[0].skipped, found.changes[0].lead, found.rest) == (19, "Line 19", 19)


@pytest.mark.parametrize("seed", range(30))
def test_both_texts_stand_in_what_is_told(seed: int) -> None:
    """What is the same and gone is the old text, what is the same and new the new one."""
    chance = random.Random(seed)
    words = [f"word{number}" for number in range(chance.choice((3, 40, 400)))]
    old = [" ".join(chance.choices(words, k=5)) for _ in range(chance.choice((3, 30, 300)))]
    new = list(old)
    for _ in range(chance.choice((1, 5, 50))):
        at = chance.randrange(len(new) + 1)
        new[at : at + chance.randrange(3)] = [" ".join(chance.choices(words, k=4)) for _ in range(chance.randrange(3))]
    found = compare("\n".join(old), "\n".join(new))
    gone = " ".join(p.words for c in found.changes for p in c.pieces if p.kind != "new").split()
    came = " ".join(p.words for c in found.changes for p in c.pieces if p.kind != "gone").split()
    assert len(came) - len(gone) == len(" ".join(new).split()) - len(" ".join(old).split())
    assert set(came) <= set(" ".join(new).split())
    assert set(gone) <= set(" ".join(old).split())
    assert bool(found.changes) == (lines_of("\n".join(old)) != lines_of("\n".join(new)))


HARD = {
    "all alike": ("a\n" * 60_000, "a\n" * 59_000 + "b\n" * 1_000),
    "turned round": ("\n".join(map(str, range(20_000))), "\n".join(map(str, range(20_000, 0, -1)))),
    "two in turns": ("a\nb\n" * 20_000, "b\na\na\n" * 14_000),
    "one long line": ("x " * 300_000, "y x " * 200_000),
    "shuffled": (
        "\n".join(random.Random(1).choices("abcdefgh", k=20_000)),
        "\n".join(random.Random(2).choices("abcdefgh", k=20_000)),
    ),
}


@pytest.mark.parametrize("name", HARD)
def test_no_text_takes_long(name: str) -> None:
    began = time.process_time()
    found = compare(*HARD[name])
    assert time.process_time() - began < 3
    assert found.changes or not found.is_whole
