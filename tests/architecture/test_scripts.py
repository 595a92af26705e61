"""Scripts write text, never markup: what makes markup of a string stands in one file, which takes ours only."""

import re

import pytest

from tests.architecture.sources import lines_with, select, text

ALLOWED = "static/live/fragment.js"
SINKS = (
    r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|srcdoc|setHTMLUnsafe|parseHTMLUnsafe)\b"
    r"|\bdocument\.write(?:ln)?\b|\bDOMParser\b|\beval\s*\(|\bnew\s+Function\b|\bset(?:Timeout|Interval)\s*\(\s*[\"'`]"
)
FOREIGN = (
    r"\b(?:from|import)\s*\(?\s*[\"'](?:https?:)?//|\b(?:fetch|WebSocket|EventSource)\s*\(\s*[\"'`](?:https?:|wss?:)?//"
)


def test_markup_is_made_in_one_file_only() -> None:
    found = {path: lines_with(path, SINKS) for path in select(".js", ".mjs", under=("static",)) if str(path) != ALLOWED}
    assert {str(path): lines for path, lines in found.items() if lines} == {}


def test_scripts_reach_no_other_host() -> None:
    assert [line for path in select(".js", ".mjs", under=("static",)) for line in lines_with(path, FOREIGN)] == []


def test_styles_reach_no_other_host() -> None:
    pattern = r"@import|url\(\s*[\"']?(?:https?:)?//"
    assert [line for path in select(".css", under=("static",)) for line in lines_with(path, pattern)] == []


def test_scripts_set_no_inline_style_by_markup() -> None:
    pattern = r"setAttribute\(\s*[\"'](?:style|on[a-z]+)[\"']"
    assert [line for path in select(".js", under=("static",)) for line in lines_with(path, pattern)] == []


@pytest.mark.parametrize(
    "source",
    ["box.innerHTML = words", "box.insertAdjacentHTML('beforeend', words)", "eval(words)", "setTimeout('go()', 1)"],
)
def test_sinks_would_be_found(source: str) -> None:
    assert re.search(SINKS, source)


def test_what_writes_text_is_left_alone() -> None:
    assert not re.search(SINKS, "box.textContent = words; setTimeout(() => go(), 1); evaluate(words)")


def test_no_script_is_third_party() -> None:
    """Nothing bundled or minified: each file is ours, and its lines can be read."""
    assert [
        path for path in select(".js", under=("static",)) if max(map(len, text(path).splitlines()), default=0) > 200
    ] == []


def test_no_text_runs_over_several_lines() -> None:
    """Indents and lines of comments are left out when scripts are served."""
    odd = [
        f"{path}: {line.strip()}"
        for path in select(".js", under=("static",))
        for line in text(path).splitlines()
        if not line.lstrip().startswith(("//", "*", "/**")) and line.replace("\\`", "").count("`") % 2
    ]
    assert odd == []
