"""Presentations of PowerPoint: the words of each slide that is not hidden, and what its speaker noted for it."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from previews.archives import Archive
from previews.parts import Refused, Why
from previews.telling import Sheet, Teller, escape_lines
from previews.xml_reading import attribute, read_elements

_TITLES = ("title", "ctrTitle")
_FURNITURE = ("sldNum", "dt", "ftr")
_NOTED = "body"
"""Beside the words of the speaker there are a picture of the slide, its number, and what stands on every page."""


def tell_slides(archive: Archive, main: str, teller: Teller) -> None:
    """Says what is written on the slides of the presentation whose main part this is."""
    sheets, are_whole = [], True
    for part, _, _ in archive.listed(main, "sldId")[: archive.limits.pages_read]:
        if part in archive:
            sheet = Sheet(archive.limits)
            if _put_slide(sheet, archive, part):
                are_whole = _put_notes(sheet, archive, part) and are_whole
                sheets.append(sheet)
    teller.sheaf("slides", sheets)
    if not are_whole:
        teller.cut(Why.NOT_ALL)


def _put_slide(sheet: Sheet, archive: Archive, part: str) -> bool:
    """Whether the slide is shown."""
    wanted = {"sp", "tbl"}
    for element in read_elements(archive.open(part), archive.limits, wanted, {"sld"}, {"Fallback"}):
        if element.tag == "sld":
            if attribute(element, "show", "1") in ("0", "false"):
                return False
        elif element.tag == "tbl":
            sheet.open_table()
            for row in element.findall("tr"):
                sheet.row(["\n".join(_paragraphs(cell)) for cell in row.findall("tc")])
            sheet.close_table()
        else:
            _put_shape(sheet, element)
    return True


def _put_notes(sheet: Sheet, archive: Archive, part: str) -> bool:
    """What the speaker noted for this slide, below it; whether it could be read: the slides are shown without."""
    begins = "<strong>Notes</strong><br>"
    try:
        notes = archive.relations(part).get("notesSlide", "")
        if notes not in archive:
            return True
        for shape in read_elements(archive.open(notes), archive.limits, {"sp"}, skipped={"Fallback"}):
            if _place_of(shape) != _NOTED:
                continue
            for words in _paragraphs(shape):
                sheet.paragraph(words, begins + escape_lines(words))
                begins = ""
    except Refused:
        return False
    return True


def _place_of(shape: Element) -> str:
    """What kind of thing stands there; empty for what has no place of its own."""
    place = shape.find("nvSpPr/nvPr/ph")
    return attribute(place, "type", "body") if place is not None else ""


def _put_shape(sheet: Sheet, shape: Element) -> None:
    kind = _place_of(shape)
    if kind in _FURNITURE:
        return
    for words in _paragraphs(shape):
        if kind in _TITLES and not sheet.title:
            sheet.title = words
        tag = "h3" if kind in _TITLES else "li" if kind in ("body", "obj") else "p"
        sheet.paragraph(words, tag=tag)


def _paragraphs(element: Element) -> Iterator[str]:
    for paragraph in element.iter("p"):
        words = "".join(
            "\n" if each.tag == "br" else each.text or "" for each in paragraph.iter() if each.tag in ("t", "br")
        )
        if words.strip():
            yield words
