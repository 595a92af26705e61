"""One entry of a list of addresses: what was typed, and the address that is meant by it."""

import re
import unicodedata
from dataclasses import dataclass

from auth.accounts import clean_email
from auth.names import clean_line

LONGEST_ENTRY = 1_000
LONGEST_NAME = 100
QUOTED = re.compile(r'"[^"\r\n]*"')
NAMED = re.compile(r"([^<>]*)<([^<>]*)>\s*")
_FIELD = re.compile(r"(?:from|reply-to|to|cc|bcc)\s*:\s*(?=\S)", re.IGNORECASE)
_BULLET = re.compile(r"\s*(?:[-*+\u2022\u2023\u2043\u00b7\u25aa\u25cf\u25e6\u2013\u2014\u2212]|[0-9]{1,4}[.)])\s+")
"""What a list has before each of its lines; never a part of an address, for a space stands behind it."""

_LONGEST_GUESS = 400
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
_UNSEEN = dict.fromkeys(map(ord, _INVISIBLE))
_UNSEEN_EDGES = _INVISIBLE + " \u00a0"
"""What shows nothing, and comes along when something is copied from a page or a document."""
_OPENING, _CLOSING = "([{'\u2018\u201c\u00ab", ")]}'\u2019\u201d\u00bb"
_NO_NAMES = frozenset(("e-mail", "email", "e-mail address", "email address", "mail", "address"))
_CANDIDATE = re.compile(
    r"[^\s@()\[\]{}<>\"\u201c\u201d\u00ab\u00bb,;:|\\]+@[^\s@()\[\]{}<>\"\u201c\u201d\u00ab\u00bb,;:|\\]+"
)
_BEFORE_ADDRESS = re.compile(r"mailto:\s*\Z", re.IGNORECASE)
_AROUND_NAME = " ,.:-\u2013\u2014" + _OPENING


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list: as it was typed, the address that is meant, whether it is one or not, and what stood beside.

    Both are offered to whoever registers by the invitation, and the mail greets them by the name.
    """

    typed: str
    address: str
    name: str = ""
    organisation: str = ""
    guessed_from: str = ""
    """What stood there, where the address is not that, but was taken out of it: somebody has to look at it."""

    @property
    def is_guessed(self) -> bool:
        """Whether somebody has to look at it."""
        return bool(self.guessed_from)


def read_entry(text: str) -> Entry:
    """What is one entry already: an address, or `Anna Ek <anna@example.org>`.

    An address that stands there otherwise (`Anna Ek anna@…`, `(anna@…)`) is taken out, and called a guess.
    """
    typed = without_bullet(text.replace("\0", "")).strip()
    typed = _FIELD.sub("", typed, count=1) if _FIELD.match(typed) else typed
    named = NAMED.fullmatch(_hide_quoted(typed))
    address = (typed[named.start(2) : named.end(2)] if named else typed).strip().strip(_UNSEEN_EDGES)
    name = clean_given_name(typed[: named.start(2) - 1]) if named else ""
    organisation = clean_given_name(typed[named.end(2) + 1 :]) if named else ""
    if address[:7].lower() == "mailto:":
        address = address[7:].partition("?")[0]
    whole = address
    guess = None if is_address(address) else _guess(address)
    if guess is not None:
        address, name = guess[0], name or guess[1]
    name = "" if name.casefold() == address.casefold() else name
    return Entry(typed[:LONGEST_ENTRY], address[:LONGEST_ENTRY], name, organisation, whole if guess is not None else "")


def without_bullet(line: str) -> str:
    """A line of a list without the dot or the number that a document puts before it."""
    return _BULLET.sub("", line, count=1) if _BULLET.match(line) else line


def is_address(text: str) -> bool:
    """Whether this is an address as it stands."""
    try:
        clean_email(text)
    except ValueError:
        return False
    return True


def _guess(text: str) -> tuple[str, str] | None:
    """The one address within a text that is none, and the name beside it; None where anything else stands there.

    Never of a text with line ends or other controls in it: whoever writes those means no address.
    """
    if len(text) > _LONGEST_GUESS or any(unicodedata.category(each) in ("Cc", "Zl", "Zp") for each in text):
        return None
    plain = text.translate(_UNSEEN)
    found = _CANDIDATE.findall(plain)
    if len(found) != 1 or plain.count("@") != 1 or "/" in found[0]:
        return None
    address = found[0].strip(_OPENING + _CLOSING).rstrip(".,;:!?")
    before, _, behind = plain.partition(found[0])
    before, behind = _BEFORE_ADDRESS.sub("", before).strip(), behind.strip(" .,;:!?")
    is_bracketed = not _letters(behind) or (behind[0] in _OPENING and not _letters(before))
    if not (is_address(address) and is_bracketed and _is_name(before) and _is_name(behind)):
        return None
    return address, _name_of(before) or _name_of(behind.rstrip(_CLOSING))


def _name_of(words: str) -> str:
    name = clean_given_name(words.strip(_AROUND_NAME))
    return "" if name.casefold() in _NO_NAMES else name


def _is_name(text: str) -> bool:
    """Whether nothing but words, as of a name, and marks stand here."""
    is_plain = all(unicodedata.category(each)[0] in "LMNZP" for each in text)
    return is_plain and len(text) <= LONGEST_NAME and not set(text.rstrip(":")) & set("@:,;\\/")


def _letters(text: str) -> bool:
    return any(each.isalpha() for each in text)


def _hide_quoted(text: str) -> str:
    """The text with what is quoted blanked out, each character in its place."""
    return QUOTED.sub(lambda found: " " * len(found[0]), text)


def clean_given_name(text: str) -> str:
    """A name as it stood in a list, on one line, without what shows nothing or would part it from its address.

    Empty where no letter is in it: a number in a list is nobody's name.
    """
    kept = "".join(" " if character in '"<>' or ord(character) < 32 else character for character in text[:400])
    bare = kept.strip(" ,;")
    if bare[:1] == bare[-1:] == "'":
        bare = bare[1:-1]
    name = clean_line(bare, 400)[:LONGEST_NAME].strip()
    return name if _letters(name) else ""
