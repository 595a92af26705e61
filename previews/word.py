"""Documents of Word: headings, paragraphs, lists and tables; pages where Word noted where it broke them."""

import re
from collections.abc import Iterator, Mapping
from html import escape
from xml.etree.ElementTree import Element

from previews.archives import Archive
from previews.parts import Refused, Why
from previews.telling import Sheet, Teller
from previews.xml_reading import attribute, read_elements, relation

_NOT_SHOWN = frozenset({"Fallback", "del", "moveFrom", "instrText", "fldData"})
_BREAKS = frozenset({"lastRenderedPageBreak", "br", "pageBreakBefore"})
_HEADING = re.compile(r"(?:heading|title)\s*(\d?)\Z", re.IGNORECASE)
_OFF = ("0", "false", "off")
_MOST_MARGINS = 50
"""Headers, and as many footers: each section of a document may have its own."""


def tell_document(archive: Archive, main: str, teller: Teller) -> None:
    """Says what is written in the document whose main part this is."""
    tags = _style_tags(archive, main)
    sheets, margins = [Sheet(archive.limits)], _Margins(archive, main)
    for element in read_elements(archive.open(main), archive.limits, {"p", "tbl", "sectPr"}, skipped=_NOT_SHOWN):
        if element.tag == "sectPr":
            margins.note(element)
            continue
        if element.tag == "tbl":
            _put_table(sheets[-1], element)
            continue
        if (section := element.find("pPr/sectPr")) is not None:
            margins.note(section)
        before, after = _page_breaks(element)
        if before and not sheets[-1].is_empty:
            sheets.append(Sheet(archive.limits))
        _put_paragraph(sheets[-1], element, tags)
        if after:
            sheets.append(Sheet(archive.limits))
    relations = archive.relations(main)
    for kind in ("footnotes", "endnotes"):
        if relations.get(kind, "") in archive:
            _put_notes(sheets[-1], archive, relations[kind])
    if len(sheets) > 1 and sheets[-1].is_empty:
        sheets.pop()
    margins.put(sheets)
    teller.sheaf("document", sheets)
    if not margins.are_whole:
        teller.cut(Why.NOT_ALL)


class _Margins:
    """What stands above and below every page: said once, above the first and below the last."""

    def __init__(self, archive: Archive, main: str) -> None:
        self.are_whole = True
        self._archive, self._relations = archive, archive.relations(main)
        self._parts: dict[str, list[str]] = {"headerReference": [], "footerReference": []}
        self._has_even: bool | None = None

    def note(self, section: Element) -> None:
        """What this section has there: words that Word would not show are not shown here."""
        has_first = _is_on(section.find("titlePg"))
        for tag, parts in self._parts.items():
            for named in section.findall(tag):
                part = self._relations.get(relation(named), "")
                kind = attribute(named, "type", "default")
                if (kind == "first" and not has_first) or (kind == "even" and not self._tells_even()):
                    continue
                if part in self._archive and part not in parts and len(parts) < _MOST_MARGINS:
                    parts.append(part)

    def _tells_even(self) -> bool:
        if self._has_even is None:
            part, self._has_even = self._relations.get("settings", ""), False
            if part in self._archive:
                self._has_even = any(_is_on(each) for each in self._elements(part, {"evenAndOddHeaders"}))
        return self._has_even

    def _elements(self, part: str, wanted: set[str]) -> Iterator[Element]:
        """As far as they can be read: what goes wrong here keeps nobody from the document."""
        try:
            yield from read_elements(self._archive.open(part), self._archive.limits, wanted, skipped=_NOT_SHOWN)
        except Refused:
            self.are_whole = False

    def put(self, sheets: list[Sheet]) -> None:
        """Say them."""
        above, below = (self._read(parts) for parts in self._parts.values())
        if not above.is_empty:
            above.rule()
            sheets[0].put_first(above)
        if not below.is_empty:
            sheets[-1].rule()
            sheets[-1].put_last(below)

    def _read(self, parts: list[str]) -> Sheet:
        whole, said = Sheet(self._archive.limits), set[str]()
        for part in parts:
            sheet = Sheet(self._archive.limits)
            for element in self._elements(part, {"p", "tbl"}):
                if element.tag == "tbl":
                    _put_table(sheet, element)
                else:
                    _put_paragraph(sheet, element, {})
            if sheet.text not in said:
                said.add(sheet.text)
                whole.put_last(sheet)
        return whole


