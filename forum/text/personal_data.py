"""What looks like data about a person that should not go out: NHS numbers, card numbers, a date of birth beside a name.

It is there to warn a writer, so it prefers to be silent about what is probably something else. Every text is looked at
in a time that grows with its length alone: of a long run of digits only a few groups are tried together, and around a
date only a fixed stretch is read.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal

PersonalData = Literal["nhs_number", "card_number", "birth_date"]

_SEPARATOR = r"[ \u00a0\u2009\u202f\u2010\u2011\u2013-]"
# Not a part of a word, of a web address or of a number with a fraction.
_RUN = re.compile(rf"(?<![\w/=#.,])\d+(?:{_SEPARATOR}\d+)*(?![\w/]|[.,]\d)")
# With dots only in the groups that such numbers have: others are versions, addresses and prices.
_DOTTED = re.compile(r"(?<![\w/=#.,])(?:\d{3}\.\d{3}\.\d{4}|\d{4}(?:\.\d{4}){3}|\d{4}\.\d{6}\.\d{4,5})(?![\w/]|[.,]\d)")
# In the groups of an NHS number, where a line ends between two of them.
_LINE_END = r"[ \t]*\n[ \t>]{0,8}"
_BROKEN = re.compile(
    rf"(?<![\w/=#.,])(?:\d{{3}}{_SEPARATOR}?\d{{3}}{_LINE_END}\d{{4}}|\d{{3}}{_LINE_END}\d{{3}}{_SEPARATOR}?\d{{4}})"
    r"(?![\w/]|[.,]\d)"
)
# What nobody sees in a number as it is read: characters without width, and the marks of bold and the like.
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200d\u2060\ufeff]+")
_MARKS = re.compile(r"(?<=\d)(?:\*\*+|__+|~~)|(?:\*\*+|__+|~~)(?=\d)")
_MARKED = re.compile(rf"(?<![*\w`])([*_`])(\d(?:\d|{_SEPARATOR}){{0,16}})\1(?![*`])")
_GROUP = re.compile(r"\d+")
_A_DIGIT = re.compile(r"\d")
_LONGEST = 19
_FEW_GROUPS = 6
"""Where many numbers stand beside each other, one is written in no more groups than this."""
_NHS_LENGTH = 10
_CARD_LENGTHS = range(13, _LONGEST + 1)
_CARDS_BEGIN = frozenset("23456")
_CARD_GROUPS = frozenset(((4, 6, 5), (4, 6, 4)))
"""So some cards are printed, whose first or last ten digits may look like an NHS number."""

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_MONTH = rf"(?P<word>{'|'.join(f'{month[:3]}(?:{month[3:]})?' for month in _MONTHS)}|sept)"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<![\w/.-])(?P<day>\d{1,2})(?P<by>[/.-])(?P<month>\d{1,2})(?P=by)(?P<year>\d{4}|\d{2})(?![\w/-]|[.,]\d)",
        r"(?<![\w/.-])(?P<year>\d{4})(?P<by>[/-])(?P<month>\d{2})(?P=by)(?P<day>\d{2})(?![\w/-])",
        rf"(?<!\w)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ ](?:of[ ])?{_MONTH}\.?,?[ ](?P<year>\d{{4}})(?!\w)",
        rf"(?<![\w-])(?P<day>\d{{1,2}})-{_MONTH}-(?P<year>\d{{4}}|\d{{2}})(?![\w-])",
        # Of two digits behind a month one can't tell whether they are a year, but where it says so.
        r"\b(?:d\.?o\.?b\b\.?|date of birth|born(?: on)?(?: the)?|b\.):?[ ](?P<day>\d{1,2})(?:st|nd|rd|th)?[ ]"
        rf"(?:of[ ])?{_MONTH}\.?,?[ ]['’]?(?P<year>\d{{2}})(?!\w|[:.]\d)",
        rf"(?<!\w){_MONTH}\.?[ ](?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?[ ](?P<year>\d{{4}})(?!\w)",
    )
)
_SAYS_BIRTH = re.compile(r"\b(?:d\.? ?o\.? ?b\b\.?|born|date of birth|birth ?date|birthday)", re.IGNORECASE)
_B_JUST_BEFORE = re.compile(r"(?<![\w.])b\. ?\Z")
# Whom letters alone stand for is somebody where it says that they are a person.
_INITIALS = r"(?<!\w)(?:[Pp]atient|Pt|[Cc]lient|[Rr]esident|Mr|Mrs|Ms|Miss|Mx|Dr)\.? [A-Z](?:\.? ?[A-Z]){0,2}(?!\w)\.?"
_SOMEWHERE, _AT_END = re.compile(_INITIALS), re.compile(rf"{_INITIALS}\Z")
# Looked ahead at, so that the second word of one pair may be the first of the next.
_NAME = re.compile(r"(?<!\w)(?=([^\W\d_][\w'’-]{1,40})(?: [^\W\d_]\.?)?,? ([^\W\d_][\w'’-]{1,40})(?!\w))")
_JUST_BEFORE = re.compile(r"[\s,;:(\[*_–—-]{1,6}\Z")
_BEFORE, _AFTER = 80, 40
_EARLIEST = 1900
_RECENT_YEARS = 2
# Words with a capital letter that are no names of people.
_NO_NAMES = frozenset(
    (
        *(*_MONTHS, *_DAYS, *(month[:3] for month in _MONTHS)),
        *("dob", "born", "date", "birth", "nhs", "patient", "the", "a", "an", "this", "that", "we", "i", "it", "you"),
        *("she", "he", "they", "their", "his", "her", "was", "is", "on", "at", "in", "of", "and", "but", "for", "from"),
    )
)


def find_personal_data(text: str, today: date) -> tuple[PersonalData, ...]:
    """What kinds of such data the text seems to hold, each once. `today`: nobody was born after it."""
    found: dict[PersonalData, None] = {}
    if _A_DIGIT.search(text) is None:
        return ()
    if nhs_numbers(text):
        found["nhs_number"] = None
    for digits, _ in _numbers(text):
        if len(digits) in _CARD_LENGTHS and _is_card_number(digits):
            found["card_number"] = None
    if any(_is_birth_of_somebody(text, match, today) for pattern in _DATES for match in pattern.finditer(text)):
        found["birth_date"] = None
    return tuple(found)


def nhs_numbers(text: str) -> set[str]:
    """The NHS numbers in the text, as ten digits each."""
    if _A_DIGIT.search(text) is None:
        return set()
    return {
        digits
        for digits, is_of_card in _numbers(text)
        if len(digits) == _NHS_LENGTH and not is_of_card and _is_nhs_number(digits)
    }


def _numbers(text: str) -> Iterator[tuple[str, bool]]:
    """The digits of every number as it may have been written: whole groups that stand beside each other.

    And whether they are a part of a card number, so that they are nothing by themselves.
    """
    text = _MARKED.sub(r"\2", _MARKS.sub("", _UNSEEN.sub("", text)))
    for run in _BROKEN.finditer(text):
        yield "".join(_GROUP.findall(run[0])), False
    for run in _DOTTED.finditer(text):
        yield run[0].replace(".", ""), False
    for run in _RUN.finditer(text):
        groups = _GROUP.findall(run[0])
        most = _LONGEST if len(groups) <= _LONGEST else _FEW_GROUPS
        for first in range(len(groups)):
            digits = ""
            for last, group in enumerate(groups[first : first + most], first):
                digits += group if len(group) <= _LONGEST else "0" * (_LONGEST + 1)
                if len(digits) > _LONGEST:
                    break
                yield digits, len(digits) == _NHS_LENGTH and _is_of_card(groups, first, last)


def _is_of_card(groups: Sequence[str], first: int, last: int) -> bool:
    """Whether these groups stand in a card number that is written as it is printed."""
    for begin in range(max(0, last - 2), first + 1):
        card = groups[begin : begin + 3]
        if tuple(map(len, card)) in _CARD_GROUPS and _is_card_number("".join(card)):
            return True
    return False


def _is_nhs_number(digits: str) -> bool:
    """Ten digits, the last of which follows from the others (modulus 11)."""
    if len(set(digits)) == 1:
        return False
    numbers = [int(digit) for digit in digits]
    rest = sum(number * weight for number, weight in zip(numbers, range(10, 1, -1), strict=False)) % 11
    return (11 - rest) % 11 == numbers[-1]


def _is_card_number(digits: str) -> bool:
    """Begins as the cards of people do, and its last digit follows from the others (Luhn)."""
    if str(int(digits[0])) not in _CARDS_BEGIN or len(set(digits)) == 1:
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (1 + place % 2)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def _is_birth_of_somebody(text: str, match: re.Match[str], today: date) -> bool:
    born = _date(match, today)
    if born is None:
        return False
    before = text[max(0, match.start() - _BEFORE) : match.start()]
    after = text[match.end() : match.end() + _AFTER]
    if _SAYS_BIRTH.search(before) or _SAYS_BIRTH.match(match[0]) or _says_b(before, match[0]):
        return _names(before) or _names(after)
    # Without the word for it, only what stands right behind a name, and is not of late: most dates are of meetings.
    if born.year > today.year - _RECENT_YEARS:
        return False
    joined = _JUST_BEFORE.search(before)
    return joined is not None and _names(before[: joined.start()], at_end=True)


def _says_b(before: str, written: str) -> bool:
    """Whether "b." stands just before the date, or with it."""
    return written.startswith("b.") or _B_JUST_BEFORE.search(before) is not None


def _date(match: re.Match[str], today: date) -> date | None:
    """The day that is written there, if somebody may have been born on it."""
    parts = match.groupdict()
    year = int(parts["year"])
    if len(parts["year"]) == 2:
        year += today.year // 100 * 100
        year -= 100 if year > today.year else 0
    word = parts.get("word")
    month = (
        next(n for n, name in enumerate(_MONTHS, 1) if name[:3] == word[:3].lower()) if word else int(parts["month"])
    )
    try:
        day = date(year, month, int(parts["day"]))
    except ValueError:
        return None
    return day if year >= _EARLIEST and day <= today else None


def _names(text: str, *, at_end: bool = False) -> bool:
    """Whether two words with a capital letter stand there that may be somebody's name, or "Patient J.D."."""
    if (_AT_END if at_end else _SOMEWHERE).search(text):
        return True
    for match in _NAME.finditer(text):
        words = (match[1], match[2])
        if at_end and match.end(2) != len(text):
            continue
        if all(word[0].isupper() and word.lower() not in _NO_NAMES for word in words):
            return True
    return False
