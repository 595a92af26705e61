"""OpenDocument: texts, spreadsheets and presentations, all in one part of the archive."""

from xml.etree.ElementTree import Element

from previews.archives import Archive
from previews.cells import column_name
from previews.parts import Refused, Why
from previews.telling import Sheet, Teller
from previews.xml_reading import attribute, read_elements

_BEGINNING = "application/vnd.oasis.opendocument."
KINDS = {"text": "document", "spreadsheet": "sheets", "presentation": "slides"}
_MAIN = "content.xml"
_NOT_SHOWN = frozenset({"tracked-changes", "annotation", "forms", "notes", "desc", "title", "shapes"})
_MOST_SPACES = 100
_DEEPEST = 40


def find_opendocument(archive: Archive) -> str | None:
    """Which of `KINDS` this archive is; None where it is no OpenDocument that can be shown."""
    if "mimetype" not in archive or _MAIN not in archive:
        return None
    said = archive.open("mimetype").read_all(200).decode("ascii", "replace").strip()
    kind = said.removeprefix(_BEGINNING).removesuffix("-template")
    if not said.startswith(_BEGINNING) or kind not in KINDS:
        return None
    manifest = "META-INF/manifest.xml"
    if manifest in archive:
        for _ in read_elements(archive.open(manifest), archive.limits, {"encryption-data"}):
            raise Refused(Why.LOCKED)
    return kind


def tell_opendocument(archive: Archive, kind: str, teller: Teller) -> None:
    """Says what is written in it."""
    sheets = {"text": _read_text, "spreadsheet": _read_tables, "presentation": _read_slides}[kind](archive)
    teller.sheaf(KINDS[kind], sheets)


def _read_text(archive: Archive) -> list[Sheet]:
    sheets = [Sheet(archive.limits)]
    wanted, opened = {"p", "h", "list", "table"}, {"soft-page-break"}
    for element in read_elements(archive.open(_MAIN), archive.limits, wanted, opened, _NOT_SHOWN):
        if element.tag == "soft-page-break":
            if not sheets[-1].is_empty:
                sheets.append(Sheet(archive.limits))
            continue
        _put(sheets[-1], element)
        if element.find(".//soft-page-break") is not None:
            sheets.append(Sheet(archive.limits))
    if len(sheets) > 1 and sheets[-1].is_empty:
        sheets.pop()
    return sheets


def _read_tables(archive: Archive) -> list[Sheet]:
    sheets: list[Sheet] = []
    rows: list[tuple[int, list[str]]] = []
    number = 1
    for element in read_elements(archive.open(_MAIN), archive.limits, {"table-row"}, {"table"}, _NOT_SHOWN):
        if element.tag == "table":
            _put_cells(sheets, rows)
            sheets.append(Sheet(archive.limits, attribute(element, "name")))
            rows, number = [], 1
            continue
        cells = _cells(element, archive.limits.columns)
        times = _repeated(element, "number-rows-repeated")
        if any(cells):
            rows += [(number + place, cells) for place in range(min(times, archive.limits.rows))]
        number += times
    _put_cells(sheets, rows)
    return sheets


def _put_cells(sheets: list[Sheet], rows: list[tuple[int, list[str]]]) -> None:
    if not sheets or not rows:
        return
    width = max(len(cells) for _, cells in rows)
    sheets[-1].open_table(["", *map(column_name, range(width))])
    for number, cells in rows:
        sheets[-1].row(cells + [""] * (width - len(cells)), str(number))
    sheets[-1].close_table()


def _read_slides(archive: Archive) -> list[Sheet]:
    sheets: list[Sheet] = []
    wanted = {"frame", "p", "list", "table"}
    for element in read_elements(archive.open(_MAIN), archive.limits, wanted, {"page"}, _NOT_SHOWN):
        if element.tag == "page":
            sheets.append(Sheet(archive.limits))
        elif sheets and element.tag != "frame":
            _put(sheets[-1], element)
        elif sheets:
            _put_frame(sheets[-1], element)
    return sheets


def _put_frame(sheet: Sheet, frame: Element) -> None:
    is_title = attribute(frame, "class") == "title"
    if is_title and not sheet.title:
        sheet.title = " ".join(words_of(each) for each in frame.iter("p"))
    for table in frame.findall("table"):
        _put(sheet, table)
    for box in frame.findall("text-box"):
        for element in box:
            if is_title:
                sheet.paragraph(words_of(element), tag="h3")
            else:
                _put(sheet, element)


def _put(sheet: Sheet, element: Element) -> None:
    match element.tag:
        case "h":
            level = attribute(element, "outline-level", "1")
            sheet.paragraph(
                words_of(element), tag=f"h{min(6, 2 + int(level))}" if level.isdecimal() and len(level) < 3 else "h3"
            )
        case "p":
            sheet.paragraph(words_of(element))
        case "list":
            for item in element.iter():
                if item.tag in ("p", "h"):
                    sheet.paragraph(words_of(item), tag="li")
        case "table":
            sheet.open_table()
            for row in element.iter("table-row"):
                sheet.row(_cells(row, sheet.limits.columns))
            sheet.close_table()


def _cells(row: Element, most: int) -> list[str]:
    """The words of each cell, those at the end that are empty left out."""
    cells: list[str] = []
    for cell in row:
        if cell.tag in ("table-cell", "covered-table-cell") and len(cells) < most:
            words = "\n".join(filter(None, map(words_of, cell.iter("p"))))
            cells += [words] * min(_repeated(cell, "number-columns-repeated"), most - len(cells))
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _repeated(element: Element, name: str) -> int:
    times = attribute(element, name, "1")
    return int(times) if times.isdecimal() and 0 < len(times) < 9 else 1


def words_of(element: Element, depth: int = 0) -> str:
    """The words of a paragraph, with the spaces, tabs and line ends that it writes as elements."""
    pieces = [element.text or ""]
    for child in element:
        match child.tag:
            case "s":
                pieces.append(" " * min(_repeated(child, "c"), _MOST_SPACES))
            case "tab":
                pieces.append("\t")
            case "line-break":
                pieces.append("\n")
            case _ if depth < _DEEPEST:
                pieces.append(words_of(child, depth + 1))
        pieces.append(child.tail or "")
    return "".join(pieces)
