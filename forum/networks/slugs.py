"""Addresses of networks, made from their names: `Diabetes Board` is at /networks/diabetes-board.

Letters that have no plain form (Arabic, Chinese …) leave nothing behind; such a network is at
`network`, with a number. Our own few lines: every table of transliteration we know is copyleft.
"""

import re
import secrets
import string
import unicodedata
from collections.abc import Iterator

LONGEST_SLUG = 60
SECRET_LETTERS = 8
RESERVED = frozenset({"new"})
"""Words that stand in the place of an address on our own pages."""

#: Letters that are no plain letter with an accent.
_SPELLED = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i", "ŧ": "t", "ħ": "h"}
)
_OTHER = re.compile(r"[^a-z0-9]+")


def fold(text: str) -> str:
    """The text in small letters without accents, for finding and for alphabetical order."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_SPELLED))
    return " ".join("".join(character for character in plain if not unicodedata.combining(character)).split())


def slug_of(name: str) -> str:
    """The plain address of a network of this name, at most 60 characters, cut between words where it can be."""
    whole = _OTHER.sub("-", fold(name)).strip("-")
    if len(whole) > LONGEST_SLUG:
        cut = whole[: LONGEST_SLUG + 1]
        whole = cut.rpartition("-")[0] or cut[:LONGEST_SLUG]
    return whole.strip("-") or "network"


def plain_slugs(name: str) -> Iterator[str]:
    """Addresses to try, one after the other: `falls`, `falls-2`, `falls-3` …"""
    slug = slug_of(name)
    if slug not in RESERVED:
        yield slug
    number = 2
    while True:
        yield f"{slug}-{number}"
        number += 1


def hidden_slug(name: str) -> str:
    """An address that nobody guesses: the name and eight random letters."""
    letters = "".join(secrets.choice(string.ascii_lowercase) for _ in range(SECRET_LETTERS))
    return f"{slug_of(name)}-{letters}"
