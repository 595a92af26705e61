"""Addresses in a table with columns: copied from a spreadsheet, or a CSV file, with headings or without."""

import csv
import re
from collections.abc import Iterator, Sequence

from forum.inviting.entries import LONGEST_ENTRY, Entry, clean_given_name, is_address, read_entry
from forum.inviting.headings import Columns, are_known_headings, columns_of, columns_under, may_be_headings
from forum.inviting.plain_lists import read_plain

MOST_ENTRIES = 5_000
_ROW = re.compile(r"[\r\n\u2028\u2029]+")
_DELIMITERS = ("\t", ";", ",")
_SAMPLE = 50
_LONGEST_HEADING = 60
_MOST_ABOVE = 5
"""Rows above the first address among which headings are looked for: titles and broken addresses may stand there."""


def read_table(text: str) -> list[Entry] | None:
    """The rows of a table with headings, or of one whose rows all have their one address in the same column."""
    lines = _lines(text)
    found = _table(lines)
    if found is not None:
        columns, start, delimiter = found
        return list(_rows(lines[start : start + MOST_ENTRIES + 1], columns, delimiter))
    if len(lines) > 1 and are_known_headings(lines[:1]):
        return list(read_plain("\n".join(lines[1:])))  # one column with its heading
    return None


def columns_left_out(text: str) -> list[str]:
    """The headings of a table's columns of which nothing is read, such as a role: whoever pasted it is told."""
    lines = _lines(text)
    found = _table(lines)
    if found is None or not found[1]:
        return []
    columns, start, delimiter = found
    read = {columns.email, *columns.names, columns.organisation}
    headings = [cell.strip()[:_LONGEST_HEADING] for cell in _cells(lines[start - 1], delimiter)]
    return [heading for place, heading in enumerate(headings) if heading and place not in read]


def _lines(text: str) -> list[str]:
    lines = [line for line in _ROW.split(text) if line.strip()]
    return lines[1:] if lines and lines[0].strip().lower()[:4] == "sep=" else lines


def _table(lines: Sequence[str]) -> tuple[Columns, int, str] | None:
    """The columns, the line with which the rows begin, and what parts the cells; None where it is no table."""
    for delimiter in _DELIMITERS:
        found = _columns(lines, delimiter)
        if found is not None:
            return *found, delimiter
    return None


def _columns(lines: Sequence[str], delimiter: str) -> tuple[Columns, int] | None:
    """The columns that this delimiter makes, and the line with which the rows begin; None where it makes no table."""
    first = next((place for place, line in enumerate(lines[: _MOST_ABOVE + 1]) if "@" in line), _MOST_ABOVE + 1)
    sample = [_cells(line, delimiter) for line in lines[:_SAMPLE]]
    for place, row in enumerate(sample[: max(first, 1)]):
        if sum(bool(cell.strip()) for cell in row) > 1 and are_known_headings(row):
            columns = columns_under(row, sample[place + 1 :])
            return None if columns is None else (columns, place + 1)
    if first > 0 and len(sample) > 1 and may_be_headings(sample[0], sample[1:]):
        columns = columns_under(sample[0], sample[1:])
        return None if columns is None else (columns, 1)
    columns = columns_of(sample) if len(sample) > 1 else None
    return None if columns is None else (columns, 0)


def _rows(lines: Sequence[str], columns: Columns, delimiter: str) -> Iterator[Entry]:
    """The entries of a table, and of what was pasted below it: lines that are no rows of it are read as any others."""
    for line in lines:
        row = _whole_row(_cells(line, delimiter), columns, delimiter)
        place = row[columns.email] if columns.email < len(row) else ""
        is_list = len(row) == 1 or (len(row) < columns.width and "<" in place)
        # Where a heading names the column, an address in another one is somebody else's: who is in charge, say.
        is_whole = columns.is_named and len(row) == columns.width and is_address(place)
        has_more = "@" not in place or line.count("@") > place.count("@")
        if "@" in line and not is_whole and (is_list or has_more):
            yield from read_plain(line)
        elif any(cell.strip() for cell in row):
            for address in _several(place) or [place]:
                yield _row_entry([*row[: columns.email], address, *row[columns.email + 1 :]], columns, delimiter)


def _whole_row(row: list[str], columns: Columns, delimiter: str) -> list[str]:
    """The row with its address in one cell again, where a delimiter stood in it without quotation marks."""
    more = len(row) - columns.width
    if more <= 0 or not any(cell.strip() for cell in row[columns.width :]):
        return row
    end = columns.email + more + 1
    return [*row[: columns.email], delimiter.join(row[columns.email : end]), *row[end:]]


def _several(cell: str) -> list[str]:
    """The addresses in a cell that holds more than one, and nothing else."""
    parts = [part.strip() for part in re.split("[,;]", cell) if part.strip()]
    return parts if len(parts) > 1 and all(map(is_address, parts)) else []


def _cells(line: str, delimiter: str) -> list[str]:
    """The cells of one line. Each line is read by itself: one quotation mark too many must not swallow the rest."""
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:  # a cell longer than any that we could use
        return line.split(delimiter)


def _row_entry(row: Sequence[str], columns: Columns, delimiter: str) -> Entry:
    address = row[columns.email] if columns.email < len(row) else ""
    name = " ".join(row[place].strip() for place in columns.names if place < len(row))
    of = row[columns.organisation] if columns.organisation is not None and columns.organisation < len(row) else ""
    read = read_entry(address)
    typed = read.typed or f"{delimiter} ".join(cell.strip() for cell in row if cell.strip())[:LONGEST_ENTRY]
    called = (clean_given_name(name) or read.name, clean_given_name(of) or read.organisation)
    return Entry(typed, read.address, *called, read.guessed_from)
