"""OpenDocument becomes the same as Office does."""

import pytest

from previews.parts import Refused, Why
from tests.previews.hearing import tell_here
from tests.previews.making import opendocument


def test_texts() -> None:
    body = (
        "<text:tracked-changes><text:p>GONE</text:p></text:tracked-changes>"
        '<text:h text:outline-level="2">Falls</text:h>'
        '<text:p>A<text:s text:c="3"/>b<text:tab/>c<text:line-break/><text:span>d &lt;e&gt;</text:span></text:p>'
        "<text:list><text:list-item><text:p>one</text:p></text:list-item>"
        "<text:list-item><text:p>two</text:p></text:list-item></text:list>"
        "<text:soft-page-break/><table:table><table:table-row>"
        "<table:table-cell><text:p>Ward</text:p></table:table-cell></table:table-row></table:table>"
    )
    told = tell_here(opendocument("text", body))
    assert told.kind == "document"
    assert told.pages[0].html == (
        "<h4>Falls</h4><p>A   b\tc<br>d &lt;e&gt;</p><ul><li>one</li><li>two</li></ul>"
    )  # fmt: skip
    assert told.pages[1].html == "<table><tbody><tr><td>Ward</td></tr></tbody></table>"
    assert "GONE" not in told.words


def test_spreadsheets_whose_cells_are_said_to_repeat_a_million_times() -> None:
    body = (
        '<table:table table:name="Beds"><table:table-row table:number-rows-repeated="5">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048570">'
        "<table:table-cell><text:p>Heron</text:p></table:table-cell>"
        '<table:table-cell table:number-columns-repeated="999999"><text:p>4</text:p></table:table-cell>'
        '</table:table-row></table:table><table:table table:name="Empty"/>'
    )
    told = tell_here(opendocument("spreadsheet", body))
    assert [page.title for page in told.pages] == ["Beds", "Empty"]
    assert told.pages[0].html.startswith("<table><thead><tr><th></th><th>A</th><th>B</th>")
    assert "<tr><th>6</th><td>Heron</td><td>4</td>" in told.pages[0].html
    assert len(told.html) < 2_000_000


def test_presentations() -> None:
    body = (
        '<draw:page draw:name="one"><draw:frame presentation:class="title"><draw:text-box><text:p>Falls</text:p>'
        "</draw:text-box></draw:frame><draw:frame><draw:text-box><text:p>Keep the light on</text:p></draw:text-box>"
        "</draw:frame><presentation:notes><text:p>GONE</text:p></presentation:notes></draw:page><draw:page/>"
    )
    told = tell_here(opendocument("presentation", body))
    assert [(page.title, page.html) for page in told.pages] == [
        ("Falls", "<h3>Falls</h3><p>Keep the light on</p>"),
        ("", ""),
    ]


def test_what_is_locked_or_another_kind() -> None:
    manifest = "<manifest><file-entry><encryption-data/></file-entry></manifest>"
    for content, why in (
        (opendocument("text", "", manifest), Why.LOCKED),
        (opendocument("graphics", ""), Why.UNKNOWN),
    ):
        with pytest.raises(Refused) as refused:
            tell_here(content)
        assert refused.value.why is why


def test_depth_has_an_end() -> None:
    spans = "<text:span>" * 150 + "deep" + "</text:span>" * 150
    assert tell_here(opendocument("text", f"<text:p>words {spans} more</text:p>")).words == "words  more"
