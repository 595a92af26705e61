"""What a text is searched by: its words in small letters, without accents, brought to their stems.

Both databases index these terms and nothing else, so that both find the same. `VERSION` rises with whatever changes
here, or in what of a thing is brought to terms: the index is then made anew.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from forum.search.stemming import beginnings, stem

VERSION = 2
MOST_TERMS = 20_000
"""Of one text; posts are shorter."""
LONGEST_TERM = 60

# Signs of scripts that part no words stand alone, each a term: a word of several is found as a phrase.
_ALONE = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e01-\u0e30"
_MARKS = r"\u0300-\u036f"
_WORD = re.compile(rf"[{_ALONE}]|(?:[^\W_{_ALONE}][{_MARKS}]*)+(?:['’](?:[^\W_{_ALONE}][{_MARKS}]*)+)*")
_OTHER_LETTER = re.compile(rf"[^\W\x00-\x7f]|[{_MARKS}]")
_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "’": "", "'": ""}
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word where it stands in a text."""

    start: int
    end: int
    term: str


def normal(text: str) -> str:
    """The text in the one form in which places in it are counted."""
    return unicodedata.normalize("NFC", text)


def tokens(text: str) -> Iterator[Token]:
    """The words of a text in its normal form, one after the other."""
    return _tokens_within(text, 0, len(text))


def tokens_of(text: str, wanted: Collection[str]) -> Iterator[Token]:
    """Those of the words of a text in its normal form that have one of these terms, one after the other.

    Not every word is brought to its term: only what stands around a place that begins as one of them does, or where
    signs stand that are written in another way in terms.
    """
    small = text.lower()
    if len(small) != len(text):
        yield from (token for token in tokens(text) if token.term in wanted)
        return
    end = 0
    for place in sorted(_places_to_look_at(small, wanted)):
        if place >= end:
            start, end = _around(text, place)
            yield from (token for token in _tokens_within(text, start, end) if token.term in wanted)


def _places_to_look_at(small: str, wanted: Collection[str]) -> set[int]:
    places = {found.start() for found in _OTHER_LETTER.finditer(small)} if not small.isascii() else set[int]()
    for beginning in {*"'’", *(each for term in wanted for each in beginnings(term))}:
        place = small.find(beginning)
        while place >= 0:
            places.add(place)
            place = small.find(beginning, place + 1)
    return places


def _around(text: str, place: int) -> tuple[int, int]:
    """Where the piece without spaces begins and ends that holds this place: no word goes on beyond one."""
    start = end = place
    while start and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return start, end


def _tokens_within(text: str, start: int, end: int) -> Iterator[Token]:
    for found in _WORD.finditer(text, start, end):
        term = term_of(found[0])
        if term:
            yield Token(found.start(), found.end(), term)


def terms(text: str) -> list[str]:
    """The terms of a text in their order, at most `MOST_TERMS`."""
    found = (term_of(word) for word in _WORD.findall(normal(text[: MOST_TERMS * 20])))
    return [term for term in found if term][:MOST_TERMS]


@lru_cache(maxsize=4_000)
def term_of(word: str) -> str:
    """The term of one word."""
    return stem(folded(word))


def folded(word: str) -> str:
    """A word in small letters, without accents, apostrophes and the `'s` of a possessive."""
    small = word.casefold()
    for ending in ("'s", "’s"):
        small = small.removesuffix(ending)
    if not small.isascii():
        parts = unicodedata.normalize("NFKD", small.translate(_LETTERS))
        small = "".join(part for part in parts if not unicodedata.combining(part)).translate(_LETTERS)
        small = "".join(part for part in small if part.isalnum())
    return small.replace("'", "")[:LONGEST_TERM]


def words_of(text: str) -> list[str]:
    """The words as they stand in a text, for what is typed."""
    return _WORD.findall(normal(text))
