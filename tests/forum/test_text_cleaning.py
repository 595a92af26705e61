"""What people type, cleaned: words stay, invisible mischief goes, and what is too long is said."""

import time
import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.text import MAX_BODY, clean_body, clean_line, cleaning, leaves_out, tidy


def test_newlines_become_one_kind_and_the_end_is_trimmed() -> None:
    assert clean_body("\r\n  \r\nDear all,\r\rsee below\u2028thanks  \n\n \t\n") == "Dear all,\n\nsee below\nthanks"


def test_the_first_line_keeps_its_indent() -> None:
    assert clean_body("\n    x <- 1") == "    x <- 1"


def test_control_characters_and_direction_overrides_go() -> None:
    typed = "a\x00b\x07c\u202egnp.exe\u202c d\u2066e\u2069\ufeff\ud800f\tg"
    assert clean_body(typed) == "abcgnp.exe defg".replace("f", "f\t")


def test_right_to_left_writing_and_its_marks_stay() -> None:
    assert clean_body("שָׁלוֹם\u200f!") == unicodedata.normalize("NFC", "שָׁלוֹם\u200f!")


def test_accents_are_composed_and_towers_of_them_cut() -> None:
    assert clean_body("e\u0301") == "é"
    zalgo = clean_body("h" + "\u0300\u0316\u0334" * 500 + "i")
    assert len(zalgo) <= 6
    assert zalgo.startswith("h")
    assert zalgo.endswith("i")


@given(
    st.text(
        st.sampled_from(
            "ab \u00e9\u0300\u0316\u0334\u0591\u0e47\u0e01\u3099\u302a\u20dd\u1ab0\u0bcd病가\U0001e130\U000e0100"
        ),
        max_size=60,
    )
)
def test_of_any_marks_four_stay_on_a_letter(typed: str) -> None:
    """What is done to whole towers at once is the same as one mark after the other."""
    kept, marks = [], 0
    for character in typed:
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        kept += [character] if marks <= 4 else []
    assert tidy(typed) == unicodedata.normalize("NFC", "".join(kept))


def test_no_mark_stands_where_none_is_looked_for() -> None:
    unlooked = [*range(0x300), *range(0x3400, 0xA000), *range(0xAC00, 0xD7B0)]
    assert [each for each in unlooked if unicodedata.category(chr(each)) in {"Mn", "Me"}] == []
    assert all(
        unicodedata.category(each) in {"Mn", "Me"}
        for each in map(chr, range(0x250, 0x20000))
        if cleaning._TOWER.match(each * 5)
    )


def test_emoji_and_their_joiners_stay() -> None:
    family = "👩‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ❤️ 👍🏽"
    assert clean_body(family) == family


@pytest.mark.parametrize("nothing", ["", "  \n\t ", "\u200b\u200b", "\u202e", "\u3164", "\u200e", "\u2800", "\ufe0f"])
def test_nothing_is_refused(nothing: str) -> None:
    with pytest.raises(ValueError, match=r"^Write something first\.$"):
        clean_body(nothing)
    with pytest.raises(ValueError, match=r"^Write something first\.$"):
        clean_line(nothing, 80)


def test_the_limit_is_exact_and_counts_after_cleaning() -> None:
    assert len(clean_body("\r\n" + "x" * MAX_BODY + "   \r\n\x00")) == MAX_BODY
    with pytest.raises(ValueError, match=r"^Your post has 50,123 characters; the most is 50,000\. Shorten it or split"):
        clean_body("x" * 50_123)


def test_a_line_is_one_line() -> None:
    assert clean_line("  Falls\n\tand \u00a0 frailty\u202e\u200b ", 80) == "Falls and frailty"
    with pytest.raises(ValueError, match=r"^This has 300 characters; the most is 200\. Shorten it\.$"):
        clean_line("n" * 300, 200)


@pytest.mark.parametrize("bomb", ["a" + "\u0301\u0316" * 100_000, "x" * 10_000_000, "\r" * 200_000, "\u202e" * 200_000])
def test_bombs_cost_little(bomb: str) -> None:
    began = time.thread_time()
    with suppress(ValueError):
        clean_body(bomb)
    assert time.thread_time() - began < 0.5


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once
    once.encode()


@pytest.mark.parametrize("typed", ["a\x00b", "a\x07b", "a \u202eb", "a \u2066b\u2069", "a\ud800", "a" + "\u0300" * 5])
def test_what_may_be_missed_is_said(typed: str) -> None:
    assert leaves_out(typed)
    assert not leaves_out(tidy(typed))


@pytest.mark.parametrize(
    "typed", ["", "Plain.", "\ufeffDear all,\r\n\tsee\vbelow\u2028", "e\u0301 שָׁלוֹם\u200f", "👩‍⚕️ 🏳️‍🌈"]
)
def test_what_nobody_misses_is_not(typed: str) -> None:
    assert not leaves_out(typed)
