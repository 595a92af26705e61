"""Text, Markdown and tables of text: in any encoding, and nothing in them is taken for markup."""

import time
from dataclasses import replace

import pytest

from previews.cleaning import clean_html
from previews.parts import Refused, Why
from tests.previews.hearing import QUICK, tell_here


@pytest.mark.parametrize(
    "content",
    ["Größe – “Ωμέγα”".encode(), "Größe – “Ωμέγα”".encode("utf-16"), "\ufeffGröße – “Ωμέγα”".encode()],
)
def test_encodings(content: bytes) -> None:
    assert tell_here(content).words == "Größe – “Ωμέγα”"


def test_words_as_windows_wrote_them() -> None:
    assert tell_here("Größe – “x”".encode("cp1252")).words == "Größe – “x”"


def test_markup_is_shown_as_it_stands() -> None:
    told = tell_here(b"see <b>this</b> & <script>that</script>\r\n\tand on")
    assert told.html == "<pre>see &lt;b&gt;this&lt;/b&gt; &amp; &lt;script&gt;that&lt;/script&gt;\n\tand on</pre>"


def test_long_texts_come_in_pages_that_end_with_a_line() -> None:
    told = tell_here(b"".join(b"line %d\n" % number for number in range(60_000)))
    assert len(told.pages) > 2
    assert all(page.text.endswith("\n") for page in told.pages)
    assert "".join(page.text for page in told.pages).count("\n") == 60_000


def test_what_turns_out_to_be_no_text_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        tell_here(b"words at first " * 400 + bytes(90_000))
    assert refused.value.why is Why.UNKNOWN


def test_markdown() -> None:
    source = b"# Falls\n\nKeep the **light** on, [here](https://example.org) ![x](https://example.org/t.png)\n\n|a|b|\n|-|-|\n|1|2|\n"
    told = tell_here(source, "md")
    assert told.kind == "markdown"
    html = clean_html(told.html)
    assert "<h3>Falls</h3>" in html
    assert "<strong>light</strong>" in html
    assert '<a href="https://example.org" rel=' in html
    assert "<td>1</td>" in html
    assert "img" not in html


@pytest.mark.parametrize("source", ["[a](javascript:alert(1))", "<script>alert(1)</script>", "<img src=x onerror=y>"])
def test_markdown_makes_no_script(source: str) -> None:
    html = clean_html(tell_here(b"words\n\n" + source.encode(), "md").html)
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html


@pytest.mark.parametrize(
    ("source", "row"),
    [
        ("ward,beds\nHeron,4\n", "<tr><th>2</th><td>Heron</td><td>4</td></tr>"),
        ("ward;beds\nHeron;4,5\n", "<tr><th>2</th><td>Heron</td><td>4,5</td></tr>"),
        ("ward\tbeds\nHeron\t4\n", "<tr><th>2</th><td>Heron</td><td>4</td></tr>"),
        (
            'ward,note\nHeron,"two\nlines, one cell"\n',
            "<tr><th>2</th><td>Heron</td><td>two<br>lines, one cell</td></tr>",
        ),
        ("words alone\nmore\n", "<tr><th>2</th><td>more</td></tr>"),
        ("a,b\n<b>,=1+1\n", "<tr><th>2</th><td>&lt;b&gt;</td><td>=1+1</td></tr>"),
    ],
)
def test_tables(source: str, row: str) -> None:
    told = tell_here(source.encode(), "csv")
    assert told.kind == "table"
    assert row in told.html


def test_tables_that_are_large_or_wide() -> None:
    began = time.monotonic()
    told = tell_here(b"a,b\n" * 300_000, "csv", replace(QUICK, rows=50))
    assert told.html.count("<tr>") == 51
    assert told.cuts == [Why.MORE_WORDS]
    told = tell_here(b"," * 500_000, "csv")
    assert len(told.html) < 10_000
    told = tell_here(b'"' + b"words " * 100_000, "csv")
    assert time.monotonic() - began < 30