def _is_on(element: Element | None) -> bool:
    return element is not None and attribute(element, "val", "1") not in _OFF


def _style_tags(archive: Archive, main: str) -> Mapping[str, str]:
    """The tag for each style of headings and lists; its id is in any language, its name is not."""
    part = archive.relations(main).get("styles", "")
    if part not in archive:
        return {}
    tags = {}
    for style in read_elements(archive.open(part), archive.limits, {"style"}):
        name = style.find("name")
        found = _HEADING.match(attribute(name, "val")) if name is not None else None
        if found:
            tags[attribute(style, "styleId")] = f"h{min(6, 2 + int(found[1] or 1))}"
        elif style.find("pPr/numPr") is not None:
            tags[attribute(style, "styleId")] = "li"
    return tags


def _put_paragraph(sheet: Sheet, paragraph: Element, tags: Mapping[str, str]) -> None:
    style = paragraph.find("pPr/pStyle")
    tag = tags.get(attribute(style, "val"), "") if style is not None else ""
    is_item = paragraph.find("pPr/numPr") is not None
    pieces = list(_runs(paragraph))
    text = "".join(words for words, _ in pieces)
    html = "".join(markup for _, markup in pieces)
    sheet.paragraph(text, html, tag or ("li" if is_item else "p"))


def _runs(paragraph: Element) -> Iterator[tuple[str, str]]:
    """The words of each run of letters of one kind, and the same as markup."""
    for run in paragraph.iter("r"):
        if _has(run, "vanish"):
            continue
        words = "".join(_words(run))
        if not words:
            continue
        markup = escape(words).replace("\n", "<br>")
        for name, tag in (("b", "strong"), ("i", "em"), ("strike", "s")):
            if _has(run, name):
                markup = f"<{tag}>{markup}</{tag}>"
        yield words, markup


def _words(run: Element) -> Iterator[str]:
    for child in run:
        match child.tag:
            case "t":
                yield child.text or ""
            case "tab":
                yield "\t"
            case "br" | "cr":
                yield "" if attribute(child, "type") == "page" else "\n"
            case "noBreakHyphen":
                yield "-"


def _has(run: Element, name: str) -> bool:
    return _is_on(run.find(f"rPr/{name}"))


def _page_breaks(paragraph: Element) -> tuple[bool, bool]:
    """Whether a page begins before this paragraph, and whether one does in it or after it."""
    before = after = has_words = False
    for element in paragraph.iter():
        has_words = has_words or (element.tag == "t" and bool((element.text or "").strip()))
        if element.tag in _BREAKS and (element.tag != "br" or attribute(element, "type") == "page"):
            before, after = before or not has_words, after or has_words
    return before, after


def _put_table(sheet: Sheet, table: Element) -> None:
    sheet.open_table()
    for row in [*table.findall("tr"), *table.findall("sdt/sdtContent/tr")]:
        is_head = row.find("trPr/tblHeader") is not None
        cells = [*row.findall("tc"), *row.findall("sdt/sdtContent/tc")]
        sheet.row([_cell(cell) for cell in cells], tag="th" if is_head else "td")
    sheet.close_table()


def _cell(cell: Element) -> str:
    paragraphs = ("".join(words for words, _ in _runs(paragraph)) for paragraph in cell.iter("p"))
    return "\n".join(filter(None, paragraphs))


def _put_notes(sheet: Sheet, archive: Archive, part: str) -> None:
    for note in read_elements(archive.open(part), archive.limits, {"p"}, skipped=_NOT_SHOWN):
        _put_paragraph(sheet, note, {})
