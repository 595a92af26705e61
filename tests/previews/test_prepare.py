"""Files of every kind become pages; nothing in a file can hurt whoever asked, and each failure is a sentence."""

import asyncio
import json
import os
import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from previews import prepare as preparing
from previews.limits import PHOTO_SIDES, WIDTHS
from previews.parts import SENTENCES, Cut, End, Facts, Page, Picture, Refused, Why, write_part
from previews.prepare import prepare
from tests.previews import making
from tests.previews.hearing import QUICK, hear, why_not
from tests.previews.making import SENTENCE

REAL = {
    "manual.pdf": (making.manual, "pdf"),
    "letter.docx": (making.letter, "document"),
    "wards.xlsx": (making.workbook, "sheets"),
    "talk.pptx": (making.slides, "slides"),
    "notes.txt": (lambda: SENTENCE.encode(), "text"),
    "notes.md": (lambda: f"# Weirs\n\n{SENTENCE}".encode(), "markdown"),
    "wards.csv": (lambda: f"ward,note\nHeron,{SENTENCE}\n".encode(), "table"),
    "letter.odt": (lambda: making.opendocument("text", f"<text:p>{SENTENCE}</text:p>"), "document"),
}

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize("name", REAL)
async def test_real_files_are_found_by_a_sentence_inside(tmp_path: Path, name: str) -> None:
    make, kind = REAL[name]
    told = await hear(tmp_path, make(), name)
    assert told.kind == kind
    assert SENTENCE in told.words
    assert told.cuts == []
    assert "UNSEEN" not in told.words + told.html
    assert told.pictures if kind == "pdf" else SENTENCE in told.html


async def test_a_wrong_name_changes_nothing(tmp_path: Path) -> None:
    for name in ("manual.docx", "manual", "manual.html", "../../etc/passwd", "a\0b", "--help.csv", "manual.md"):
        assert (await hear(tmp_path, making.manual(1), name)).kind == "pdf"


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (b"", "empty.pdf", Why.EMPTY),
        (b" \n\t\n", "blank.txt", Why.EMPTY),
        (b"<!DOCTYPE html><script>alert(1)</script>", "page.html", Why.WEB_PAGE),
        (b"\xef\xbb\xbf  <HTML><body>", "page.txt", Why.WEB_PAGE),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "drawing.svg", Why.WEB_PAGE),
        (b'<?xml version="1.0"?><!-- x --><svg/>', "drawing.png", Why.WEB_PAGE),
        ('<?xml version="1.0" encoding="utf-16"?><svg/>'.encode("utf-16"), "drawing.svg", Why.WEB_PAGE),
        (b"MZ\x90\0\x03\0\0\0", "setup.exe", Why.UNKNOWN),
        (b"\x7fELF\x02\x01\x01\0\0", "tool", Why.UNKNOWN),
        (random.Random(5).randbytes(5_000), "noise.bin", Why.UNKNOWN),
        (OLD, "old.doc", Why.OLD_OFFICE),
        (OLD + "EncryptedPackage".encode("utf-16-le"), "a.docx", Why.LOCKED),
        (making.locked_pdf(), "locked.pdf", Why.LOCKED),
        (b"%PDF-1.7\nnothing follows", "broken.pdf", Why.BROKEN),
        (making.image() + making.zipped({"a": b"b"}), "both.png", Why.TWO_KINDS),
        (making.manual(1) + making.zipped({"a": b"b"}), "both.pdf", Why.TWO_KINDS),
        (b"GIF89a" + bytes(20) + making.manual(1), "both.gif", Why.TWO_KINDS),
        (b"MZ\0\0" + making.manual(1), "both.exe", Why.TWO_KINDS),
        (making.zipped({"hello.txt": b"hello"}), "some.zip", Why.UNKNOWN),
        (b"PK\x03\x04" + bytes(100), "broken.docx", Why.BROKEN),
    ],
)  # fmt: skip
async def test_what_is_not_shown_says_why(tmp_path: Path, content: bytes, name: str, why: Why) -> None:
    assert await why_not(tmp_path, content, name) is why


async def test_macros_are_refused(tmp_path: Path) -> None:
    for make, part in ((making.letter, "word/vbaProject.bin"), (making.workbook, "xl/macrosheets/sheet1.xml")):
        parts = making.unzipped(make())
        assert await why_not(tmp_path, making.zipped({**parts, part: b"Sub AutoOpen()"})) is Why.MACROS


