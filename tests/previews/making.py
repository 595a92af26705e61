"""Files to prepare: real ones made by libraries, and small ones written out by hand where something must be wrong."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import docx
import openpyxl
import pptx
from docx.enum.text import WD_BREAK
from PIL import Image, PngImagePlugin

SENTENCE = "The heron waits where the weir turns."
"""What is looked for on page seven."""


def write_pdf(pages: Iterable[str], *, extra: str = "", box: str = "0 0 595 842", trailer: str = "") -> bytes:
    """A PDF with one line of words on each page, its table of places right. `extra`: more entries of its catalogue."""
    lines = list(pages)
    kids = " ".join(f"{4 + 2 * place} 0 R" for place in range(len(lines)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {extra} >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(lines)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for place, line in enumerate(lines):
        words = line if line.startswith("%") else f"BT /F1 18 Tf 72 720 Td ({line}) Tj ET"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents {5 + 2 * place} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(words)} >>\nstream\n{words}\nendstream")
    return assemble_pdf(objects, trailer)


def assemble_pdf(objects: Iterable[str], trailer: str = "") -> bytes:
    """The objects, numbered from 1, as a file; the first one is its catalogue."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, written in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{written}\nendobj\n".encode("latin-1")
    start = len(out)
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    out += f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n{table}".encode()
    out += f"trailer << /Size {len(places) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def manual(pages: int = 9) -> bytes:
    """A PDF whose page seven holds SENTENCE."""
    return write_pdf(SENTENCE if number == 7 else f"This is page {number}." for number in range(1, pages + 1))


def locked_pdf() -> bytes:
    """A PDF that asks for a password."""
    key = "00" * 32
    lock = f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -44 /O <{key}> /U <{key}> >> /ID [<00> <00>]"
    return write_pdf(["Nobody reads this."], trailer=lock)


def looping_pdf() -> bytes:
    """Pages that are their own children, and a form that draws itself."""
    return assemble_pdf(
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 1000000 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents 4 0 R"
            " /Resources << /XObject << /X 5 0 R >> >> >>",
            "<< /Length 5 >>\nstream\n/X Do\nendstream",
            "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 11\n"
            "/Resources << /XObject << /X 5 0 R >> >> >>\nstream\n/X Do /X Do\nendstream",
        ]
    )


def heavy_pdf(levels: int = 9) -> bytes:
    """Forms that each draw the next one ten times: a page that takes days to draw, in a few kilobytes."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R"
        " /Resources << /XObject << /X 5 0 R >> >> >>",
        "<< /Length 5 >>\nstream\n/X Do\nendstream",
    ]
    for level in range(levels):
        draw = "/X Do " * 10 if level < levels - 1 else "0 0 600 800 re f 10 10 m 500 700 l S "
        objects.append(
            f"<< /Type /XObject /Subtype /Form /BBox [0 0 600 800] /Length {len(draw)}\n"
            f"/Resources << /XObject << /X {6 + level} 0 R >> >> >>\nstream\n{draw}\nendstream"
        )
    return assemble_pdf(objects)


def slow_pdf(times: int = 300) -> bytes:
    """A page on which a colour is worked out for each point, some hundreds of times: little memory, much time."""
    sums = "{ " + "sin cos " * 100 + "}"
    draw = "/S sh " * times
    return assemble_pdf(
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R"
            " /Resources << /Shading << /S 5 0 R >> >> >>",
            f"<< /Length {len(draw)} >>\nstream\n{draw}\nendstream",
            "<< /ShadingType 1 /ColorSpace /DeviceRGB /Domain [0 600 0 800] /Function [6 0 R 6 0 R 6 0 R] >>",
            f"<< /FunctionType 4 /Domain [0 600 0 800] /Range [0 1] /Length {len(sums) + 4}\n>>\n"
            f"stream\n{sums[:-1]}pop }}\nendstream",
        ]
    )


def letter() -> bytes:
    """A document of Word on two pages: headings, marked words, a list, a table, a note in a hidden run."""
    document = docx.Document()
    document.add_heading("Falls in the night", 1)
    paragraph = document.add_paragraph("We looked at ")
    paragraph.add_run("thirty").bold = True
    paragraph.add_run(" wards & <script>alert(1)</script>, ")
    paragraph.add_run("slowly").italic = True
    secret = paragraph.add_run("UNSEEN")
    secret.font.hidden = True
    document.add_paragraph("Keep the light on", style="List Bullet")
    document.add_paragraph("Ask first", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for row, words in zip(table.rows, (("Ward", "Falls"), ("Heron", "4")), strict=True):
        for cell, word in zip(row.cells, words, strict=True):
            cell.text = word
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    document.add_paragraph(SENTENCE)
    return _saved(document)


def workbook() -> bytes:
    """Two sheets that are shown and one that is hidden; numbers, days, a percentage, a formula, words in any script."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Wards & beds"
    sheet.append(["Ward", "Beds", "Opened", "Full", "Ωμέγα"])
    sheet.append(["Heron", 24, None, 0.875, "=B2*2"])
    sheet["C2"] = 45608
    sheet["C2"].number_format = "dd/mm/yyyy"
    sheet["D2"].number_format = "0.0%"
    sheet["B40"] = SENTENCE
    book.create_sheet("Notes")["A1"] = "<img src=x onerror=alert(1)>"
    hidden = book.create_sheet("Salaries")
    hidden["A1"] = "UNSEEN"
    hidden.sheet_state = "hidden"
    return _saved(book)


