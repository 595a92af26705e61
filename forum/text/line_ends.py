"""Which line ends of a plain-text letter somebody meant, and which a mail program put in to keep lines short.

Both are shown as they are where there is room. On a phone the second kind gives way: lines of seventy
letters broken again at forty read like a comb.
"""

import re

_NARROWEST = 55
_FULL = 60
_LONG = 400
"""More of a line is not looked at: whatever it is, it was not broken to keep it short."""
_MARKER = re.compile(r"\s*(?:[-*•+o]\s|\(?(?:\d{1,3}|[a-zA-Z])[.):]\s|--|[=_~#]{2})")
_INDENT = re.compile(r"\s*")
_COLUMNS = re.compile(r"\S {3,}\S")
_CALL = re.compile(r"^\s*[\w.]+\(.*\)\s*(?:#.*)?$")


def is_meant(line: str, following: str, width: int) -> bool:
    """Whether the writer ended `line` here. `width` is the length of the longest line around it.

    They did where the next word had room, before an item of a list or an indented line, after a colon, beside a
    line that is one long word, such as an address, and where either line is set in columns or is a call of code.
    """
    words = following.split(maxsplit=1)
    if width < _NARROWEST or not words or line.rstrip().endswith(":"):
        return True
    if len(line.rstrip()) + 1 + len(words[0]) <= min(width, _FULL):
        return True
    if any(pattern.search(each) for each in (line[:_LONG], following[:_LONG]) for pattern in (_COLUMNS, _CALL)):
        return True
    if (len(words) == 1 and len(words[0]) > 20) or len(line.split()) == 1:
        return True
    return bool(_MARKER.match(following)) or (_indent(following) > _indent(line) and not _MARKER.match(line))


def _indent(line: str) -> int:
    found = _INDENT.match(line)
    return found.end() if found else 0
