"""Text, Markdown and tables of text. None of it is ever taken for markup of its own."""

import csv
import io
import itertools
from collections.abc import Iterator
from typing import BinaryIO

from markdown_it import MarkdownIt
from markdown_it.token import Token

from previews.cells import column_name
from previews.limits import Limits
from previews.parts import Refused, Why
from previews.telling import Sheet, Teller

_SHOWN = 200_000
"""Characters of a text that are shown on one page."""
_MARKDOWN = 50_000
"""Characters of Markdown that are laid out; a longer text is shown as it is typed."""
_DELIMITERS = ",;\t|"
_SAMPLE = 50
_MOST_ROWS_READ = 100_000


def read_words(file: BinaryIO, limits: Limits) -> tuple[str, bool]:
    """The words of a file in whatever encoding, and whether there are more than may be read."""
    most = limits.text * 4
    file.seek(0)
    raw = file.read(most)
    is_cut = bool(file.read(1))
    words = _decode(raw)
    odd = sum(words.count(letter) for letter in ("\0", "\N{REPLACEMENT CHARACTER}"))
    if odd * 20 > len(words):
        raise Refused(Why.UNKNOWN)
    words = words.replace("\r\n", "\n").replace("\r", "\n")
    return words[: limits.text], is_cut or len(words) > limits.text


def _decode(raw: bytes) -> str:
    """UTF-16 where it says so, UTF-8 where it is, else as Windows wrote it."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and error.start > len(raw) - 4:
            return raw.decode("utf-8-sig", "ignore")  # cut in the middle of a letter
        return raw.decode("cp1252", "replace")


def tell_text(file: BinaryIO, limits: Limits, teller: Teller) -> None:
    """Says a text as it stands, in pages that end with a line."""
    words, is_cut = read_words(file, limits)
    if not words.strip():
        raise Refused(Why.EMPTY)
    sheets = []
    for page in _pages(words):
        sheets.append(Sheet(limits))
        sheets[-1].preformatted(page)
    teller.sheaf("text", sheets)
    if is_cut:
        teller.cut(Why.MORE_WORDS)


def _pages(words: str) -> Iterator[str]:
    start = 0
    while start < len(words):
        end = start + _SHOWN
        if end < len(words):
            end = words.rfind("\n", start, end) + 1 or end
        yield words[start:end]
        start = end


def tell_markdown(file: BinaryIO, limits: Limits, teller: Teller) -> None:
    """Says Markdown as it is meant; a very long one as it is typed."""
    words, _ = read_words(file, limits)
    if not words.strip():
        raise Refused(Why.EMPTY)
    if len(words) > _MARKDOWN:
        tell_text(file, limits, teller)
        return
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 30}).enable(["table", "strikethrough"])
    parser.disable("image")
    tokens = parser.parse(words)
    for token in tokens:
        _lower(token)
    teller.facts("markdown", 1)
    teller.page(1, "", words, parser.renderer.render(tokens, parser.options, {}))


def _lower(token: Token) -> None:
    """Headings go two levels down: the page has its own."""
    if token.type in ("heading_open", "heading_close"):
        token.tag = f"h{min(6, int(token.tag[1]) + 2)}"


def tell_table(file: BinaryIO, limits: Limits, teller: Teller) -> None:
    """Says a table of text, under its first row."""
    words, is_cut = read_words(file, limits)
    if not words.strip():
        raise Refused(Why.EMPTY)
    lines = [line for line in words.split("\n", _SAMPLE)[:_SAMPLE] if line.strip()]
    delimiter = max(_DELIMITERS, key=lambda sign: _evenness(lines, sign))
    sheet = Sheet(limits)
    csv.field_size_limit(limits.text)
    try:
        rows = list(
            itertools.islice(csv.reader(io.StringIO(words, newline=""), delimiter=delimiter), _MOST_ROWS_READ + 1)
        )
    except csv.Error as error:
        raise Refused(Why.BROKEN) from error
    _put_rows(sheet, [row for row in rows if any(row)][:_MOST_ROWS_READ])
    teller.sheaf("table", [sheet])
    if is_cut or len(rows) > _MOST_ROWS_READ:
        teller.cut(Why.MORE_WORDS)


def _put_rows(sheet: Sheet, rows: list[list[str]]) -> None:
    width = min(max(map(len, rows), default=0), sheet.limits.columns)
    sheet.open_table(["", *map(column_name, range(width))])
    for number, row in enumerate(rows, 1):
        sheet.row(row + [""] * (width - len(row)), str(number))
    sheet.close_table()


def _evenness(lines: list[str], delimiter: str) -> tuple[int, int]:
    """How many of the lines have as many of this sign as the first one, and how many that is; none is never best."""
    count = lines[0].count(delimiter)
    return (sum(line.count(delimiter) == count for line in lines), count) if count else (0, 0)
