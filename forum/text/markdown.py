"""Markdown to safe HTML: CommonMark with tables, strikethrough, task lists, bare addresses and mentions.

A single newline is a line break, as people who write letters expect. Raw HTML is shown as text. The
time grows with the text and nothing else: `budget` refuses what would cost more, with a sentence.
"""

from collections.abc import Mapping

from markdown_it import MarkdownIt
from markdown_it.token import Token

from forum.text.budget import MAX_DEPTH, TOO_DEEP, install_budget, refuse_huge_tables
from forum.text.links import install_links
from forum.text.sanitising import sanitise
from forum.text.tidying import tidy_blocks, tidy_inline


def _make_parser() -> MarkdownIt:
    # One level more than is allowed, so that `budget` sees the depth before the parser drops words.
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": MAX_DEPTH * 2 + 2})
    parser.enable(["table", "strikethrough"])
    install_links(parser)
    install_budget(parser)
    return parser


_PARSER = _make_parser()


def render_markdown(body: str, mentions: Mapping[str, str] | None = None) -> str:
    """The post as HTML that may go into a page as it is.

    `mentions` maps names (`mention_key`) of people who may read the thread to account ids; only these
    become links. Raises ValueError with a sentence for the writer when the text is too intricate.
    """
    env: dict[str, object] = {}
    tokens = _parse(body, mentions or {}, env)
    return sanitise(_PARSER.renderer.render(tokens, _PARSER.options, env))


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


def _parse(body: str, names: Mapping[str, str], env: dict[str, object]) -> list[Token]:
    refuse_huge_tables(body)
    try:
        tokens = _PARSER.parse(body, env)
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    for token in tokens:
        if token.type == "inline":
            token.children = tidy_inline(token.children or [], names)
    return tidy_blocks(tokens)
