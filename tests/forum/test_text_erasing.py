"""Quotes of erased words are found in whatever shape they were quoted, and what others wrote themselves stays."""

import pytest

from forum.text import Quoted, mentioned_in, quote, render_markdown

SAID = "Mrs Ada Byron of Bed 4 was given the wrong dose.\n\nThanks\n\nCall 0161 496 0000"


@pytest.mark.parametrize(
    "body",
    [
        quote(SAID, "Gareth Williams", 5) + "I agree.",
        "> Mrs Ada Byron of Bed 4 was given\n\nI agree.",
        "> mrs ADA **byron** of bed 4\n\nI agree.",
        "> > Mrs Ada Byron of Bed 4 was given the wrong dose.\n>\n> Really?\n\nI agree.",
        ">Mrs Ada Byron of\n>Bed 4 was given\n\nI agree.",
        "> Call 0161 496 0000\n\nI agree.",
        "> Mrs Ada Byron\nof Bed 4 was given\n\nI agree.",
        "> **Gareth Williams** in post 5:\n>\n> Bed 4\n\nI agree.",
    ],
)
def test_quotes_are_erased_and_the_rest_stays(body: str) -> None:
    erased = Quoted([SAID], "in post 5:").erase_from(body)
    assert erased.startswith("> [erased]")
    assert erased.endswith("I agree.")
    for word in ("Byron", "Bed 4", "0161"):
        assert word not in erased


@pytest.mark.parametrize(
    "body",
    [
        "I agree with what was said about Bed 4.",
        "> Another dose was given in another ward\n\nMine.",
        "> Thanks\n\nMine.",
        "> **Gareth Williams** in post 15:\n>\n> Something else\n\nMine.",
        "No quote, but > a sign",
    ],
)
def test_what_quotes_nothing_of_it_stays_as_it_is(body: str) -> None:
    assert Quoted([SAID], "in post 5:").erase_from(body) == body


def test_the_writers_own_words_right_below_a_quote_stay() -> None:
    erased = Quoted([SAID]).erase_from("> Mrs Ada Byron of Bed 4 was given\nThat is a matter for the pharmacist.")
    assert erased == "> [erased]\n\nThat is a matter for the pharmacist."


def test_letters_of_archives_quote_in_their_own_way() -> None:
    letter = "On Monday Gareth wrote:\nGW> Mrs Ada Byron of Bed 4 was given the wrong dose.\n\nI agree."
    assert Quoted([SAID]).erase_from(letter, is_letter=True) == "On Monday Gareth wrote:\n> [erased]\n\nI agree."
    assert Quoted([SAID]).erase_from("| a | b |", is_letter=False) == "| a | b |"


def test_earlier_versions_are_found_too_and_nothing_erases_nothing() -> None:
    quoted = Quoted(["Now something else entirely is here.", SAID])
    assert quoted.erase_from("> given the wrong dose") == "> given the wrong dose"
    assert quoted.erase_from("> was given the wrong dose") == "> [erased]"
    assert Quoted([""]).erase_from("> \n\nMine") == "> \n\nMine"


def test_people_mentioned_are_known_from_what_was_laid_out() -> None:
    ada = "01890000-0000-7000-8000-000000000001"
    body = "What do you say, @Ada O'Byron?"
    html = render_markdown(body, {"ada o'byron": ada})
    assert ada in html
    assert render_markdown(body, mentioned_in(html)) == html
