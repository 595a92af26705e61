"""PDF: words and pictures of each page."""

import io
from pathlib import Path

from PIL import Image

from previews.parts import Why
from tests.previews import making
from tests.previews.hearing import hear, why_not


async def test_words_and_pictures(tmp_path: Path) -> None:
    told = await hear(tmp_path, making.manual())
    assert [making.SENTENCE in page.text for page in told.pages] == [number == 7 for number in range(1, 10)]
    first = Image.open(io.BytesIO(told.pictures[0].body))
    assert first.size == (1_000, 1_416)
    assert first.convert("L").getextrema()[0] < 100  # there are letters on it  # type: ignore[operator]


async def test_pages_of_odd_sizes(tmp_path: Path) -> None:
    for box in ("0 0 14400 14400", "0 0 200 14000", "0 0 9000 100"):
        told = await hear(tmp_path, making.write_pdf(["words"], box=box))
        assert told.words.strip() == "words"
        assert all(picture.width <= 1_000 and picture.height <= 3_000 for picture in told.pictures)


async def test_pages_without_a_size_do_not_stop_the_others(tmp_path: Path) -> None:
    for box in ("0 0 0 0", "0 0 1e9 1", "0 0 -5 nan"):
        assert await why_not(tmp_path, making.write_pdf(["words"], box=box)) in (None, Why.BROKEN)


async def test_scripts_and_files_inside_do_nothing(tmp_path: Path) -> None:
    script = "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> /Names << /EmbeddedFiles << /Names [] >> >>"
    told = await hear(tmp_path, making.write_pdf(["words"], extra=script))
    assert told.words.strip() == "words"
    assert len(told.pictures) == 2


async def test_a_table_of_places_that_is_wrong_is_mended(tmp_path: Path) -> None:
    told = await hear(tmp_path, making.manual(2).replace(b"startxref\n", b"startxref\n9"))
    assert len(told.pages) == 2
