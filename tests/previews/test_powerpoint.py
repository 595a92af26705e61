"""Presentations become the words of each slide that is shown."""

import io

import pptx

from previews.parts import Why
from tests.previews import making
from tests.previews.hearing import tell_here


def test_slides() -> None:
    told = tell_here(making.slides())
    assert told.kind == "slides"
    assert [page.title for page in told.pages] == ["Falls", "Weirs"]
    assert told.pages[0].html == "<h3>Falls</h3><ul><li>Keep the light on</li></ul>"
    assert making.SENTENCE in told.pages[1].text
    assert "<tr><td>Ward</td><td>Heron</td></tr>" in told.pages[1].html
    assert "UNSEEN" not in told.words + told.html


def test_a_slide_that_is_missing_is_passed_over() -> None:
    parts = making.unzipped(making.slides())
    del parts["ppt/slides/slide1.xml"]
    assert [page.title for page in tell_here(making.zipped(parts)).pages] == ["Weirs"]


def with_notes() -> bytes:
    show = pptx.Presentation(io.BytesIO(making.slides()))
    for slide, words in zip(show.slides, ("Ask <who>\nwas there", "", "UNSEEN"), strict=True):
        if words:
            slide.notes_slide.notes_text_frame.text = words
    stream = io.BytesIO()
    show.save(stream)
    return stream.getvalue()


def test_what_the_speaker_noted_stands_below_the_slide() -> None:
    told = tell_here(with_notes())
    assert told.pages[0].text == "Falls\nKeep the light on\nAsk <who>\nwas there"
    assert told.pages[0].html.endswith("</ul><p><strong>Notes</strong><br>Ask &lt;who&gt;</p><p>was there</p>")
    assert "Notes" not in told.pages[1].html
    assert "UNSEEN" not in told.words + told.html
    assert told.cuts == []


def test_notes_that_can_not_be_read_keep_nobody_from_the_slides() -> None:
    parts = making.unzipped(with_notes())
    parts["ppt/notesSlides/notesSlide1.xml"] = b"<broken"
    told = tell_here(making.zipped(parts))
    assert told.pages[0].text == "Falls\nKeep the light on"
    assert told.cuts == [Why.NOT_ALL]
