"""What list software writes into letters and archives: left out where it says nothing, said plainly where it does.

All of it stays in the text that is kept; only what is shown is without it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from forum.text.letter_parts import Part

_NOTE = re.compile(r"^\s*\[\[(?:alternative|elided)[^\]]*\]\]\s*$", re.IGNORECASE)
_RULE = re.compile(r"^\s*_{10,}\s*$")
_LIST_ADDRESS = re.compile(r"https?://\S{1,400}listinfo", re.IGNORECASE)
_LONGEST_FOOTER = 8  # lines
_LOST = re.compile(r"^An? (?:embedded\b.{0,60}\btext|HTML attachment) was scrubbed\.\.\.$", re.IGNORECASE)
_ADDRESS = re.compile(r"^URL\s*: ?<?(https?://[^\s<>\"]+)", re.IGNORECASE)


def without_list_marks(parts: Iterable[Part]) -> Iterator[Part]:
    """The parts without the list's footer and its line about another version of the letter."""
    for part in parts:
        if part.kind != "signature":
            yield part
            continue
        lines = [line for line in _without_footer(part.lines) if not _NOTE.match(line)]
        if any(line.strip() for line in lines):
            yield replace(part, lines=lines)


def lost_words(parts: Sequence[Part]) -> str | None:
    """The address at which an archive may have the words that it took out of a letter, or "" where it names none.

    None where the letter still has words of its writer's, or nothing says that any were taken out.
    """
    if any(part.kind in ("words", "code") for part in parts):
        return None
    lines = [line for part in parts if part.kind == "notes" for line in part.lines]
    if not any(map(_LOST.match, lines)):
        return None
    return next((found[1] for found in map(_ADDRESS.match, lines) if found), "")


def _without_footer(lines: list[str]) -> list[str]:
    if not lines or not _RULE.match(lines[0]):
        return lines
    end = 1
    while end < min(len(lines), _LONGEST_FOOTER) and lines[end].strip():
        end += 1
    return lines[end:] if any(map(_LIST_ADDRESS.search, lines[1:end])) else lines
