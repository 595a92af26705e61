"""Presentations become the words of each slide that is shown."""

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
