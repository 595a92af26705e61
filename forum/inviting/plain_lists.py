"""Addresses between lines, commas and semicolons, as they stand in a mail, a page or a document."""

import re
from collections.abc import Iterator

from forum.inviting.entries import LONGEST_ENTRY, NAMED, QUOTED, Entry, is_address, read_entry, without_bullet

_LINE = re.compile(r"[\r\n;\u2028\u2029]+")
_ONE = re.compile(r"[^<>,]*<[^<>]*>\s*(?:\0[0-9]+\0)?\s*")
"""A name without a comma, one address in brackets, and perhaps an organisation that was put aside."""


def read_plain(text: str) -> Iterator[Entry]:
    """The entries of a text without columns. Spaces part nothing but whole addresses, for they may be a slip of the
    hand."""
    # Within quotation marks nothing parts: what stands there is put aside for the time being.
    quoted: list[str] = []

    def put_aside(found: re.Match[str]) -> str:
        quoted.append(found[0])
        return f"\0{len(quoted) - 1}\0"

    def put_back(found: re.Match[str]) -> str:
        return quoted[int(found[1])]

    for line in _LINE.split(QUOTED.sub(put_aside, text)):
        for whole in _parts(without_bullet(line)):
            before, part = _addresses_before(whole)
            yield from map(read_entry, before)
            typed = re.sub("\0([0-9]+)\0", put_back, part).strip()
            words = typed.split()
            if _has_another(part):
                yield Entry(typed[:LONGEST_ENTRY], typed[:LONGEST_ENTRY])
            elif len(words) > 1 and all(map(is_address, words)):
                yield from map(read_entry, words)
            elif typed:
                yield read_entry(typed)


def _addresses_before(part: str) -> tuple[list[str], str]:
    """Whole addresses that stand before a name and its own, and the rest: nobody is called by another's address."""
    beside, bracket, behind = part.partition("<")
    words = beside.split()
    count = next((place for place, word in enumerate(words) if not is_address(word)), len(words))
    if not (bracket and count):
        return [], part
    own = _bracketed(part)
    before = [word for word in words[:count] if word.lower() != own]
    return before, f"{' '.join(words[count:])} <{behind}"


def _has_another(part: str) -> bool:
    """Whether another address stands within a name: which of the two is meant, somebody has to say."""
    own = _bracketed(part)
    return bool(own) and any("@" in word and own not in word.lower() for word in part.partition("<")[0].split())


def _bracketed(part: str) -> str:
    return part.partition("<")[2].partition(">")[0].strip().lower().removeprefix("mailto:").partition("?")[0]


def _parts(line: str) -> list[str]:
    bare = line.strip()
    if "\t" in bare:
        # Cells copied from a table: one address among them has the others for its name.
        cells = [cell.strip() for cell in bare.split("\t") if cell.strip()]
        if sum("@" in cell for cell in cells) == 1:
            address = next(cell for cell in cells if "@" in cell)
            return [address if "<" in address else f"{' '.join(c for c in cells if c != address)} <{address}>"]
        return cells
    # A single address behind a name: the comma is the name's.
    is_one = _ONE.fullmatch(bare) or (bare.count("@") == 1 and NAMED.fullmatch(bare))
    return [bare] if is_one else line.split(",")
