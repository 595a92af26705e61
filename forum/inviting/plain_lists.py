"""Addresses between lines, commas and semicolons, as they stand in a mail, a page or a document."""

import re
from collections.abc import Iterator

from forum.inviting.entries import NAMED, QUOTED, Entry, read_entry, without_bullet

_LINE = re.compile(r"[\r\n;\u2028\u2029]+")
_ONE = re.compile(r"[^<>,]*<[^<>]*>\s*(?:\0[0-9]+\0)?\s*")
"""A name without a comma, one address in brackets, and perhaps an organisation that was put aside."""


def read_plain(text: str) -> Iterator[Entry]:
    """The entries of a text without columns. Spaces part nothing, for they may be a slip of the hand."""
    # Within quotation marks nothing parts: what stands there is put aside for the time being.
    quoted: list[str] = []

    def put_aside(found: re.Match[str]) -> str:
        quoted.append(found[0])
        return f"\0{len(quoted) - 1}\0"

    def put_back(found: re.Match[str]) -> str:
        return quoted[int(found[1])]

    for line in _LINE.split(QUOTED.sub(put_aside, text)):
        for part in _parts(without_bullet(line)):
            typed = re.sub("\0([0-9]+)\0", put_back, part).strip()
            if typed:
                yield read_entry(typed)


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