async def test_bombs_are_refused_within_their_bounds(tmp_path: Path) -> None:
    parts = making.unzipped(making.letter())
    document = parts["word/document.xml"]
    many = {f"{number}": b"" for number in range(12_000)}
    entity = b'<!DOCTYPE a [<!ENTITY b "bbbb">]>'
    deep = b"<w:p xmlns:w='w'>" * 10_000 + b"</w:p>" * 10_000
    for content, whys in (
        (making.quine_like_bomb(), {Why.BOMB}),
        (making.zipped({**parts, **many}), {Why.BOMB}),
        (making.zipped({**parts, "word/document.xml": document + b" " * (90 << 20)}), {Why.BOMB}),
        (making.zipped({**parts, "word/document.xml": entity + document.partition(b"?>")[2]}), {Why.DOCUMENT_TYPE}),
        (making.zipped({**parts, "word/document.xml": deep}), {Why.BOMB}),
        (making.huge_png(20_000), {Why.TOO_MANY_PIXELS}),
        (making.image("TIFF")[:8] + bytes(60), {Why.BROKEN}),
    ):
        assert await why_not(tmp_path, content) in whys


async def test_a_part_that_lies_about_its_size_is_stopped(tmp_path: Path) -> None:
    parts = making.unzipped(making.letter())
    whole = making.zipped({**parts, "word/document.xml": parts["word/document.xml"] + b" " * 3_000_000})
    size = len(parts["word/document.xml"]) + 3_000_000
    lying = whole.replace(size.to_bytes(4, "little"), (5_000).to_bytes(4, "little"))
    assert lying != whole
    assert await why_not(tmp_path, lying) is Why.BROKEN


async def test_loops_end(tmp_path: Path) -> None:
    assert await why_not(tmp_path, making.looping_pdf(), limits=replace(QUICK, pages_read=50, pages_drawn=5)) in (
        None,
        Why.BROKEN,
    )


async def test_what_takes_too_long_is_cut_off(tmp_path: Path) -> None:
    limits = replace(QUICK, seconds=8.0)
    began = time.monotonic()
    told = await hear(tmp_path, making.slow_pdf(), limits=limits)
    assert time.monotonic() - began < 20
    assert told.kind == "pdf"
    assert (told.pictures, told.cuts) == ([], [Why.TOO_SLOW])


async def test_the_processor_has_a_limit_of_its_own(tmp_path: Path) -> None:
    limits = replace(QUICK, seconds=60.0, cpu_seconds=3)
    told = await hear(tmp_path, making.slow_pdf(), limits=limits)
    assert told.cuts == [Why.TOO_SLOW]


async def test_a_page_that_grows_without_end_hurts_nobody(tmp_path: Path) -> None:
    assert await why_not(tmp_path, making.heavy_pdf()) in (None, *Why)


async def test_memory_has_a_limit(tmp_path: Path) -> None:
    limits = replace(QUICK, memory=400 << 20)
    hog = making.huge_png(10_900, in_colour=True)
    assert await why_not(tmp_path, hog, limits=limits) in (Why.BROKEN, Why.TOO_LARGE)
    assert await why_not(tmp_path, making.image(), limits=limits) is None


