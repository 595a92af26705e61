"""Letters from mailing lists as HTML: laid out as they were written, quotes folded, signatures greyed.

Nothing here is Markdown: a line of stars stays a line of stars. Line ends and spaces are kept in the
HTML, and the style sheet shows them (`.letter p` with `white-space: pre-wrap`). Line ends that somebody
meant are ``<br>``, so that those which a mail program made can give way on narrow screens.
"""

import re
from collections.abc import Iterable
from html import escape
from itertools import pairwise

from forum.text.cleaning import tidy
from forum.text.laid_out import looks_laid_out
from forum.text.letter_parts import Part, attachments, parts_of
from forum.text.line_ends import is_meant
from forum.text.links import trim_address
from forum.text.list_marks import lost_words, without_list_marks
from forum.text.sanitising import sanitise

SHORT_QUOTE = 3
"""Quotes of so many lines stay open; longer ones are folded."""

SHORT_NOTES = 4
"""The same for what an archive says of attachments."""

MAX_LETTER = 200_000
"""Characters of one letter that are laid out; a longer one is shown as one block as it is."""

NOT_KEPT = "The list’s archive did not keep this message."
"""Shown in place of what the list software says of a letter that it took out whole."""

_DEEPEST_QUOTE = 6
_MOST_MARKS = 20
_URL = re.compile(r"(?<![\w/])(?:https?://|www\.(?=\w))[^\s<>\"]+", re.IGNORECASE)
_QUOTE_MARK = re.compile(r"^ {0,8}> ?|^ {0,8}[A-Za-z]{1,4}> |^ ?\| ")


def plain_text_html(text: str) -> str:
    """A plain-text letter as safe HTML for a page.

    Paragraphs are ``<p>`` with their line ends kept, code and columns ``<pre class="aligned">``, quotes
    ``<details class="quoted">`` (or ``<blockquote>`` when short), signatures and what an archive says of
    attachments ``<div class="signature">``, all inside ``<div class="letter">``. What a list adds to each letter
    is left out.
    """
    text = tidy(text).strip("\n").expandtabs(8)
    if len(text) > MAX_LETTER:
        return sanitise(f'<div class="letter">{_aligned(text)}</div>')
    return sanitise(f'<div class="letter">{_letter_html(parts_of(text.split(chr(10))))}</div>')


def _letter_html(parts: list[Part]) -> str:
    address = lost_words(parts)
    if address is not None:
        rest = _parts_html((part for part in parts if part.kind != "notes"), 0)
        return f"{_not_kept(address)}{rest}"
    html = _parts_html(parts, 0)
    # Nothing is left where the list's own lines were all there was.
    return _not_kept("") if not html and any(_has_words(part.lines) for part in parts) else html


def _has_words(lines: list[str]) -> bool:
    return any(line.strip(" >|") for line in lines)


def _not_kept(address: str) -> str:
    there = f' It may be <a href="{escape(address)}">in the archive itself</a>.' if address else ""
    return f'<div class="signature"><p>{NOT_KEPT}{there}</p></div>'


def _parts_html(parts: Iterable[Part], depth: int) -> str:
    return "\n".join(filter(None, (_part_html(part, depth) for part in without_list_marks(parts))))


def _part_html(part: Part, depth: int) -> str:
    if part.kind == "quote":
        return _quote_html(part, depth)
    if part.kind == "signature":
        return _grey(part)
    if part.kind == "notes":
        return _notes_html(part)
    if part.kind == "code":
        return _aligned("\n".join(part.lines))
    return _blocks_html(part.lines, flows=True)


def _grey(part: Part) -> str:
    return f'<div class="signature">{_blocks_html(part.lines)}</div>'


def _notes_html(part: Part) -> str:
    """What an archive says of attachments that it took out; many lines of it are folded."""
    if len(part.lines) <= SHORT_NOTES:
        return _grey(part)
    count, names = attachments(part)
    noun = "attachment" if count == 1 else "attachments"
    summary = f"{count} {noun} left out by the archive{': ' if names else ''}{', '.join(names)}"
    return f'<details class="quoted"><summary>{escape(summary, quote=False)}</summary>{_grey(part)}</details>'


def _quote_html(part: Part, depth: int) -> str:
    """What was quoted, folded when it is long; the line that says whose words they are goes with it."""
    introduction = _blocks_html(part.introduction)
    if depth >= _DEEPEST_QUOTE:
        inner = _aligned("\n".join(part.lines))
    elif part.marked:
        inner = _parts_html(parts_of(_without_marks(part.lines)), depth + 1)
    else:
        inner = _parts_html(parts_of(part.lines), depth + 1)
    if not inner:
        return introduction
    count = sum(1 for line in part.lines if line.strip(" >|"))
    if depth or count <= SHORT_QUOTE:
        return f"<blockquote>{introduction}{inner}</blockquote>"
    return (
        f'<details class="quoted"><summary>Quoted: {count} lines</summary>{introduction}'
        f"<blockquote>{inner}</blockquote></details>"
    )


def _without_marks(lines: list[str]) -> list[str]:
    """Quoted lines without their mark; several before each line are one, for bars around nothing say nothing."""
    bare = [_QUOTE_MARK.sub("", line, count=1) for line in lines]
    for _ in range(_MOST_MARKS):
        if not all(line.startswith(">") or not line.strip() for line in bare) or not any(map(str.strip, bare)):
            break
        bare = [_QUOTE_MARK.sub("", line, count=1) for line in bare]
    return bare


def _blocks_html(lines: list[str], *, flows: bool = False) -> str:
    """Lines as paragraphs, or as aligned text where they look like code or columns."""
    blocks: list[str] = []
    block: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            block.append(line.rstrip())
        elif block:
            # Code goes on through empty lines.
            after_code = bool(blocks) and blocks[-1].startswith("<pre")
            aligned = looks_laid_out(block, after_code=after_code)
            words = "\n".join(block)
            if aligned and after_code:
                blocks[-1] = blocks[-1].removesuffix("</pre>") + "\n\n" + _linked(words) + "</pre>"
            else:
                blocks.append(
                    _aligned(words) if aligned else _paragraph(block) if flows else f"<p>{_linked(words)}</p>"
                )
            block = []
    return "\n".join(blocks)


def _paragraph(lines: list[str]) -> str:
    """Lines of words, each end as it was meant."""
    width = max(map(len, lines))
    ends = ["<br>" if is_meant(line, following, width) else "\n" for line, following in pairwise(lines)]
    return f"<p>{''.join(_linked(line) + end for line, end in zip(lines, [*ends, ''], strict=True))}</p>"


def _aligned(words: str) -> str:
    return f'<pre class="aligned" tabindex="0">{_linked(words)}</pre>'


def _linked(words: str) -> str:
    """Text escaped, with web addresses made into links; e-mail addresses stay text, out of harvesters' sight."""
    pieces: list[str] = []
    reached = 0
    for match in _URL.finditer(words):
        address = trim_address(match.group())
        if len(address) < 8:
            continue
        leads_to = f"https://{address}" if address[:4].lower() == "www." else address
        pieces.append(escape(words[reached : match.start()], quote=False))
        pieces.append(f'<a href="{escape(leads_to)}">{escape(address, quote=False)}</a>')
        reached = match.start() + len(address)
    return "".join(pieces) + escape(words[reached:], quote=False)
