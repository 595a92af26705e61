"""Markdown to safe HTML: CommonMark with tables, strikethrough, task lists, bare addresses and mentions.

A single newline is a line break, as people who write letters expect. Raw HTML is shown as text. The
time grows with the text and nothing else: `budget` refuses what would cost more, with a sentence.
"""

import re
from collections.abc import Mapping
from html import escape, unescape

from markdown_it import MarkdownIt
from markdown_it.token import Token

from forum.text.budget import MAX_DEPTH, TOO_DEEP, install_budget, refuse_huge_tables
from forum.text.cleaning import is_visible, tidy
from forum.text.links import install_links
from forum.text.sanitising import sanitise
from forum.text.tidying import TOP_HEADING, tidy_blocks, tidy_inline


def _make_parser() -> MarkdownIt:
    # One level more than is allowed, so that `budget` sees the depth before the parser drops words.
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": MAX_DEPTH * 2 + 2})
    parser.enable(["table", "strikethrough"])
    install_links(parser)
    install_budget(parser)
    return parser


_PARSER = _make_parser()
_WORDS = re.compile(r"(?:^|>)([^<]+)")


def render_markdown(body: str, mentions: Mapping[str, str] | None = None, *, top_heading: int = TOP_HEADING) -> str:
    """The post as HTML that may go into a page as it is.

    `mentions` maps names (`mention_key`) of people who may read the thread to account ids; only these
    become links. `top_heading` is the level of its first headings, one below the page's own. Where the markup
    would show nothing at all, such as addresses for links that are nowhere, the text is shown as it was typed.
    Raises ValueError with a sentence for the writer when it is too intricate.
    """
    env: dict[str, object] = {}
    tokens = _parse(body, mentions or {}, env, top_heading)
    html = sanitise(_PARSER.renderer.render(tokens, _PARSER.options, env))
    return html if _shows_something(html) or not is_visible(body) else _as_typed(body)


def _shows_something(html: str) -> bool:
    return any(is_visible(unescape(found[1])) for found in _WORDS.finditer(html)) or "<hr" in html


def _as_typed(body: str) -> str:
    lines = escape(body.strip("\n"), quote=False).split("\n")
    return sanitise(f"<p>{'<br>'.join(lines)}</p>")


def find_mentions(body: str, names: Mapping[str, str]) -> list[str]:
    """The account ids mentioned in a post, each once, in order; never from code, links or e-mail addresses.

    `names` is keyed by `mention_key`. Raises ValueError as `render_markdown` does.
    """
    if not names or "@" not in body:
        return []
    found: dict[str, None] = {}
    for token in _parse(body, names, {}):
        for child in token.children or []:
            if "mention" in child.meta:
                found[child.meta["mention"]] = None
    return list(found)


def _parse(body: str, names: Mapping[str, str], env: dict[str, object], top_heading: int = TOP_HEADING) -> list[Token]:
    refuse_huge_tables(body)
    try:
        tokens = _PARSER.parse(body, env)
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    for token in tokens:
        if token.type == "inline":
            token.children = tidy_inline([_cleaned(child) for child in token.children or []], names)
    return tidy_blocks(tokens, top_heading)


def _cleaned(token: Token) -> Token:
    """Without what may not be typed and was written as a reference, such as ``&#x202e;``."""
    token.content = tidy(token.content)
    if "title" in token.attrs:
        token.attrs["title"] = tidy(str(token.attrs["title"]))
    if token.children:  # the words of an image
        token.children = [_cleaned(child) for child in token.children]
    return token
