"""What another process says is checked like a stranger's: its markup here, the rest of it in `parts`."""

import re

import nh3

_CLEANER = nh3.Cleaner(
    tags={
        *("p", "br", "h3", "h4", "h5", "h6", "strong", "em", "s", "ul", "ol", "li", "pre", "code", "blockquote", "hr"),
        *("table", "thead", "tbody", "tr", "th", "td", "a"),
    },
    clean_content_tags={"script", "style"},
    attributes={"a": {"href"}, "ol": {"start"}},
    link_rel="nofollow noopener noreferrer ugc",
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    strip_comments=True,
)
_UNSAID = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""What has no place in words: controls, halves of letters, and what is no letter at all. Databases refuse some."""


def clean_words(text: str) -> str:
    """The words without what is no letter."""
    return _UNSAID.sub("", text)


def clean_html(html: str) -> str:
    """The markup with nothing but paragraphs, headings, lists, tables and links."""
    return _CLEANER.clean(clean_words(html)) if html else ""
