"""Quotes of words that are erased go with them: in the Markdown or the plain letter of whoever quoted them."""

import re
from collections.abc import Iterable, Mapping
from html import unescape

from forum.text.mentions import MENTION, mention_key

ERASED = "[erased]"
RUN = 5
"""So many words one after the other are a quote; fewer are a turn of phrase, unless they are a whole line of it."""
_MARKS = re.compile(r"^[ \t]{0,8}(?:>[ \t]?)+")
_WORDS = re.compile(r"\w+")
_LETTER_MARKS = re.compile(r"^[ \t]{0,8}(?:[A-Za-z]{0,4}>[ \t]?)+|^ ?\| ")


class Quoted:
    """What a post said, in all its versions, to be found again in quotes. `header` begins a quote of it by name."""

    def __init__(self, texts: Iterable[str], header: str = "") -> None:
        self._runs: set[tuple[str, ...]] = set()
        self._lines: set[tuple[str, ...]] = set()
        self._header = header
        for text in texts:
            words = words_in(text)
            self._runs.update(zip(*(words[start:] for start in range(RUN)), strict=False))
            lines = [tuple(words_in(line)) for line in text.split("\n")]
            # One word alone on a line, such as a greeting, is nobody's, unless it is a number or all that was said.
            self._lines.update(line for line in lines if len(line) > 1 or (line and line[0].isdigit()))
            self._lines.update({tuple(words)} - {()})

    def erase_from(self, body: str, *, is_letter: bool = False) -> str:
        """The text with each block of quotes that holds these words replaced; the same text where there is none.

        `is_letter`: plain text with the marks that mail programs make, rather than Markdown.
        """
        marks = _LETTER_MARKS if is_letter else _MARKS
        lines, at = body.split("\n"), 0
        kept: list[str] = []
        while at < len(lines):
            if not marks.match(lines[at]):
                kept.append(lines[at])
                at += 1
                continue
            block, lazy, at = _block(lines, at, marks)
            if self._holds(block, lazy, marks):
                kept.append(f"> {ERASED}")
                # What follows without a mark is the writer's own, unless it goes on with the words.
                kept += ["", *lazy] if lazy and not self._knows(lazy) else []
            else:
                kept += block + lazy
        return "\n".join(kept)

    def _holds(self, block: list[str], lazy: list[str], marks: re.Pattern[str]) -> bool:
        bare = [marks.sub("", line) for line in block]
        if self._header and any(self._header in line for line in bare):
            return True
        return self._knows(bare) or self._knows(bare + lazy)

    def _knows(self, lines: list[str]) -> bool:
        words = words_in("\n".join(lines))
        if any(run in self._runs for run in zip(*(words[start:] for start in range(RUN)), strict=False)):
            return True
        return any(tuple(words_in(line)) in self._lines for line in lines if words_in(line))


def _block(lines: list[str], at: int, marks: re.Pattern[str]) -> tuple[list[str], list[str], int]:
    """The marked lines from here on, those without a mark that belong to their last paragraph, and what follows."""
    block: list[str] = []
    lazy: list[str] = []
    while at < len(lines) and marks.match(lines[at]):
        block.append(lines[at])
        at += 1
    while at < len(lines) and lines[at].strip() and not marks.match(lines[at]):
        lazy.append(lines[at])
        at += 1
    return block, lazy, at


def words_in(text: str) -> list[str]:
    """Its words in small letters, whatever stands between them."""
    return [word.casefold() for word in _WORDS.findall(text)]


_COMMON = frozenset(
    words_in(
        "about been could does down from have here into just more much only over said should some than that their them "
        "then there these they this very want were what when where which will with would your"
    )
)


def shares_words(title: str, texts: Iterable[str]) -> bool:
    """Whether a title has a word in common with what was said: one of four letters or more, or with a digit in it."""
    telling = {word for word in words_in(title) if len(word) > 3 or any(letter.isdigit() for letter in word)} - _COMMON
    return any(not telling.isdisjoint(words_in(text)) for text in texts)


def repeats(text: str, said: Iterable[str]) -> bool:
    """Whether running text holds so many of these words one after the other as only a quote does, or all of a text
    that has fewer."""
    words = words_in(text)
    for each in said:
        theirs = words_in(each)
        run = min(RUN, len(theirs))
        if run > 1 and not _runs(words, run).isdisjoint(_runs(theirs, run)):
            return True
    return False


def _runs(words: list[str], run: int) -> set[tuple[str, ...]]:
    return set(zip(*(words[start:] for start in range(run)), strict=False))


def has_quotes(body: str) -> bool:
    """Whether anything in this Markdown is marked as quoted."""
    return any(_MARKS.match(line) for line in body.split("\n"))


def mentioned_in(html: str) -> Mapping[str, str]:
    """Whom a rendered post mentions, by the key of their name: it can be laid out again without asking who that is."""
    return {mention_key(unescape(name).removeprefix("@")): account_id for account_id, name in MENTION.findall(html)}
