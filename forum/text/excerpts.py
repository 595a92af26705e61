"""First words of a post for lists and mails, and quotes of it for an answer."""

import re
from html.parser import HTMLParser

_SKIPPED = frozenset({"blockquote", "details"})
_BREAKS = frozenset({"p", "br", "li", "h3", "h4", "h5", "h6", "pre", "td", "th", "tr", "hr", "div", "summary"})
_CHUNK = 4_096
_QUOTE_MARKS = re.compile(r"\s{0,3}(?:>\s?){3}")
_MARKUP = re.compile(r"([\\`*_{}\[\]<>|~&])")
_LINE_MARKUP = re.compile(r"^(\s*)([#+=-]|\d{1,9}(?=[.)]))", re.MULTILINE)


def plain_words(html: str, most: int | None = None, *, quotes: bool = True, signatures: bool = True) -> str:
    """The words of rendered HTML on one line, without markup; stops soon after `most` characters.

    With `quotes=False` what the post quotes from others is left out, with `signatures=False` what is greyed below
    a letter, which is its signature and what an archive says of it.
    """
    reader = _Words(skip_quotes=not quotes, skip_signatures=not signatures)
    for start in range(0, len(html), _CHUNK):
        reader.feed(html[start : start + _CHUNK])
        if most is not None and reader.length > 2 * most:
            break
    else:
        reader.close()
    return " ".join("".join(reader.pieces).split())


ONLY_FILES = "Only pictures or files"
"""Stands for the words of a post that has none."""


def excerpt(html: str, length: int = 140) -> str:
    """The first words of a rendered post, at most `length` characters, cut between words; quotes left out.

    It ends where a table begins, unless the post begins with one.

    A post that is nothing but a quote shows the quote's words; one of which an archive kept nothing has none.
    """
    words = plain_words(html, length, quotes=False, signatures=False) or plain_words(html, length, signatures=False)
    if len(words) <= length:
        return words
    cut = words[: length - 1]
    space = cut.rfind(" ")
    # One very long "word" (an address, or writing without spaces) is cut where it must be.
    return (cut[:space] if space > length // 2 else cut).rstrip(" ,;:–-") + "…"


def quote(body: str, author: str, number: int, *, plain: bool = False) -> str:
    """A Markdown quote of `body` (the source of a post, or the part that was chosen), with room to answer.

    It names its author and post number. Quotes three deep or deeper are dropped. `plain` says that `body` is
    plain text, such as imported mail or words chosen in the page, whose stars and underscores are no markup.
    """
    lines = [line.rstrip() for line in body.strip("\n").split("\n")]
    if plain:
        lines = escape_markdown("\n".join(lines)).split("\n")
    else:
        lines = [line for line in lines if not _QUOTE_MARKS.match(line)]
    quoted = "\n".join(f"> {line}".rstrip() for line in lines)
    return f"> **{escape_markdown(author)}** in post {number}:\n>\n{quoted}\n\n"


# As `quote` begins one.
_QUOTED_POST = re.compile(r"(<blockquote>\n<p><strong>[^<]{1,400}</strong> in )(post ([1-9][0-9]{0,6}))(?=:)")


def link_quotes(html: str, thread_id: str) -> str:
    """The rendered post of this thread, where "Ada in post 5" above a quote leads to that post."""
    return _QUOTED_POST.sub(rf'\1<a href="/threads/{thread_id}?at=\3#post-\3">\2</a>', html)


def escape_markdown(text: str) -> str:
    """The text with a backslash before each character that Markdown would take for markup."""
    return _LINE_MARKUP.sub(_escape_line_start, _MARKUP.sub(r"\\\1", text))


def _escape_line_start(match: re.Match[str]) -> str:
    space, mark = match.groups()
    # Four spaces would begin a block of code.
    indent = "\N{NO-BREAK SPACE}" * len(space) if len(space) > 3 else space
    return f"{indent}{mark}\\" if mark.isdigit() else f"{indent}\\{mark}"


class _Words(HTMLParser):
    """Collects text, with a space wherever a block begins or ends."""

    def __init__(self, *, skip_quotes: bool, skip_signatures: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.length = 0
        self._skip_quotes = skip_quotes
        self._skip_signatures = skip_signatures
        self._is_over = False
        self._skipped: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table" and self._skip_quotes and self.length:
            # Cells make no sentence: the words before them are enough.
            self._is_over = True
        is_quote = self._skip_quotes and tag in _SKIPPED
        is_signature = self._skip_signatures and self._is_signature(tag, attrs)
        if is_quote or is_signature or tag in self._skipped:
            self._skipped.append(tag)
        elif tag in _BREAKS:
            self.pieces.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if self._skipped and tag == self._skipped[-1]:
            self._skipped.pop()
        elif tag in _BREAKS:
            self.pieces.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._skipped and not self._is_over:
            self.pieces.append(data)
            self.length += len(data)

    @staticmethod
    def _is_signature(tag: str, attrs: list[tuple[str, str | None]]) -> bool:
        return tag == "div" and ("class", "signature") in attrs
