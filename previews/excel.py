"""Workbooks of Excel: each sheet that is not hidden as a table, with the values that were last worked out."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from previews.archives import Archive
from previews.cells import column_name, column_of, kind_of_format, write_number
from previews.parts import Refused, Why
from previews.telling import Sheet, Teller
from previews.xml_reading import attribute, read_elements

_MOST_STRINGS = 2_000_000
_MOST_ROWS_READ = 100_000
_ANSWERS = {"0": "FALSE", "1": "TRUE"}


class Workbook:
    """What the sheets of one file share: words, kinds of numbers, the first day."""

    def __init__(self, archive: Archive, main: str) -> None:
        relations = archive.relations(main)
        self.archive = archive
        self.is_cut = False
        self.strings = self._read_strings(relations.get("sharedStrings", ""))
        self.kinds = _read_kinds(archive, relations.get("styles", ""))
        settings = read_elements(archive.open(main), archive.limits, {"workbookPr"})
        self.from_1904 = any(attribute(each, "date1904") in ("1", "true") for each in settings)
        self.sheets = [(part, name) for part, name, is_hidden in archive.listed(main, "sheet") if not is_hidden]

    def _read_strings(self, part: str) -> Sequence[str]:
        if part not in self.archive:
            return ()
        strings: list[str] = []
        left = self.archive.limits.text
        for element in read_elements(self.archive.open(part), self.archive.limits, {"si"}, skipped={"rPh"}):
            strings.append("".join(each.text or "" for each in element.iter("t")))
            left -= len(strings[-1])
            if left < 0 or len(strings) > _MOST_STRINGS:
                self.is_cut = True
                break
        return strings

    def value(self, cell: Element) -> str:
        """What is seen in the cell."""
        raw = cell.findtext("v") or ""
        match attribute(cell, "t"):
            case "s":
                place = int(raw) if raw.isdecimal() and len(raw) < 9 else -1
                return self.strings[place] if 0 <= place < len(self.strings) else ""
            case "inlineStr":
                return "".join(each.text or "" for each in cell.iter("t"))
            case "b":
                return _ANSWERS.get(raw, raw)
            case "str" | "e" | "d":
                return raw
            case _:
                style = attribute(cell, "s", "0")
                place = int(style) if style.isdecimal() and len(style) < 9 else 0
                kind = self.kinds[place] if place < len(self.kinds) else ""
                return write_number(raw, kind, from_1904=self.from_1904) if raw else ""


def _read_kinds(archive: Archive, part: str) -> Sequence[str]:
    """For each style of cells what it makes of a number."""
    if part not in archive:
        return ()
    codes: dict[str, str] = {}
    kinds: list[str] = []
    for element in read_elements(archive.open(part), archive.limits, {"numFmt", "cellXfs"}):
        if element.tag == "numFmt":
            codes[attribute(element, "numFmtId")] = attribute(element, "formatCode")[:200]
            continue
        for style in element.findall("xf"):
            number = attribute(style, "numFmtId", "0")
            kinds.append(kind_of_format(int(number) if number.isdecimal() else 0, codes.get(number, "")))
    return kinds


def tell_workbook(archive: Archive, main: str, teller: Teller) -> None:
    """Says what stands in the sheets of the workbook whose main part this is."""
    book = Workbook(archive, main)
    teller.facts("sheets", len(book.sheets))
    if book.is_cut:
        teller.cut(Why.MORE_WORDS)
    for number, (part, name) in enumerate(book.sheets[: archive.limits.pages_read], 1):
        sheet = Sheet(archive.limits, name)
        if part in archive:
            _put_rows(sheet, book, part)
        teller.sheet(number, sheet)


def _put_rows(sheet: Sheet, book: Workbook, part: str) -> None:
    limits = book.archive.limits
    rows: list[tuple[str, list[str]]] = []
    try:
        for row in read_elements(book.archive.open(part), limits, {"row"}):
            cells = _row_cells(book, row)
            if any(cells):
                rows.append((attribute(row, "r", str(len(rows) + 1))[:9], cells))
            if len(rows) > _MOST_ROWS_READ:
                sheet.is_cut = True
                break
    except Refused:
        if not rows:
            raise
        sheet.is_cut = True  # a sheet that breaks off is shown as far as it goes
    if rows:
        width = min(max(len(cells) for _, cells in rows[: limits.rows]), limits.columns)
        sheet.open_table(["", *map(column_name, range(width))])
        for name, cells in rows:
            sheet.row(cells + [""] * (width - len(cells)), name)
        sheet.close_table()


def _row_cells(book: Workbook, row: Element) -> list[str]:
    """The values in their columns, as far as columns are shown, then those beyond, so that they are found."""
    most = book.archive.limits.columns
    cells: list[str] = []
    for cell in row.findall("c"):
        value = book.value(cell)
        if not value:
            continue
        place = column_of(attribute(cell, "r"))
        if len(cells) <= place < most:
            cells += [""] * (place - len(cells))
        cells.append(value)
    return cells
