"""Archives of others are opened with care."""

import io
import zipfile
from dataclasses import replace

import pytest

from previews.archives import Archive
from previews.limits import LIMITS
from previews.parts import Refused, Why
from tests.previews import making

SMALL = replace(LIMITS, entries=5, part=50_000, unpacked=200_000)


def refusal(content: bytes, part: str | None = None) -> Why | None:
    try:
        archive = Archive(io.BytesIO(content), SMALL)
        if part is not None:
            archive.open(part).read_all(50_000)
    except Refused as refused:
        return refused.why
    return None


def test_what_is_inside() -> None:
    archive = Archive(io.BytesIO(making.zipped({"a/b.xml": b"words"})), SMALL)
    assert "a/b.xml" in archive
    assert archive.open("a/b.xml").read_all(10) == b"words"


@pytest.mark.parametrize(
    ("parts", "part", "why"),
    [
        ({str(number): b"" for number in range(6)}, None, Why.BOMB),
        ({str(number): bytes(45_000) for number in range(5)}, None, Why.BOMB),
        ({"a": bytes(60_000)}, "a", Why.TOO_LARGE),
        ({"a": b"b"}, "c", Why.BROKEN),
        ({"a": b"b"}, "../a", Why.BROKEN),
        ({"word/vbaProject.bin": b""}, None, Why.MACROS),
        ({"Basic/Standard/Module1.xml": b""}, None, Why.MACROS),
        ({"Scripts/python/a.py": b""}, None, Why.MACROS),
    ],
)
def test_what_is_refused(parts: dict[str, bytes], part: str | None, why: Why) -> None:
    assert refusal(making.zipped(parts), part) is why


def test_packed_in_ways_that_office_does_not_use() -> None:
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        assert refusal(making.zipped({"a": b"words" * 99}, method), "a") is Why.BROKEN
    assert refusal(making.zipped({"a": b"words"}, zipfile.ZIP_STORED), "a") is None


def test_a_ratio_that_no_document_has() -> None:
    archive = making.zipped({"a": bytes(3_000_000)})
    limits = replace(LIMITS, ratio=300)
    with pytest.raises(Refused) as refused:
        Archive(io.BytesIO(archive), limits).open("a")
    assert refused.value.why is Why.BOMB


def test_locked_entries() -> None:
    archive = bytearray(making.zipped({"a": b"words"}))
    archive[6] |= 1
    archive[archive.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(archive), "a") is Why.LOCKED


def test_a_wrong_checksum() -> None:
    archive = making.zipped({"a": b"words"}, zipfile.ZIP_STORED)
    assert refusal(archive.replace(b"words", b"sword"), "a") is Why.BROKEN
