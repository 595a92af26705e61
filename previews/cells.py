"""Numbers in the cells of Excel as people read them: dates, times, percentages."""

import math
import re
from datetime import datetime, timedelta

_DATES = frozenset(range(14, 18)) | {22} | frozenset(range(27, 37)) | frozenset(range(50, 59))
_TIMES = frozenset({18, 19, 20, 21, 45, 46, 47})
_PERCENT = frozenset({9, 10})
_NOT_LETTERS = re.compile(r'"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|_.|\*.', re.IGNORECASE)
_MOST_DAYS = 2_958_466
"""The end of the year 9999."""


def kind_of_format(number: int, code: str) -> str:
    """What a number format makes of a number: "date", "time", "both", "percent", or nothing."""
    if not code:
        if number == 22:
            return "both"
        return "date" if number in _DATES else "time" if number in _TIMES else "percent" if number in _PERCENT else ""
    letters = _NOT_LETTERS.sub("", code.split(";")[0]).lower()
    if "general" in letters:
        return ""
    has_date = "y" in letters or "d" in letters or ("m" in letters and "h" not in letters and "s" not in letters)
    has_time = "h" in letters or "s" in letters
    if has_date or has_time:
        return "both" if has_date and has_time else "date" if has_date else "time"
    return "percent" if "%" in letters else ""


def write_number(raw: str, kind: str, *, from_1904: bool) -> str:
    """The number as it is shown; as it stands where it is none."""
    try:
        value = float(raw)
    except ValueError:
        return raw
    if not math.isfinite(value):
        return raw
    if kind == "percent":
        return f"{value * 100:.10g}%"
    if kind and 0 <= value < _MOST_DAYS:
        return _write_moment(value, kind, from_1904)
    return f"{value:.12g}" if abs(value) < 1e15 else f"{value:.15g}"


def _write_moment(value: float, kind: str, from_1904: bool) -> str:
    """Day 60 of 1900, which never was, is a day that Excel counts."""
    first = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30 if value >= 60 else 31)
    try:
        moment = first + timedelta(seconds=round(value * 86_400))
    except OverflowError:
        return f"{value:.12g}"
    time = f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"
    if kind == "time":
        return time if value < 1 else f"{value * 24:.4g} hours"
    day = f"{moment.day} {moment:%b %Y}"
    return f"{day}, {time}" if kind == "both" and value % 1 else day


def column_of(reference: str) -> int:
    """The column of a cell called "B7", from 0; -1 where it is called nothing."""
    number = 0
    for letter in reference[:4].upper():
        if not "A" <= letter <= "Z":
            break
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_name(column: int) -> str:
    """What a spreadsheet calls it: A, B … Z, AA."""
    name = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(65 + letter) + name
    return name
