"""A zip that is written as it goes out is one that others can read, in its old form and in its newer one."""

import io
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from forum.files.zips import Names, ZipStream

AT = datetime(2026, 11, 12, 14, 5, 8, tzinfo=UTC)


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


@pytest.mark.parametrize("large", [0xF0000000, 0, 40])
async def test_others_read_what_was_streamed(large: int) -> None:
    """From no byte on, and from a few on, all or a part of it takes the newer form."""
    files = {"план/Übersicht (2).pdf": [b"one", b"two" * 100_000], "empty.txt": [], "a.txt": [b"x" * 10]}
    zip_stream, out = ZipStream(large), io.BytesIO()
    out.write(zip_stream.folder("план/", AT))
    for name, parts in files.items():
        size = sum(map(len, parts))
        async for piece in zip_stream.file(name, AT, size, chunks(*parts)):
            out.write(piece)
    out.write(zip_stream.end())
    with zipfile.ZipFile(out) as read:
        assert read.testzip() is None
        assert read.namelist() == ["план/", *files]
        assert {name: read.read(name) for name in files} == {name: b"".join(parts) for name, parts in files.items()}
        assert read.getinfo("a.txt").date_time == (2026, 11, 12, 14, 5, 8)
        assert read.getinfo("план/").is_dir()


def test_names_that_collide_get_a_number() -> None:
    names = Names()
    taken = [names.take("a/", name) for name in ("Rota.pdf", "rota.PDF", "Rota.pdf", "Rota", ".x", ".X")]
    assert taken == ["a/Rota.pdf", "a/rota (2).PDF", "a/Rota (3).pdf", "a/Rota", "a/.x", "a/.X (2)"]
    assert names.take("b/", "Rota.pdf") == "b/Rota.pdf"
