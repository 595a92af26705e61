"""The kind of a file is told by its bytes."""

import io

import pytest

from previews.kinds import find_end, find_kind
from previews.parts import Refused, Why
from tests.previews import making


@pytest.mark.parametrize(
    ("content", "suffix", "kind"),
    [
        (b"%PDF-1.4 ...", "", "pdf"),
        (b"\n\n%PDF-1.4 ...", "", "pdf"),
        (b"words about %PDF-1.4", "", "text"),
        (b"words", "csv", "table"),
        (b"words", "md", "markdown"),
        (b"# words", "", "text"),
        ("ΩΩ".encode("utf-16"), "", "text"),
        (b"a < b and <b>bold</b>", "", "text"),
        (b"BMW drives", "", "text"),
        (b"II", "", "text"),
        (b"\0\0\0\x18ftypmp42" + bytes(20), "", "video"),
        (b"\0\0\0\x18ftypM4A " + bytes(20), "", "audio"),
        (b"OggS" + bytes(24) + b"\x01vorbis", "", "audio"),
        (b"RIFF\0\0\0\0WAVE", "", "audio"),
        (b"\x1a\x45\xdf\xa3" + bytes(9), "", "video"),
    ],
)
def test_kinds(content: bytes, suffix: str, kind: str) -> None:
    assert find_kind(io.BytesIO(content), suffix) == kind


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP"])
def test_images(kind: str) -> None:
    assert find_kind(io.BytesIO(making.image(kind)), "") == "image"


@pytest.mark.parametrize(
    "content",
    [
        b"<html>",
        b"\n <!-- a note -->\n<!DOCTYPE HTML PUBLIC>",
        b"<?xml version='1.0'?>\n<?xml-stylesheet href='x'?><svg",
        b'<x:svg xmlns:x="http://www.w3.org/2000/svg">',
        b'<feed xmlns="http://www.w3.org/1999/xhtml">',
        b"<script src=x>",
        "<svg>".encode("utf-16"),
        "<html>".encode("utf-16-be"),
    ],
)
def test_web_pages_are_never_shown(content: bytes) -> None:
    with pytest.raises(Refused) as refused:
        find_kind(io.BytesIO(content), "txt")
    assert refused.value.why is Why.WEB_PAGE


def test_the_end_of_an_archive() -> None:
    archive = making.zipped({"a": b"1", "b": b"2"})
    assert (find_end(io.BytesIO(archive)) or (0,))[0] == 2
    assert find_end(io.BytesIO(b"x" * 100_000 + archive)) is not None
    assert find_end(io.BytesIO(archive + b"more")) is None
    assert find_end(io.BytesIO(b"PK\x05\x06")) is None
    assert find_end(io.BytesIO(b"")) is None
