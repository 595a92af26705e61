"""A bound on the work that one text may cost, so that no text can hold a process up.

The parser's cost grows faster than its input on purpose-built texts: brackets never closed, lines
continued lazily through thirty quotes, tables of a thousand empty columns. Counting the parser's own
steps finds all of them, known or not, because every one of them shows as too many steps.
"""

from collections.abc import MutableMapping
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

MAX_STEPS = 40_000
"""Steps of the parser in one text; 50,000 characters of ordinary writing take fewer than 10,000."""

MAX_DEPTH = 20
"""Quotes and lists inside one another, and the same for bold, italic and links."""

_BRACKET_STEPS = 4  # each looks for its other half

MAX_CELLS = 10_000
"""Cells of one table, counted as columns times rows, because missing cells are filled in."""

TOO_INTRICATE = (
    "Your post has too many marks such as brackets, quotes or lists to lay out. "
    "Use fewer, or put the text between two lines of ``` to show it exactly as written."
)
TOO_DEEP = (
    f"Your post has quotes, lists or bold and italic words more than {MAX_DEPTH} deep inside one another. "
    "Take some levels out."
)
TOO_MANY_CELLS = f"A table in your post has more than {MAX_CELLS:,} cells. Attach it as a file instead."


def install_budget(parser: MarkdownIt) -> None:
    """Makes every step of this parser count against the text's budget, kept under "steps" in its environment."""
    parser.block.ruler.before(
        "table", "budget", _count_block, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    parser.inline.ruler.before("text", "budget", _count_inline)


def refuse_huge_tables(text: str) -> None:
    """Raises ValueError with a sentence when a table would have more than MAX_CELLS cells."""
    if "|" not in text or "-" not in text:
        return
    columns = rows = 0
    for line in text.split("\n"):
        inner = line.strip(" >\t")
        if not inner:
            columns = 0
        elif "|" in inner and "-" in inner and not inner.strip("|:- \t"):
            rows = rows if columns else 1
            columns = max(columns, inner.count("|") + 1)
        rows += 1
        if columns * rows > MAX_CELLS:
            raise ValueError(TOO_MANY_CELLS)


def _count_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    if state.level >= MAX_DEPTH * 2:
        raise ValueError(TOO_DEEP)
    _spend(state.env, 1)
    return False


def _count_inline(state: StateInline, silent: bool) -> bool:
    _spend(state.env, _BRACKET_STEPS if state.src[state.pos] == "[" else 1)
    return False


def _spend(env: MutableMapping[str, Any], cost: int) -> None:
    env["steps"] = steps = env.get("steps", 0) + cost
    if steps > MAX_STEPS:
        raise ValueError(TOO_INTRICATE)
