"""What people type, before anything else happens to it: well-formed, without invisible mischief, not too long.

Everything here keeps the words and only drops what no reader could see or would want to: control
characters, marks that reverse the direction of what follows, and towers of accents.
"""

import re
import unicodedata

MAX_BODY = 50_000
"""The most characters of a post, counted after cleaning."""

MAX_STACKED_MARKS = 4
"""Accents kept on one letter: pointed Hebrew needs four, no living script more."""

_RAW_LIMIT = 4 * MAX_BODY
_NEWLINES = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_MISCHIEF = (
    "\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f"  # controls but tab and newline
    "\u202a-\u202e\u2066-\u2069"  # embeddings, overrides and isolates of direction
    "\u206a-\u206f\ufff9-\ufffb\ufffe\uffff"  # deprecated formats, interlinear notes
    "\ud800-\udfff"  # halves of surrogate pairs, which UTF-8 cannot carry
)
_MISSED = re.compile(f"[{_MISCHIEF}]")
_UNWANTED = re.compile(f"[{_MISCHIEF}\ufeff]")  # a byte order mark is nothing that anybody writes
_INVISIBLE = re.compile("[\u00ad\u034f\u115f\u1160\u180b-\u180f\u200b\u2060-\u2064\u3164\uffa0]")
_BLANK = re.compile("[\u034f\u115f\u1160\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0]")
# Blocks of nothing but marks: of a tower in them all that is too much goes at once, not one by one.
_MARKS = "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f]"
_TOWER = re.compile(f"({_MARKS}{{{MAX_STACKED_MARKS}}}){_MARKS}+")
# Where others may stand, in so many characters that they can be too many. Han and Hangul, between these, have none.
_PERHAPS_A_TOWER = re.compile(
    f"[\u0300-\u33ff\ua000-\uabff\ud7b0-\U0010ffff]{{{MAX_STACKED_MARKS + 1},}}",
)
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})
WRITE_SOMETHING = "Write something first."
LEFT_OUT = "Some characters that cannot be seen, or were piled up on one letter, have been left out."


def clean_body(text: str) -> str:
    """The text of a post as it is kept: NFC, newlines as ``\\n``, no control or direction characters.

    Raises ValueError with a sentence for the writer when nothing is left or it is longer than MAX_BODY.
    """
    if len(text) > _RAW_LIMIT:
        raise ValueError(_too_long(len(text)))
    cleaned = tidy(text).rstrip()
    cleaned = re.sub(r"\A(?:[^\S\n]*\n)+", "", cleaned)
    if not is_visible(cleaned):
        raise ValueError(WRITE_SOMETHING)
    if len(cleaned) > MAX_BODY:
        raise ValueError(_too_long(len(cleaned)))
    return cleaned


def clean_line(text: str, most: int) -> str:
    """A title or a name on one line: cleaned, spaces run together, nothing invisible, at most `most` characters.

    Raises ValueError with a sentence when it is empty or too long.
    """
    if len(text) > _RAW_LIMIT:
        raise ValueError(_line_too_long(len(text), most))
    line = " ".join(_INVISIBLE.sub("", tidy(text)).split())
    if not is_visible(line):
        raise ValueError(WRITE_SOMETHING)
    if len(line) > most:
        raise ValueError(_line_too_long(len(line), most))
    return line


def tidy(text: str) -> str:
    """The text in NFC with plain newlines and without control characters, overrides and towers of accents."""
    if text.isascii() and text.isprintable():
        return text
    text = _UNWANTED.sub("", _NEWLINES.sub("\n", text))
    if text.isascii():
        return text
    # Towers go first: putting thousands of marks in their canonical order takes quadratic time.
    return unicodedata.normalize("NFC", _limit_marks(text))


def leaves_out(text: str) -> bool:
    """Whether `tidy` takes something away that the writer may have meant: it is to be told then, by LEFT_OUT."""
    if text.isascii() and text.isprintable():
        return False
    text = _NEWLINES.sub("\n", text)
    return _MISSED.search(text) is not None or _limit_marks(text) != text


def is_visible(text: str) -> bool:
    """Whether a reader sees anything of this text: spaces, joiners and letters without a shape are nothing."""
    return any(unicodedata.category(each) not in _UNSEEN_CATEGORIES and not _BLANK.match(each) for each in text)


def _limit_marks(text: str) -> str:
    """At most MAX_STACKED_MARKS combining marks one after the other."""
    return _PERHAPS_A_TOWER.sub(_with_few_marks, _TOWER.sub(r"\1", text))


def _with_few_marks(found: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for character in found[0]:
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if marks <= MAX_STACKED_MARKS:
            kept.append(character)
    return "".join(kept)


def _too_long(length: int) -> str:
    return f"Your post has {length:,} characters; the most is {MAX_BODY:,}. Shorten it or split it into two."


def _line_too_long(length: int, most: int) -> str:
    return f"This has {length:,} characters; the most is {most:,}. Shorten it."
