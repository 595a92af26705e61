"""The part of a text where what was looked for stands, with the words marked."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from forum.search.terms import Token, normal, tokens, tokens_of

AROUND = 240
"""Characters of a text that are shown."""
MOST = 60_000
BEFORE = 60


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of a text in pieces, each marked or not."""

    pieces: tuple[tuple[str, bool], ...]

    @property
    def html(self) -> Markup:
        """The pieces as HTML with `<mark>`."""
        escaped = ((escape(piece), is_found) for piece, is_found in self.pieces)
        html = "".join(f"<mark>{piece}</mark>" if is_found else piece for piece, is_found in escaped)
        return Markup(html)  # noqa: S704  every piece of it is escaped


def mark(text: str, wanted: Collection[str]) -> Excerpt:
    """The whole of a short text, with these terms marked."""
    text = normal(text)
    return _cut(text, list(tokens_of(text, wanted)), 0, len(text))


def excerpt(text: str, wanted: Collection[str]) -> Excerpt:
    """The part of a text in which most of these terms stand, marked; its beginning where there is none."""
    text = normal(text[:MOST])
    found = _as_far_as_all(tokens_of(text, wanted), len(set(wanted)))
    start = _best_start(found)
    begin = 0 if start < BEFORE else _word_start(text, start - BEFORE)
    end = _word_end(text, begin + AROUND)
    return _cut(text, found, begin, end)


def word_of(text: str, term: str) -> str | None:
    """The word by which a term stands in a text, in small letters."""
    text = normal(text[:MOST])
    return next((text[token.start : token.end].lower() for token in tokens(text) if token.term == term), None)


def _as_far_as_all(found: Iterator[Token], count: int) -> list[Token]:
    """These words up to the end of the first part that holds all of so many terms: no later part holds more."""
    read, last, end = list[Token](), dict[str, Token](), None
    for token in found:
        if end is not None and token.start >= end:
            break
        read.append(token)
        last[token.term] = token
        if end is None and len(last) == count:
            begin = min(each.start for each in last.values())
            end = begin + AROUND if token.end <= begin + AROUND - BEFORE else None
    return read


def _best_start(found: Sequence[Token]) -> int:
    """Where the part begins that holds the most different terms; of several the first."""
    best, most = 0, 0
    for place, token in enumerate(found):
        within = {each.term for each in found[place : place + 40] if each.end <= token.start + AROUND - BEFORE}
        if len(within) > most:
            best, most = token.start, len(within)
    return best


def _word_start(text: str, place: int) -> int:
    space = text.find(" ", place)
    return space + 1 if 0 <= space < place + BEFORE else place


def _word_end(text: str, place: int) -> int:
    if place >= len(text):
        return len(text)
    space = text.rfind(" ", place - BEFORE, place)
    return space if space > 0 else place


def _cut(text: str, found: Sequence[Token], begin: int, end: int) -> Excerpt:
    pieces: list[tuple[str, bool]] = [("… ", False)] if begin else []
    place = begin
    for token in found:
        if token.start >= place and token.end <= end:
            pieces += [(text[place : token.start], False), (text[token.start : token.end], True)]
            place = token.end
    pieces.append((text[place:end], False))
    if end < len(text):
        pieces.append((" …", False))
    return Excerpt(tuple((piece, is_found) for piece, is_found in pieces if piece))
