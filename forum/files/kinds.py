"""What a file is, by what is in it; its name may say anything.

A table of our own in place of a library's: we ask for two dozen kinds, a zip's list is read with a bound (one of four
million entries would fill the memory of the server), and the process that serves stays small.
"""

import struct
from pathlib import Path
from typing import BinaryIO

UNKNOWN = "application/octet-stream"
HEAD_BYTES = 64 * 1024
_LIST_BYTES = 256 * 1024
_MOST_ENTRIES = 2_000
_OFFICE = "application/vnd.openxmlformats-officedocument."
_DOCX, _XLSX, _PPTX = (
    _OFFICE + end for end in ("wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation")
)
_MACROS = {
    _DOCX: "application/vnd.ms-word.document.macroenabled.12",
    _XLSX: "application/vnd.ms-excel.sheet.macroenabled.12",
    _PPTX: "application/vnd.ms-powerpoint.presentation.macroenabled.12",
}

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"BM", "image/bmp"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),  # doc, xls, ppt, msg
    (b"{\\rtf", "application/rtf"),
    (b"fLaC", "audio/flac"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_BRANDS = {
    b"avif": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heic",
    b"M4A ": "audio/mp4",
    b"qt  ": "video/quicktime",
}
_BY_NAME = {"csv": "text/csv", "md": "text/markdown", "markdown": "text/markdown"}


def kind_of(path: Path) -> str:
    """The media type of the file's content. Reads a small part of it, however large it is."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            return _kind_of_zip(file, head)
    return _kind_of_bytes(head)


def named_kind(media_type: str, name: str) -> str:
    """The same with what only a name can tell, which is how a text is to be read."""
    return _BY_NAME.get(name.lower().rpartition(".")[2], media_type) if media_type == "text/plain" else media_type


def _kind_of_bytes(head: bytes) -> str:
    if head[:4] == b"RIFF" and head[8:12] in _RIFF:
        return _RIFF[head[8:12]]
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    if head[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        return "audio/mpeg"
    found = next((kind for beginning, kind in _BEGINNINGS if head.startswith(beginning)), None)
    return found or _kind_of_text(head)


def _kind_of_text(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "text/plain"  # UTF-16, as Windows writes it
    if any(each < 32 and each not in b"\t\n\f\r\x1b" for each in set(head)):
        return UNKNOWN
    start = head[:1_000].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<script")):
        return "text/html"
    if start.startswith(b"<svg") or (start.startswith((b"<?xml", b"<!doctype svg", b"<!--")) and b"<svg" in head):
        return "image/svg+xml"
    return "application/xml" if start.startswith(b"<?xml") else "text/plain"


def _kind_of_zip(file: BinaryIO, head: bytes) -> str:
    """OpenDocument writes its kind first and in plain; Office's is known by what is in it."""
    length, name = struct.unpack_from("<H", head, 26)[0] if len(head) >= 30 else 0, head[30:38]
    if length == 8 and name == b"mimetype":
        begins = 38 + struct.unpack_from("<H", head, 28)[0]
        told = head[begins : begins + 100].partition(b"PK")[0]
        if told.startswith((b"application/vnd.oasis.opendocument.", b"application/epub+zip")) and told.isascii():
            return told.decode().strip()
    names = _listed(file)
    if b"[Content_Types].xml" not in names:
        return "application/zip"
    for folder, kind in ((b"word", _DOCX), (b"xl", _XLSX), (b"ppt", _PPTX)):
        if any(name.startswith(folder + b"/") for name in names):
            return _MACROS[kind] if folder + b"/vbaProject.bin" in names else kind
    return "application/zip"


def _listed(file: BinaryIO) -> set[bytes]:
    """Names from the list at the end of a zip, as many as one looks at."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 22 - 65_535))
    tail = file.read()
    found = tail.rfind(b"PK\x05\x06")
    if found < 0 or len(tail) < found + 20:
        return set()
    begins = struct.unpack_from("<I", tail, found + 16)[0]
    file.seek(min(begins, size))
    listing = file.read(_LIST_BYTES)
    names: set[bytes] = set()
    place = 0
    while len(names) < _MOST_ENTRIES and listing[place : place + 4] == b"PK\x01\x02" and place + 46 <= len(listing):
        length, extra, comment = struct.unpack_from("<HHH", listing, place + 28)
        names.add(listing[place + 46 : place + 46 + length])
        place += 46 + length + extra + comment
    return names
