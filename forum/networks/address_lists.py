"""E-mail addresses as people paste them: from a mail program, a list, a page, with names around them or without."""

import re
from dataclasses import dataclass

LONGEST_ENTRY = 1_000
_LINE = re.compile(r"[\r\n;\u2028\u2029]+")
_QUOTED = re.compile(r'"[^"\r\n]*"')
_NAMED = re.compile(r"[^<>]*<([^<>]*)>")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list: as it was typed, and the address that is meant, whether it is one or not."""

    typed: str
    address: str


def read_addresses(text: str) -> list[Entry]:
    """The entries between lines, commas and semicolons; spaces part nothing, for they may be a slip of the hand.

    `Anna Ek <anna@example.org>`, `"Ek, Anna" <…>`, `Ek, Anna <…>` and `mailto:…` are each one address.
    """
    # Within quotation marks nothing parts: what stands there is put aside for the time being.
    quoted: list[str] = []

    def put_aside(found: re.Match[str]) -> str:
        quoted.append(found[0])
        return f"\0{len(quoted) - 1}\0"

    def put_back(found: re.Match[str]) -> str:
        return quoted[int(found[1])]

    parts: list[str] = []
    for line in _LINE.split(_QUOTED.sub(put_aside, text.replace("\0", ""))):
        # A single address behind a name: the comma is the name's.
        is_one = line.count("@") == 1 and _NAMED.fullmatch(line.strip())
        parts += [line] if is_one else line.split(",")
    restored = (re.sub("\0([0-9]+)\0", put_back, part).strip() for part in parts)
    return [Entry(part, _address_in(part)) for part in restored if part]


def _address_in(entry: str) -> str:
    named = _NAMED.fullmatch(_QUOTED.sub("", entry))
    address = (named[1] if named else entry).strip()
    if address[:7].lower() == "mailto:":
        address = address[7:].partition("?")[0]
    return address[:LONGEST_ENTRY]