def slides() -> bytes:
    """Two slides that are shown and one that is hidden, with a table."""
    show = pptx.Presentation()
    for title, words in (("Falls", "Keep the light on"), ("Weirs", SENTENCE), ("Away", "UNSEEN")):
        slide = show.slides.add_slide(show.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = words
    show.slides[2]._element.set("show", "0")
    inch = 914_400
    table = show.slides[1].shapes.add_table(1, 2, inch, inch, inch, inch).table
    table.cell(0, 0).text, table.cell(0, 1).text = "Ward", "Heron"
    return _saved(show)


def _saved(made: object) -> bytes:
    stream = io.BytesIO()
    made.save(stream)  # type: ignore[attr-defined]
    return stream.getvalue()


def zipped(parts: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive with these parts, in this order."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def unzipped(archive: bytes) -> dict[str, bytes]:
    """Its parts, in their order, to change one and zip them again."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "text", "table", "presentation")
)
_DRAWING = 'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'


def opendocument(kind: str, body: str, manifest: str = "") -> bytes:
    """An OpenDocument of this kind ("text", "spreadsheet", "presentation") with this body."""
    content = f"<office:document-content {_SPACES} {_DRAWING}><office:body><office:{kind}>{body}</office:{kind}>"
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": f'<?xml version="1.0"?>{content}</office:body></office:document-content>',
            **({"META-INF/manifest.xml": manifest} if manifest else {}),
        }
    )


def image(kind: str = "PNG", size: tuple[int, int] = (640, 480), **options: object) -> bytes:
    """An image whose left half is red and whose right half is blue."""
    made = Image.new("RGB", size, "red")
    made.paste("blue", (size[0] // 2, 0, *size))
    stream = io.BytesIO()
    made.save(stream, kind, **options)
    return stream.getvalue()


def telling_image(canary: str, kind: str) -> bytes:
    """An image that tells of itself wherever its kind lets it: where it was taken, by whom, with which words."""
    exif = Image.Exif()
    exif[0x010E] = exif[0x013B] = exif[0x8298] = canary
    exif[0x0112] = 6  # the camera was held on its side
    options: dict[str, object] = {"exif": exif, "xmp": f"<x:xmpmeta>{canary}</x:xmpmeta>".encode()}
    if kind == "PNG":
        notes = PngImagePlugin.PngInfo()
        notes.add_text("Comment", canary)
        options = {"exif": exif, "pnginfo": notes}
    if kind == "JPEG":
        options["comment"] = canary
    return image(kind, (400, 200), icc_profile=canary.encode(), **options)


def huge_png(side: int, *, in_colour: bool = False) -> bytes:
    """A PNG of side by side white pixels, packed to next to nothing."""
    packer = zlib.compressobj(9)
    row = b"\0" + b"\xff" * (side * 3 if in_colour else (side + 7) // 8)
    form = (8, 2) if in_colour else (1, 0)
    packed = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(name, body)
        for name, body in (
            (b"IHDR", struct.pack(">2I5B", side, side, *form, 0, 0, 0)),
            (b"IDAT", packed),
            (b"IEND", b""),
        )
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def quine_like_bomb(parts: int = 36, size: int = 30 << 20) -> bytes:
    """Many parts of nothing but zeros: more than a gigabyte in one megabyte."""
    return zipped(dict.fromkeys((f"word/{number}.xml" for number in range(parts)), bytes(size)))


def written(folder: Path, content: bytes, name: str = "file") -> Path:
    """The content as a file."""
    path = folder / name
    path.write_bytes(content)
    return path
