"""What a file is, by what is in it."""

import io
import time
import zipfile
from pathlib import Path

import pytest

from forum.files.kinds import UNKNOWN, kind_of, named_kind

OFFICE = "application/vnd.openxmlformats-officedocument."


def zipped(*names: str, stored: dict[str, str] | None = None) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, words in (stored or {}).items():
            archive.writestr(zipfile.ZipInfo(name), words, zipfile.ZIP_STORED)
        for name in names:
            archive.writestr(name, "x" * 100)
    return made.getvalue()


CASES = {
    "pdf": (b"%PDF-1.7\n%\xe2\xe3", "application/pdf"),
    "png": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"),
    "jpeg": (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "image/jpeg"),
    "webp": (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
    "mp4": (b"\x00\x00\x00\x18ftypisom", "video/mp4"),
    "heic": (b"\x00\x00\x00\x18ftypheic", "image/heic"),
    "mp3": (b"ID3\x04\x00", "audio/mpeg"),
    "old office": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(20), "application/x-ole-storage"),
    "text": (b"Dear all,\n", "text/plain"),
    "empty": (b"", "text/plain"),
    "utf-8": ("Grüße, 報告".encode(), "text/plain"),
    "windows": ("Grüße".encode("cp1252"), "text/plain"),
    "utf-16": ("Dear all".encode("utf-16"), "text/plain"),
    "html": (b"\xef\xbb\xbf  <!DOCTYPE html><script>alert(1)</script>", "text/html"),
    "svg": (b'<?xml version="1.0"?><svg onload="alert(1)">', "image/svg+xml"),
    "svg alone": (b"<svg xmlns='http://www.w3.org/2000/svg'>", "image/svg+xml"),
    "xml": (b'<?xml version="1.0"?><feed>', "application/xml"),
    "bytes": (b"\x7fELF\x02\x01\x01\x00", UNKNOWN),
    "zip": (zipped("a.txt"), "application/zip"),
    "empty zip": (zipped(), "application/zip"),
    "docx": (zipped("[Content_Types].xml", "word/document.xml"), OFFICE + "wordprocessingml.document"),
    "xlsx": (zipped("[Content_Types].xml", "xl/workbook.xml"), OFFICE + "spreadsheetml.sheet"),
    "pptx": (zipped("[Content_Types].xml", "ppt/presentation.xml"), OFFICE + "presentationml.presentation"),
    "docm": (
        zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        "application/vnd.ms-word.document.macroenabled.12",
    ),
    "odt": (
        zipped("content.xml", stored={"mimetype": "application/vnd.oasis.opendocument.text"}),
        "application/vnd.oasis.opendocument.text",
    ),
    "jar": (zipped("META-INF/MANIFEST.MF"), "application/zip"),
}


@pytest.mark.parametrize("case", CASES)
def test_by_what_is_in_it(tmp_path: Path, case: str) -> None:
    content, kind = CASES[case]
    path = tmp_path / "x.exe"
    path.write_bytes(content)
    assert kind_of(path) == kind


def test_a_picture_with_a_page_inside_is_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "both"
    path.write_bytes(b"GIF89a/*" + b"<html><script>alert(1)</script>" + zipped("[Content_Types].xml", "word/x.xml"))
    assert kind_of(path) == "image/gif"


@pytest.mark.parametrize("case", ["zip", "docx", "odt", "empty zip"])
def test_broken_ones_are_never_an_error(tmp_path: Path, case: str) -> None:
    content, path = CASES[case][0], tmp_path / "broken"
    for cut in range(len(content)):
        path.write_bytes(content[:cut])
        kind_of(path)
        path.write_bytes(content[:cut] + bytes([content[cut] ^ 0xFF]) + content[cut + 1 :])
        kind_of(path)


def test_a_list_without_end_is_read_in_part(tmp_path: Path) -> None:
    entry = b"PK\x01\x02" + bytes(24) + b"\x01\x00" + bytes(16) + b"x"
    listing = entry * 600_000
    end = b"PK\x05\x06" + bytes(8) + len(listing).to_bytes(4, "little") + (4).to_bytes(4, "little") + bytes(2)
    path = tmp_path / "bomb.zip"
    path.write_bytes(b"PK\x03\x04" + listing + end)
    began = time.perf_counter()
    assert kind_of(path) == "application/zip"
    assert time.perf_counter() - began < 0.5


def test_only_texts_are_told_by_their_name() -> None:
    assert named_kind("text/plain", "Rota.CSV") == "text/csv"
    assert named_kind("text/plain", "README.md") == "text/markdown"
    assert named_kind("text/html", "harmless.csv") == "text/html"
    assert named_kind("application/pdf", "x.md") == "application/pdf"
