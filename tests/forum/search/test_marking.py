"""Of a text the part is shown in which the words stand, and these are marked."""

from hypothesis import given
from hypothesis import strategies as st

from forum.search import marking
from forum.search.marking import excerpt, mark
from forum.search.terms import tokens_of


def test_forms_of_a_word_are_marked() -> None:
    assert str(mark("Preventing falls: prevention", {"prevent"}).html) == (
        "<mark>Preventing</mark> falls: <mark>prevention</mark>"
    )


def test_text_is_no_markup() -> None:
    assert str(mark("<b>Falls</b> & more", {"fall"}).html) == "&lt;b&gt;<mark>Falls</mark>&lt;/b&gt; &amp; more"


def test_the_part_with_most_of_the_words() -> None:
    text = "night " + "x " * 400 + "and then the night cover of the ward " + "y " * 400
    shown = str(excerpt(text, {"night", "cover"}).html)
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert "<mark>night</mark> <mark>cover</mark> of the ward" in shown
    assert len(shown) < 320


def test_without_the_words_the_beginning() -> None:
    assert str(excerpt("Hello there", {"night"}).html) == "Hello there"
    assert str(excerpt("", {"night"}).html) == ""


def test_one_long_word_is_cut() -> None:
    assert len(str(excerpt("a" * 10_000, set()).html)) < 300


@given(st.lists(st.sampled_from(("budget", "shift", "night", "of", "x" * 30)), max_size=60))
def test_what_stands_after_the_best_part_is_not_read_and_changes_nothing(words: list[str]) -> None:
    text, wanted = " ".join(words), ("budget", "shift", "night")
    every = list(tokens_of(text, wanted))
    read = marking._as_far_as_all(iter(every), 3)
    assert read == every[: len(read)]
    assert marking._best_start(read) == marking._best_start(every)
    shown_until = max(0, marking._best_start(every) - marking.BEFORE) + marking.AROUND
    assert [token for token in every[len(read) :] if token.end <= shown_until] == []
