"""Documents of Word: headings, paragraphs, lists and tables; pages where Word noted where it broke them."""

import re
from collections.abc import Iterator, Mapping
from html import escape
from xml.etree.ElementTree import Element

from previews.archives import Archive
from previews.telling import Sheet, Teller
from previews.xml_reading import attribute, read_elements

_NOT_SHOWN = frozenset({"Fallback", "del", "moveFrom", "instrText", "fldData"})
_BREAKS = frozenset({"lastRenderedPageBreak", "br", "pageBreakBefore"})
_HEADING = re.compile(r"(?:heading|title)\s*(\d?)\Z", re.IGNORECASE)
_OFF = ("0", "false", "off")


def tell_document(archive: Archive, main: str, teller: Teller) -> None:
    """Says what is written in the document whose main part this is."""
    tags = _style_tags(archive, main)
    sheets = [Sheet(archive.limits)]
    for element in read_elements(archive.open(main), archive.limits, {"p", "tbl"}, skipped=_NOT_SHOWN):
        if element.tag == "tbl":
            _put_table(sheets[-1], element)
            continue
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
    teller.sheaf("document", sheets)


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
    found = run.find(f"rPr/{name}")
    return found is not None and attribute(found, "val", "1") not in _OFF


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
