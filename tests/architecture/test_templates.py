"""Nothing inline in templates, and nothing marked as safe without a reason: the content policy forbids the first.

Mail is the exception to the first rule: its styles are put inline when it is rendered.
"""

import re
from pathlib import PurePosixPath

import pytest

from tests.architecture.sources import lines_with, select, text

INLINE = (
    r"<script(?![^>]*\ssrc=)",
    r"<style\b",
    r"<[a-z][^>]*\sstyle\s*=",
    r"<[a-z][^>]*\son[a-z]+\s*=",
    r"(href|src|action)\s*=\s*[\"']?\s*javascript:",
)
FOREIGN = r"<(?:script|img|link|iframe|source|video|audio)\b[^>]*\b(?:src|href)\s*=\s*[\"']?(?:https?:)?//"


def _pages() -> list[PurePosixPath]:
    return [path for path in select(".html", ".svg", under=("templates", "static")) if "email" not in path.parts]


def inline_parts(source: str) -> list[str]:
    """Inline scripts, styles and event attributes, also where a tag runs over several lines."""
    bare = re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL)
    return [match.group(0)[:100] for pattern in INLINE for match in re.finditer(pattern, bare, re.IGNORECASE)]


def test_no_template_has_anything_inline() -> None:
    assert {str(path): inline_parts(text(path)) for path in _pages() if inline_parts(text(path))} == {}


def test_nothing_is_loaded_from_elsewhere() -> None:
    assert [found for path in _pages() for found in lines_with(path, FOREIGN)] == []


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<style>p {}</style>",
        '<p class="a" style="color: red">',
        '<button\n  type="button"\n  onclick="go()">',
        '<a href="javascript:go()">',
    ],
)
def test_inline_parts_would_be_found(source: str) -> None:
    assert inline_parts(source)


def test_what_is_right_is_left_alone() -> None:
    source = '<script type="module" src="{{ asset("app.js") }}"></script><p data-on="x" class="style">{# <style> #}</p>'
    assert inline_parts(source) == []
