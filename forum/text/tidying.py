"""What is done to parsed Markdown before it is shown: links finished, mentions and bare addresses found,
headings put below the page's own, tables that scroll, tick boxes, coloured code.
"""

from collections.abc import Iterable, Iterator, Mapping

from markdown_it.token import Token

from forum.text.budget import MAX_DEPTH, TOO_DEEP
from forum.text.highlighting import code_html
from forum.text.links import find_addresses, host_of, link_tokens
from forum.text.mentions import locate_mentions, mention_token

TOP_HEADING = 3
"""The page owns h1 and h2."""

# A group, not a region: several regions of one name would be landmarks nobody can tell apart.
_SCROLL = '<div class="table-scroll" tabindex="0" role="group" aria-label="Table">'
_BOXES = {"[ ] ": ("To do", "☐"), "[x] ": ("Done", "☑"), "[X] ": ("Done", "☑")}


def tidy_inline(children: Iterable[Token], names: Mapping[str, str]) -> list[Token]:
    """One paragraph's tokens with links finished, mentions and bare addresses marked."""
    tidied: list[Token] = []
    links = depth = 0
    for token in _finished_links(children):
        depth += token.nesting
        if depth > MAX_DEPTH:
            raise ValueError(TOO_DEEP)
        if token.type in {"link_open", "link_close"}:
            links += token.nesting
        if token.type == "text" and not links:
            tidied.extend(_marked(token, names))
        else:
            tidied.append(token)
    return tidied


def tidy_blocks(tokens: list[Token], top_heading: int) -> list[Token]:
    """A whole text's tokens with headings, tables, tick boxes and code made ready to be shown."""
    _place_headings(tokens, top_heading)
    tidied: list[Token] = []
    for position, token in enumerate(tokens):
        if token.type in {"fence", "code_block"}:
            words = token.info.split()
            tidied.append(_html(code_html(token.content, words[0] if words else "")))
        elif token.type == "table_open":
            tidied.extend((_html(_SCROLL), token))
        elif token.type == "table_close":
            tidied.extend((token, _html("</div>\n")))
        else:
            if token.type in {"th_open", "td_open"}:
                _dress_cell(token, tokens[position + 1], tokens[position + 2])
            elif token.type == "list_item_open":
                _tick_box(token, tokens[position + 1 : position + 3])
            tidied.append(token)
    return tidied


def _html(content: str) -> Token:
    return Token("html_block", "", 0, content=content)


def _finished_links(children: Iterable[Token]) -> Iterator[Token]:
    """The tokens with no link inside another and none without words."""
    opened: list[Token] = []
    worded = picture = False
    for token in children:
        if token.type == "link_open":
            opened.append(token)
            picture = picture or bool(token.meta.get("picture"))
            if len(opened) > 1:
                continue
            worded = False
        elif token.type == "link_close":
            link = opened.pop()
            if opened:
                continue
            if not worded:
                address = str(link.attrs.get("href", ""))
                yield Token("text", "", 0, content=f"Picture at {host_of(address)}" if picture else address)
            picture = False
        elif token.content.strip():
            worded = True
        yield token


def _marked(token: Token, names: Mapping[str, str]) -> list[Token]:
    """A text token cut at the bare addresses and mentions in it."""
    text = token.content
    addresses = find_addresses(text)
    people = locate_mentions(text, names)
    if not addresses and not people:
        return [token]
    cuts = [(start, end, link_tokens(leads_to, text[start:end])) for start, end, leads_to in addresses]
    cuts += [(start, end, [mention_token(account_id, text[start:end])]) for start, end, account_id in people]
    pieces: list[Token] = []
    reached = 0
    for start, end, replacement in sorted(cuts, key=lambda cut: cut[0]):
        if start >= reached:
            pieces += [Token("text", "", 0, content=text[reached:start]), *replacement]
            reached = end
    return [*pieces, Token("text", "", 0, content=text[reached:])]


def _place_headings(tokens: list[Token], top_heading: int) -> None:
    """Headings from this one down without a step left out, whatever levels the writer chose; none empty."""
    outline: list[int] = []
    for position, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        closing = tokens[position + 2]
        if not tokens[position + 1].content.strip():
            token.hidden = closing.hidden = True
            continue
        level = int(token.tag[1])
        while outline and outline[-1] >= level:
            outline.pop()
        outline.append(level)
        token.tag = closing.tag = f"h{min(6, top_heading - 1 + len(outline))}"


def _dress_cell(cell: Token, inline: Token, closing: Token) -> None:
    """Alignment as a class, because our pages allow no style attribute; an empty head cell is no heading."""
    style = cell.attrs.pop("style", None)
    if style:
        cell.attrs["class"] = f"align-{str(style).rpartition(':')[2]}"
    if cell.type == "th_open" and not inline.content.strip():
        cell.tag = closing.tag = "td"


def _tick_box(item: Token, following: list[Token]) -> None:
    """A list item that begins with ``[ ]`` or ``[x]`` gets a box that is said aloud as "To do" or "Done"."""
    if len(following) < 2 or following[1].type != "inline" or not following[1].children:
        return
    first = following[1].children[0]
    box = _BOXES.get(first.content[:4]) if first.type == "text" else None
    if box is None:
        return
    words, glyph = box
    first.content = first.content[3:]
    label = Token("html_inline", "", 0, content=f'<span class="task" role="img" aria-label="{words}">{glyph}</span>')
    following[1].children.insert(0, label)
    item.attrJoin("class", "task-list-item")
