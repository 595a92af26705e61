"""Colours for fenced code, as classes; no language is ever guessed.

Only these languages: an allow-list keeps out lexers that nobody asks for and whose patterns nobody timed.
"""

from collections.abc import Iterator
from functools import cache
from html import escape
from importlib import import_module
from io import StringIO
from time import thread_time
from typing import Any

from pygments.token import STANDARD_TYPES

HIGHLIGHTED_AT_MOST = 10_000
"""Characters of one block that are coloured; a longer one is shown plain."""

COLOURING_SECONDS = 0.05
"""Processor time one block may take to be coloured. Several lexers take quadratic time on strange text (10,000
empty lines of C: three seconds), each token of it quickly; past this the block is shown plain."""

LANGUAGES = {
    "bash": "bash", "sh": "bash", "shell": "bash", "powershell": "powershell",
    "c": "c", "cpp": "cpp", "c++": "cpp", "csharp": "csharp", "c#": "csharp", "css": "css", "diff": "diff",
    "go": "go", "html": "html", "toml": "toml", "java": "java", "javascript": "javascript",
    "js": "javascript", "json": "json", "kotlin": "kotlin", "latex": "latex", "tex": "latex", "lua": "lua",
    "php": "php", "python": "python", "py": "python", "r": "r", "rust": "rust", "rs": "rust",
    "sql": "sql", "typescript": "typescript", "ts": "typescript", "vbnet": "vbnet", "xml": "xml", "yaml": "yaml",
    "yml": "yaml",
}  # fmt: skip
"""The word after the fence, in lower case, and the lexer it stands for."""

CLASSES = frozenset(name for name in STANDARD_TYPES.values() if name)
"""Every class that a coloured block can carry."""


def code_html(code: str, language: str = "") -> str:
    """A block of code as HTML: escaped, coloured when its language is known and it is not too long.

    It can be reached by the keyboard, because wide code scrolls sideways.
    """
    lexer_name = LANGUAGES.get(language.lower())
    if lexer_name is None:
        return f'<pre tabindex="0"><code>{escape(code, quote=False)}</code></pre>\n'
    inner = _coloured(code, lexer_name) if len(code) <= HIGHLIGHTED_AT_MOST else None
    if inner is None:
        inner = escape(code, quote=False)
    return f'<pre tabindex="0"><code class="language-{lexer_name}">{inner}</code></pre>\n'


def _coloured(code: str, lexer_name: str) -> str | None:
    """The code with a span for each token, or None when that would take too long."""
    coloured = StringIO()
    try:
        _formatter().format(_in_time(_lexer(lexer_name).get_tokens(code)), coloured)
    except TimeoutError:
        return None
    return coloured.getvalue()


def _in_time(tokens: Iterator[tuple[Any, str]]) -> Iterator[tuple[Any, str]]:
    end = thread_time() + COLOURING_SECONDS
    for token in tokens:
        if thread_time() > end:
            raise TimeoutError
        yield token


# Loaded with the first block of code: together they are more than a megabyte, and most networks write none.


@cache
def _lexer(name: str) -> Any:
    return import_module("pygments.lexers").get_lexer_by_name(name, stripnl=False, ensurenl=False)


@cache
def _formatter() -> Any:
    return import_module("pygments.formatters.html").HtmlFormatter(nowrap=True)
