"""E-mail addresses as people paste them: from a mail program, a list, a page, a table, with names or without."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from auth.accounts import clean_email
from auth.names import clean_line

LONGEST_ENTRY = 1_000
MOST_ENTRIES = 5_000
LONGEST_NAME = 100
_LINE = re.compile(r"[\r\n;\u2028\u2029]+")
_ROW = re.compile(r"[\r\n\u2028\u2029]+")
_QUOTED = re.compile(r'"[^"\r\n]*"')
_NAMED = re.compile(r"([^<>]*)<([^<>]*)>\s*")
_ONE = re.compile(r"[^<>,]*<[^<>]*>\s*(?:\0[0-9]+\0)?\s*")
"""A name without a comma, one address in brackets, and perhaps an organisation that was put aside."""
_FIELD = re.compile(r"(?:to|cc|bcc)\s*:\s*(?=\S)", re.IGNORECASE)
_DELIMITERS = ("\t", ";", ",")
_SAMPLE = 50

_EMAIL = frozenset(("email", "emailaddress", "mail", "mailaddress", "address", "addresses", "emails", "emailaddresses"))
_WHOLE = frozenset(("name", "fullname", "displayname", "contact", "contactname", "member", "person"))
_FIRST = frozenset(("firstname", "first", "givenname", "forename", "given"))
_LAST = frozenset(("lastname", "last", "surname", "familyname", "family"))
_ORGANISATION = frozenset(
    ("organisation", "organization", "organisationname", "org", "trust", "company", "employer", "workplace", "hospital")
)


class TooManyEntries(ValueError):
    """The list is longer than we take at once; the text is a sentence."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list: as it was typed, the address that is meant, whether it is one or not, and what stood beside.

    Both are offered to whoever registers by the invitation, and the mail greets them by the name.
    """

    typed: str
    address: str
    name: str = ""
    organisation: str = ""


def read_addresses(text: str) -> list[Entry]:
    """The entries of a table with columns, or those between lines, commas and semicolons.

    Spaces part nothing, for they may be a slip of the hand. `Anna Ek <anna@example.org>`, `"Ek, Anna" <…>`,
    `Ek, Anna <…>` and `mailto:…` are each one address; what stands in quotation marks behind `<…>` is the organisation.
    Raises TooManyEntries.
    """
    text = text.replace("\0", "").removeprefix("\ufeff")
    entries: list[Entry] = []
    for entry in _table(text) or _plain(text):
        entries.append(entry)
        if len(entries) > MOST_ENTRIES:
            raise TooManyEntries(
                f"There are more than {MOST_ENTRIES:,} entries here. Paste at most {MOST_ENTRIES:,} at once."
            )
    return entries


def written(entries: Sequence[Entry]) -> str:
    """A list that `read_addresses` reads as these entries, one on each line."""
    return "\n".join(map(_written, entries))


def _written(entry: Entry) -> str:
    name = f'"{entry.name}" ' if entry.name else ""
    organisation = f' "{entry.organisation}"' if entry.organisation else ""
    return f"{name}<{entry.address}>{organisation}" if name or organisation else entry.address or entry.typed


# -- Between commas ------------------------------------------------------------------------------------


def _plain(text: str) -> Iterator[Entry]:
    # Within quotation marks nothing parts: what stands there is put aside for the time being.
    quoted: list[str] = []

    def put_aside(found: re.Match[str]) -> str:
        quoted.append(found[0])
        return f"\0{len(quoted) - 1}\0"

    def put_back(found: re.Match[str]) -> str:
        return quoted[int(found[1])]

    for line in _LINE.split(_QUOTED.sub(put_aside, text)):
        for part in _parts(line):
            typed = re.sub("\0([0-9]+)\0", put_back, part).strip()
            if typed:
                yield _entry(typed)


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
    is_one = _ONE.fullmatch(bare) or (bare.count("@") == 1 and _NAMED.fullmatch(bare))
    return [bare] if is_one else line.split(",")


def read_entry(text: str) -> Entry:
    """What is one entry already: an address, or `Anna Ek <anna@example.org>`."""
    return _entry(text.replace("\0", "").strip())


def _entry(typed: str) -> Entry:
    typed = _FIELD.sub("", typed, count=1) if _FIELD.match(typed) else typed
    named = _NAMED.fullmatch(_hide_quoted(typed))
    address = (typed[named.start(2) : named.end(2)] if named else typed).strip()
    name = clean_given_name(typed[: named.start(2) - 1]) if named else ""
    organisation = clean_given_name(typed[named.end(2) + 1 :]) if named else ""
    if address[:7].lower() == "mailto:":
        address = address[7:].partition("?")[0]
    return Entry(typed[:LONGEST_ENTRY], address[:LONGEST_ENTRY], name, organisation)


def _hide_quoted(text: str) -> str:
    """The text with what is quoted blanked out, each character in its place."""
    return _QUOTED.sub(lambda found: " " * len(found[0]), text)


def clean_given_name(text: str) -> str:
    """A name as it stood in a list, on one line, without what shows nothing or would part it from its address."""
    kept = "".join(" " if character in '"<>' or ord(character) < 32 else character for character in text[:400])
    return clean_line(kept.strip(" ,;'"), 400)[:LONGEST_NAME].strip()


# -- In columns ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which column holds the address, which the name or its parts, and which the organisation, where one does."""

    email: int
    names: tuple[int, ...]
    width: int
    """How many there are."""
    organisation: int | None = None


