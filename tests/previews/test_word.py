"""Documents of Word become clean paragraphs, lists and tables, page by page."""

import io

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
