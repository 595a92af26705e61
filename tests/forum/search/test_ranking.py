"""The order says how well a text matches and how old it is, and nothing of other texts."""

from forum.search.language import Phrase
from forum.search.ranking import nearness, score, sought

WANTED: list[Phrase] = [("night",), ("cover",)]


def points(title: str, words: str, days: float | None = 0.0, wanted: list[Phrase] = WANTED) -> float:
    return score(title.strip(), words.strip(), sought(wanted), days)


def test_a_title_counts_for_more_than_words() -> None:
    assert points("night cover", "") > points("", "night cover night cover")
    assert points("night cover", "") > points("night cover again", "")


def test_more_often_counts_for_more_up_to_a_bound() -> None:
    assert points("", "night cover " * 2) > points("", "night cover")
    assert points("", "night cover " * 6) == points("", "night cover " * 60)


def test_nearer_counts_for_more() -> None:
    assert points("", "night cover x x x") > points("", "night x x x cover")
    assert nearness(" a x b ", sought([("a",), ("b",)])) == 2 / 3
    assert nearness(" a x x b b a x ", sought([("a",), ("b",)])) == 1
    assert nearness(" a x ", sought([("a",), ("b",)])) == 0
    assert nearness(" a x b a ", sought([("a",), ("b",)])) == nearness(" x a b ", sought([("a",), ("b",)])) == 1


def test_newer_counts_for_more() -> None:
    assert points("", "night cover", 1) > points("", "night cover", 400)
    assert points("", "night cover", -5) == points("", "night cover", 0) == points("", "night cover", None)
    assert points("", "", 1, []) > points("", "", 2, [])