def _table(text: str) -> list[Entry] | None:
    """The rows of a table with headings, or of one whose rows all have their one address in the same column."""
    lines = [line for line in _ROW.split(text) if line.strip()]
    if lines and lines[0].strip().lower()[:4] == "sep=":
        lines = lines[1:]
    for delimiter in _DELIMITERS:
        if not lines or delimiter not in lines[0]:
            continue
        sample = [_cells(line, delimiter) for line in lines[:_SAMPLE]]
        headed = _headings(sample[0])
        columns = headed or _columns_of(sample)
        if columns is not None:
            return list(_rows((lines[1:] if headed else lines)[: MOST_ENTRIES + 1], columns, delimiter))
    if len(lines) > 1 and _word(lines[0]) in _EMAIL:
        return list(_plain("\n".join(lines[1:])))  # one column with its heading
    return None


def _rows(lines: Sequence[str], columns: _Columns, delimiter: str) -> Iterator[Entry]:
    """The entries of a table, and of what was pasted below it: lines that are no rows of it are read as any others."""
    for line in lines:
        row = _whole_row(_cells(line, delimiter), columns, delimiter)
        place = row[columns.email] if columns.email < len(row) else ""
        is_list = len(row) == 1 or (len(row) < columns.width and "<" in place)
        if "@" in line and (is_list or "@" not in place or line.count("@") > place.count("@")):
            yield from _plain(line)
        elif any(cell.strip() for cell in row):
            for address in _several(place) or [place]:
                yield _row_entry([*row[: columns.email], address, *row[columns.email + 1 :]], columns, delimiter)


def _whole_row(row: list[str], columns: _Columns, delimiter: str) -> list[str]:
    """The row with its address in one cell again, where a delimiter stood in it without quotation marks."""
    more = len(row) - columns.width
    if more <= 0 or not any(cell.strip() for cell in row[columns.width :]):
        return row
    end = columns.email + more + 1
    return [*row[: columns.email], delimiter.join(row[columns.email : end]), *row[end:]]


def _several(cell: str) -> list[str]:
    """The addresses in a cell that holds more than one, and nothing else."""
    parts = [part.strip() for part in re.split("[,;]", cell) if part.strip()]
    return parts if len(parts) > 1 and all(map(_is_address, parts)) else []


def _is_address(text: str) -> bool:
    try:
        clean_email(text)
    except ValueError:
        return False
    return True


def _cells(line: str, delimiter: str) -> list[str]:
    """The cells of one line. Each line is read by itself: one quotation mark too many must not swallow the rest."""
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:  # a cell longer than any that we could use
        return line.split(delimiter)


def _word(heading: str) -> str:
    return re.sub(r"[\W_]", "", heading.lower())


def _headings(cells: Sequence[str]) -> _Columns | None:
    words = [_word(cell) for cell in cells]
    if any("@" in cell for cell in cells) or not any(word in _EMAIL for word in words):
        return None
    preferred = [place for place, word in enumerate(words) if "mail" in word and word in _EMAIL]
    email = preferred[0] if preferred else next(place for place, word in enumerate(words) if word in _EMAIL)
    whole = [place for place, word in enumerate(words) if word in _WHOLE]
    parts = [next((p for p, word in enumerate(words) if word in kind), None) for kind in (_FIRST, _LAST)]
    named = whole[:1] or [place for place in parts if place is not None]
    of = next((place for place, word in enumerate(words) if word in _ORGANISATION), None)
    return _Columns(email, tuple(named), len(cells), of)


def _columns_of(sample: Sequence[Sequence[str]]) -> _Columns | None:
    """Without headings: at least two rows of one width, each with one address, in the same column."""
    first = sample[0]
    places = {tuple(place for place, cell in enumerate(row) if "@" in cell) for row in sample}
    if len(sample) < 2 or len(first) < 2 or {len(row) for row in sample} != {len(first)} or len(places) != 1:
        return None
    found = next(iter(places))
    if len(found) != 1 or any("<" in row[found[0]] for row in sample):
        return None
    return _Columns(found[0], tuple(place for place in range(len(first)) if place != found[0])[:2], len(first))


def _row_entry(row: Sequence[str], columns: _Columns, delimiter: str) -> Entry:
    address = row[columns.email] if columns.email < len(row) else ""
    name = " ".join(row[place].strip() for place in columns.names if place < len(row))
    of = row[columns.organisation] if columns.organisation is not None and columns.organisation < len(row) else ""
    read = _entry(address.strip())
    typed = read.typed or f"{delimiter} ".join(cell.strip() for cell in row if cell.strip())[:LONGEST_ENTRY]
    return Entry(typed, read.address, clean_given_name(name) or read.name, clean_given_name(of) or read.organisation)
