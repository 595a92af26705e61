"""What a text is searched by, whatever script, accents and marks it has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.search.terms import LONGEST_TERM, MOST_TERMS, normal, terms, tokens, tokens_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The patient’s falls, and O'Neill's don't.", ["the", "patient", "fall", "and", "oneil", "dont"]),
        (
            "Café Zoë naïve Ångström Øresund Łódź straße",
            ["cafe", "zoe", "naiv", "angstrom", "oresund", "lodz", "strass"],
        ),
        ("Cafe\u0301 e\u0301te\u0301s", ["cafe", "ete"]),
        ("COVID-19 10,000 2.5", ["covid", "19", "10", "000", "2", "5"]),
        ("ada@example.org https://x.org/a_b", ["ada", "exampl", "org", "https", "x", "org", "a", "b"]),
        ("Привет мир", ["привет", "мир"]),
        ("病院", ["病", "院"]),
        ("— … ’ ' 🙂", []),
        ("½ ²", ["12", "2"]),
    ],
)
def test_terms_of_a_text(text: str, expected: list[str]) -> None:
    assert terms(text) == expected
    assert [token.term for token in tokens(normal(text))] == expected


def test_tokens_say_where_they_stand() -> None:
    text = "Our Café’s menus"
    assert [text[token.start : token.end] for token in tokens(text)] == ["Our", "Café’s", "menus"]


def test_terms_are_bounded() -> None:
    assert len(terms("word " * (MOST_TERMS + 10))) == MOST_TERMS
    assert max(map(len, terms("ab" * 5_000))) == LONGEST_TERM


def test_terms_hold_nothing_that_an_index_could_take_for_more() -> None:
    odd = "a'b \" * ^ # : ( ) AND OR NOT NEAR \\ % \0 ﬁ ﷺ ª ǰ İstanbul"
    for term in terms(odd):
        assert term.isalnum(), term


LETTERS = "abcdefgiklmnoprstuy'’ -.éüßłæÉ病院0ﬁ\u0301"


@given(st.lists(st.text(LETTERS, max_size=12), max_size=12), st.sets(st.integers(0, 11), max_size=4))
def test_words_of_few_terms_are_those_of_all_words(words: list[str], chosen: set[int]) -> None:
    """Only what begins as a term does is looked at, and nothing is missed by it."""
    text = normal(" ".join([*words, "Dying skies, early cries: o'clock; RÉSUMÉS being used by İzmir's ties"]))
    every = list(tokens(text))
    wanted = {every[number % len(every)].term for number in chosen} | {"die", "cri", "oclock", "resum", "tie"}
    assert list(tokens_of(text, wanted)) == [token for token in every if token.term in wanted]
    plain = text.replace("İ", "I")
    assert list(tokens_of(plain, wanted)) == [token for token in tokens(plain) if token.term in wanted]