@pytest.mark.parametrize("name", ["letter.docx", "manual.pdf", "wards.xlsx", "image.png", "image.jpg"])
async def test_files_that_break_off_anywhere_end_in_a_sentence(tmp_path: Path, name: str) -> None:
    """At a sample of places: each start of a process takes a third of a second. `test_child` goes through many more."""
    makers = {"image.png": lambda: making.image("PNG"), "image.jpg": lambda: making.image("JPEG")}
    make = makers.get(name) or REAL[name][0]
    whole = make()
    for cut in [1, 5, *range(len(whole) // 7, len(whole), len(whole) // 6)]:
        why = await why_not(tmp_path, whole[:cut], name)
        assert why is None or why in SENTENCES


async def test_pictures_are_of_both_widths(tmp_path: Path) -> None:
    told = await hear(tmp_path, making.manual(2))
    sizes = [(picture.page, picture.fits, picture.width) for picture in told.pictures]
    assert sizes == [(page, width, width) for page in (1, 2) for width in WIDTHS]
    assert [page.number for page in told.pages] == [1, 2]


async def test_long_files_are_cut_and_say_so(tmp_path: Path) -> None:
    limits = replace(QUICK, pages_drawn=2, pages_read=3)
    told = await hear(tmp_path, making.manual(5), limits=limits)
    assert told.facts == Facts("pdf", 5)
    assert (len(told.pages), len(told.pictures), told.cuts) == (3, 4, [Why.MORE_PAGES])
    told = await hear(tmp_path, b"words and more words\n" * 1_000, limits=replace(QUICK, text=5_000))
    assert told.cuts == [Why.MORE_WORDS]
    assert len(told.words) <= 5_000


async def test_photos_become_squares(tmp_path: Path) -> None:
    told = await hear(tmp_path, making.image("JPEG", (900, 300)), purpose="photo")
    assert [(picture.width, picture.height) for picture in told.pictures] == [(side, side) for side in PHOTO_SIDES]
    for content in (making.manual(1), making.letter(), b"words"):
        with pytest.raises(Refused):
            await hear(tmp_path, content, purpose="photo")


async def test_sound_and_films_are_named_and_left_to_the_browser(tmp_path: Path) -> None:
    assert (await hear(tmp_path, b"ID3\x04" + bytes(50))).facts == Facts("audio", 0)
    assert (await hear(tmp_path, b"\0\0\0\x20ftypisom" + bytes(50))).facts == Facts("video", 0)


async def test_nothing_is_left_running(tmp_path: Path) -> None:
    before = _children()
    path = making.written(tmp_path, making.slow_pdf())
    async with prepare(path, "slow.pdf", QUICK) as parts:
        assert await anext(parts) == Facts("pdf", 1)
    assert _children() == before

    async def wait_for_it() -> None:
        async with prepare(path, "slow.pdf", QUICK) as parts:
            async for _ in parts:
                pass

    task = asyncio.create_task(wait_for_it())
    await asyncio.sleep(1.0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert _children() == before


def _children() -> set[str]:
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


LIES = {
    "nothing": b"",
    "not a piece": b"hello, this is no piece at all",
    "a huge one": b"\xff\xff\xff\xff\xff\xff\xff\xff",
    "no facts": write_part(End()),
    "words before facts": write_part(Page(1, "", "words", "")),
    "a picture that is none": write_part(Facts("pdf", 1)) + write_part(Picture(1, 360, 360, 500, b"<svg/>")),
    "an unknown kind": write_part(Facts("html", 1)),
    "a kind that is no word": write_part(Facts(7, 1)),  # type: ignore[arg-type]
}


@pytest.fixture
def lying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Puts another program in the place of the one that reads."""

    def lie(speech: bytes) -> None:
        (tmp_path / "speech").write_bytes(speech)
        package = tmp_path / "lies" / "previews"
        package.mkdir(parents=True, exist_ok=True)
        (package / "__main__.py").write_text(
            f"import sys; sys.stdout.buffer.write(open({str(tmp_path / 'speech')!r}, 'rb').read())"
        )
        monkeypatch.setattr(preparing, "_ROOT", str(package.parent))

    return lie


@pytest.mark.parametrize("lie", LIES)
async def test_a_process_that_was_taken_over_is_not_believed(tmp_path: Path, lying, lie: str) -> None:  # type: ignore[no-untyped-def]
    lying(LIES[lie])
    if lie == "a picture that is none":
        told = await hear(tmp_path, b"x")
        assert (told.pictures, told.cuts) == ([], [Why.NOT_ALL])
    else:
        assert await why_not(tmp_path, b"x") is Why.BROKEN


async def test_markup_of_a_process_that_was_taken_over_is_cleaned(tmp_path: Path, lying) -> None:  # type: ignore[no-untyped-def]
    html = '<p onclick="x()">a<script>x()</script><img src=//x><a href="javascript:x()">b</a><iframe></iframe></p>'
    page = Page(1, "a\0b", "c\0d\ud800", html)
    lying(write_part(Facts("document", 1)) + write_part(page) + write_part(page) + write_part(End()))
    told = await hear(tmp_path, b"x")
    assert told.pages[0].html == '<p>a<a rel="nofollow noopener noreferrer ugc">b</a></p>'
    assert (told.pages[0].title, told.pages[0].text.rstrip("?")) == ("ab", "cd")
    assert (len(told.pages), told.cuts) == (1, [Why.NOT_ALL])


async def test_a_process_that_says_nothing_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "lies" / "previews"
    package.mkdir(parents=True)
    (package / "__main__.py").write_text("import time; time.sleep(60)")
    monkeypatch.setattr(preparing, "_ROOT", str(package.parent))
    assert await why_not(tmp_path, b"x", limits=replace(QUICK, seconds=1.0)) is Why.TOO_SLOW


async def test_pieces_come_one_by_one(tmp_path: Path) -> None:
    path = making.written(tmp_path, making.manual(30))
    async with prepare(path, "manual.pdf", QUICK) as parts:
        kinds = [type(part) async for part in parts]
    assert kinds[:31] == [Facts] + [Page] * 30
    assert set(kinds[31:]) == {Picture}
    assert Cut not in kinds


def test_who_asks_loads_no_reader() -> None:
    heavy = {"PIL", "pypdfium2", "xml.etree.ElementTree", "markdown_it"}
    code = "import json, sys, previews.prepare; print(json.dumps(sorted(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert not heavy & set(json.loads(told.stdout))
