"""What another process says is cleaned."""

import pytest

from previews.cleaning import clean_html, clean_words


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ("<p>a <strong>b</strong></p>", "<p>a <strong>b</strong></p>"),
        ("<table><tbody><tr><td>1</td></tr></tbody></table>", "<table><tbody><tr><td>1</td></tr></tbody></table>"),
        ('<img src="https://example.org/x">', ""),
        ("<p style='x' class='y' id='z' onclick='a'>b</p>", "<p>b</p>"),
        ("<h1>a</h1>", "a"),
        ("<style>p{}</style><svg><script>x</script></svg>", ""),
        ('<a href="/files">a</a>', '<a rel="nofollow noopener noreferrer ugc">a</a>'),
        ("<form action=x><input><button>a</button></form>", "a"),
        ("<p>a", "<p>a</p>"),
        ("", ""),
    ],
)
def test_markup(html: str, clean: str) -> None:
    assert clean_html(html) == clean


def test_words() -> None:
    assert clean_words("a\0b\x1bc\ud800d\ufffe\te\nf") == "abcd\te\nf"
