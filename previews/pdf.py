"""PDF: first the words of every page, so that they are soon found, then a picture of each."""

from typing import BinaryIO

import pypdfium2
from pypdfium2 import PdfDocument, PdfiumError, PdfPage

from previews.limits import TALLEST, WIDTHS, Limits
from previews.parts import Refused, Why
from previews.pictures import tell_picture
from previews.telling import Teller

_MOST_LETTERS = 200_000
"""Of one page."""
_LOCKED = 4
"""What pdfium calls a missing password."""


def tell_pdf(file: BinaryIO, limits: Limits, teller: Teller) -> None:
    """Says the words of the pages, then draws them."""
    document = _open(file)
    count = len(document)
    if not count:
        raise Refused(Why.BROKEN)
    _read(document, count, limits, teller)
    _draw(document, count, limits, teller)


def _open(file: BinaryIO) -> PdfDocument:
    file.seek(0)
    try:
        document = PdfDocument(file)
    except PdfiumError as error:
        raise Refused(Why.LOCKED if error.err_code == _LOCKED else Why.BROKEN) from error
    try:
        document.init_forms()
    except PdfiumError:  # forms that can't be drawn leave the page without what was filled in
        return document
    return document


def _read(document: PdfDocument, count: int, limits: Limits, teller: Teller) -> None:
    teller.facts("pdf", count)
    for number in range(1, min(count, limits.pages_read) + 1):
        try:
            page = document[number - 1]
            words = page.get_textpage()
            text = words.get_text_range(0, min(words.count_chars(), _MOST_LETTERS))
            words.close()
            page.close()
        except PdfiumError:
            text = ""
        teller.page(number, "", text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufffe", ""))


def _draw(document: PdfDocument, count: int, limits: Limits, teller: Teller) -> None:
    for number in range(1, min(count, limits.pages_drawn) + 1):
        try:
            page = document[number - 1]
            bitmap = page.render(scale=_scale(page), rev_byteorder=False)
            image = bitmap.to_pil().convert("RGB")
            bitmap.close()
            page.close()
        except PdfiumError:
            teller.cut(Why.NOT_ALL)
            continue
        tell_picture(teller, number, image)
    if count > limits.pages_drawn:
        teller.cut(Why.MORE_PAGES)


def _scale(page: PdfPage) -> float:
    """So that it is as wide as the larger picture, and no taller than any. Raises PdfiumError for a page of no size."""
    width, height = page.get_size()
    if not (0 < width < 1e6 and 0 < height < 1e6):
        raise PdfiumError("a page of no size")
    scale: float = min(max(WIDTHS) / width, TALLEST / height)
    if min(width, height) * scale < 1:
        raise PdfiumError("a page that is a line")
    return scale


def load_fonts() -> None:
    """Have pdfium look for the fonts of this machine before no file can be opened any more."""
    pypdfium2.PdfDocument.new().close()
