"""What reads a file fails in one way only: at every place where a file may break off, and with any byte wrong.

Here without a process for each, so that thousands can be tried; pdfium, which may fall, is tried in `test_prepare`.
"""

import contextlib
import io
import random
from dataclasses import replace

import pytest

from previews.child import tell_file, warm_up
from previews.limits import LIMITS
from previews.parts import Refused
from previews.telling import Teller
from tests.previews import making

SMALL = replace(LIMITS, text=50_000, html=50_000, pixels=1_000_000)
MAKERS = {
    "docx": making.letter,
    "xlsx": making.workbook,
    "pptx": making.slides,
    "odt": lambda: making.opendocument("text", "<text:p>Words</text:p>" * 20),
    "png": lambda: making.image("PNG", (60, 40)),
    "jpg": lambda: making.image("JPEG", (60, 40)),
    "gif": lambda: making.image("GIF", (60, 40)),
    "tiff": lambda: making.image("TIFF", (60, 40)),
    "webp": lambda: making.image("WEBP", (60, 40)),
    "bmp": lambda: making.image("BMP", (60, 40)),
    "md": lambda: b"# Title\n\n- a\n- [b](http://example.org)\n\n|a|b|\n|-|-|\n|1|2|\n",
    "csv": lambda: b'a,"b\nc",d\n1,2,3\n',
}


def tell(content: bytes, suffix: str) -> None:
    """Says it to nobody; Refused is a right answer, and the only failure."""
    with contextlib.suppress(Refused, MemoryError, RecursionError):
        tell_file(io.BytesIO(content), suffix, SMALL, Teller(io.BytesIO(), SMALL))


@pytest.mark.parametrize("suffix", MAKERS)
def test_files_may_break_off_anywhere(suffix: str) -> None:
    warm_up()
    whole = MAKERS[suffix]()
    step = max(1, len(whole) // 150)
    for cut in {
        *range(0, min(64, len(whole))),
        *range(0, len(whole), step),
        *range(max(0, len(whole) - 64), len(whole)),
    }:
        tell(whole[:cut], suffix)


@pytest.mark.parametrize("suffix", MAKERS)
def test_any_byte_may_be_wrong(suffix: str) -> None:
    chance = random.Random(suffix)
    whole = MAKERS[suffix]()
    for _ in range(150):
        spoilt = bytearray(whole)
        for _ in range(chance.choice((1, 3, 30))):
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        tell(bytes(spoilt), suffix)


@pytest.mark.parametrize("suffix", ["docx", "xlsx", "pptx", "odt"])
def test_any_byte_of_a_part_may_be_wrong(suffix: str) -> None:
    """In what lies inside the archive, where no checksum finds it first."""
    chance = random.Random(suffix)
    parts = making.unzipped(MAKERS[suffix]())
    read = [name for name in parts if name.endswith((".xml", ".rels")) and len(parts[name]) > 50]
    for _ in range(80):
        name = chance.choice(read)
        spoilt = bytearray(parts[name])
        spoilt[chance.randrange(len(spoilt))] = chance.choice(b"<>/\"'&0129 x\xff\0")
        tell(making.zipped({**parts, name: bytes(spoilt)}), suffix)
