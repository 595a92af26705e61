"""Documents of Word become clean paragraphs, lists and tables, page by page."""

import io
import re

import docx
import pytest

from previews.parts import Refused, Why
from tests.previews import making
from tests.previews.hearing import tell_here


def test_a_letter() -> None:
    told = tell_here(making.letter())
    assert told.kind == "document"
    assert [making.SENTENCE in page.text for page in told.pages] == [False, True]
    html = told.pages[0].html
    assert "<h3>Falls in the night</h3>" in html
    assert (
        "We looked at <strong>thirty</strong> wards &amp; &lt;script&gt;alert(1)&lt;/script&gt;, <em>slowly</em>"
        in html
    )
    assert "<ul><li>Keep the light on</li><li>Ask first</li></ul>" in html
    assert "<tr><td>Ward</td><td>Falls</td></tr><tr><td>Heron</td><td>4</td></tr>" in html
    assert "Ward\tFalls\nHeron\t4" in told.words
    assert "UNSEEN" not in told.words + told.html


def test_what_was_struck_out_and_what_is_repeated_for_old_programs_is_left_out() -> None:
    parts = making.unzipped(making.letter())
    change = (
        "<w:p><w:del><w:r><w:delText>GONE</w:delText><w:t>GONE</w:t></w:r></w:del><w:ins><w:r><w:t>came</w:t></w:r></w:ins>"
        "<w:r><w:instrText>HYPERLINK</w:instrText><w:t xml:space='preserve'> in</w:t><w:tab/><w:t>now</w:t></w:r></w:p>"
        "</w:body>"
    )
    document = parts["word/document.xml"].decode().replace("</w:body>", change)
    told = tell_here(making.zipped({**parts, "word/document.xml": document}))
    assert told.words.endswith("came in\tnow")
    assert "GONE" not in told.words
    assert "HYPERLINK" not in told.words


def test_the_main_part_may_be_called_anything() -> None:
    parts = making.unzipped(making.letter())
    parts["word/document2.xml"] = parts.pop("word/document.xml")
    parts["word/_rels/document2.xml.rels"] = parts.pop("word/_rels/document.xml.rels")
    parts["_rels/.rels"] = parts["_rels/.rels"].replace(b"document.xml", b"document2.xml")
    assert making.SENTENCE in tell_here(making.zipped(parts)).words


def test_parts_that_lead_out_of_the_archive_lead_nowhere() -> None:
    parts = making.unzipped(making.letter())
    for target in (b"/../../etc/passwd", b"http://example.org/x", b"../_rels/.rels"):
        parts["_rels/.rels"] = making.unzipped(making.letter())["_rels/.rels"].replace(b"word/document.xml", target)
        with pytest.raises(Refused) as refused:
            tell_here(making.zipped(parts))
        assert refused.value.why is Why.UNKNOWN


def test_headings_in_any_language() -> None:
    document = docx.Document()
    document.add_heading("Überschrift", 2)
    stream = io.BytesIO()
    document.save(stream)
    parts = making.unzipped(stream.getvalue())
    renamed = {name: content.replace(b"Heading2", b"berschrift2") for name, content in parts.items()}
    assert tell_here(making.zipped(renamed)).html == "<h4>Überschrift</h4>"


def test_an_empty_document_has_one_page() -> None:
    stream = io.BytesIO()
    docx.Document().save(stream)
    told = tell_here(stream.getvalue())
    assert [(page.text, page.html) for page in told.pages] == [("", "")]


def with_margins(*, first: bool = False, even: bool = False) -> bytes:
    """Two sections with headers and footers of their own; one for first and one for even pages, shown or not."""
    document = docx.Document()
    document.add_paragraph("In the middle")
    section = document.sections[0]
    section.header.paragraphs[0].text = "Trust & <b>policy</b>"
    section.footer.paragraphs[0].text = "Owner: Estates"
    section.first_page_header.paragraphs[0].text = "ONLY FIRST"
    section.even_page_header.paragraphs[0].text = "ONLY EVEN"
    section.different_first_page_header_footer = first
    document.settings.odd_and_even_pages_header_footer = even
    other = document.add_section()
    other.header.is_linked_to_previous = other.footer.is_linked_to_previous = False
    other.header.paragraphs[0].text = "Trust & <b>policy</b>"
    table = other.footer.add_table(1, 2, 914_400)
    table.cell(0, 0).text, table.cell(0, 1).text = "Review", "2031"
    document.add_paragraph("At the end")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_headers_stand_above_the_first_page_and_footers_below_the_last_each_once() -> None:
    told = tell_here(with_margins())
    assert told.words == "Trust & <b>policy</b>\nIn the middle\nAt the end\nOwner: Estates\nReview\t2031"
    assert told.html.startswith("<p>Trust &amp; &lt;b&gt;policy&lt;/b&gt;</p><hr><p>In the middle</p>")
    assert told.html.endswith(
        "<hr><p>Owner: Estates</p><table><tbody><tr><td>Review</td><td>2031</td></tr></tbody></table>"
    )
    assert told.cuts == []


def test_headers_that_word_does_not_show_are_not_shown() -> None:
    assert "ONLY" not in tell_here(with_margins()).words
    shown = tell_here(with_margins(first=True, even=True)).words
    assert ("ONLY FIRST" in shown, "ONLY EVEN" in shown) == (True, True)
    parts = making.unzipped(with_margins())
    named = re.compile(rb"<w:headerReference[^>]*/>")
    assert named.search(parts["word/document.xml"])
    parts["word/document.xml"] = named.sub(b"", parts["word/document.xml"])
    assert "policy" not in tell_here(making.zipped(parts)).words


def test_a_header_that_can_not_be_read_keeps_nobody_from_the_document() -> None:
    parts = making.unzipped(with_margins())
    for name in parts:
        if name.startswith("word/header"):
            parts[name] = b"<broken"
    told = tell_here(making.zipped(parts))
    assert told.words == "In the middle\nAt the end\nOwner: Estates\nReview\t2031"
    assert told.cuts == [Why.NOT_ALL]


def test_a_document_type_is_refused_as_what_it_is() -> None:
    parts = making.unzipped(making.letter())
    doctype = b'<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]><w:document'
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"<w:document", doctype, 1)
    with pytest.raises(Refused, match="DOCTYPE"):
        tell_here(making.zipped(parts))
