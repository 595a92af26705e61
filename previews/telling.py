"""What the process says, kept within its bounds as it is said: pages made of paragraphs, lists and tables."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import BinaryIO

from previews.limits import Limits
from previews.parts import MAX_TITLE, Cut, Facts, Page, Spoken, Why, write_part


class Teller:
    """Says piece after piece, and once for each reason that something is left out."""

    def __init__(self, stream: BinaryIO, limits: Limits) -> None:
        self.limits = limits
        self._stream = stream
        self._text, self._html = limits.text, limits.html
        self._cut: set[Why] = set()

    def say(self, part: Spoken) -> None:
        """Send it, so that it is there even if what follows fails."""
        self._stream.write(write_part(part))
        self._stream.flush()

    def facts(self, kind: str, pages: int) -> None:
        """Comes before any page."""
        self.say(Facts(kind, pages))

    def cut(self, why: Why) -> None:
        """Not everything is shown."""
        if why not in self._cut:
            self._cut.add(why)
            self.say(Cut(why))

    def page(self, number: int, title: str, text: str, html: str = "") -> None:
        """What can be read of one page."""
        room, html_room = min(self._text, self.limits.page), min(self._html, self.limits.page)
        if len(text) > room or len(html) > html_room:
            self.cut(Why.MORE_WORDS)
            text, html = text[:room], html if len(html) <= html_room else ""
        self._text -= len(text)
        self._html -= len(html)
        self.say(Page(number, " ".join(title.split())[:MAX_TITLE], text, html))

    def sheaf(self, kind: str, sheets: "Sequence[Sheet]") -> None:
        """A whole file that was read to its end before its pages could be counted."""
        self.facts(kind, len(sheets))
        for number, sheet in enumerate(sheets[: self.limits.pages_read], 1):
            self.sheet(number, sheet)
        if len(sheets) > self.limits.pages_read:
            self.cut(Why.MORE_PAGES)

    def sheet(self, number: int, sheet: "Sheet") -> None:
        """One page that was put together here."""
        self.page(number, sheet.title, sheet.text, sheet.html)
        if sheet.is_cut:
            self.cut(Why.MORE_WORDS)


@dataclass(slots=True)
class Sheet:
    """A page while it is put together. What is beyond the bounds is counted, and left out."""

    limits: Limits
    title: str = ""
    is_cut: bool = False
    _lines: list[str] = field(default_factory=list)
    _html: list[str] = field(default_factory=list)
    _length: int = 0
    _in_list: bool = False
    rows: int = 0

    @property
    def text(self) -> str:
        """The words, a paragraph or a row a line."""
        return "\n".join(self._lines)

    @property
    def html(self) -> str:
        """The same as markup."""
        self._leave_list()
        return "".join(self._html)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was put on it."""
        return not self._lines

    def paragraph(self, text: str, html: str | None = None, tag: str = "p") -> None:
        """Words of their own: a paragraph, a heading by its tag, or an item of a list by "li"."""
        if not text.strip():
            return
        if tag == "li" and not self._in_list:
            self._in_list = True
            self._html.append("<ul>")
        elif tag != "li":
            self._leave_list()
        if self._has_room(len(text)):
            self._lines.append(text)
            self._html.append(f"<{tag}>{escape_lines(text) if html is None else html}</{tag}>")

    def row(self, cells: Sequence[str], head: str = "", tag: str = "td") -> None:
        """A row of the table that `open_table` began; `head` stands before it."""
        self.rows += 1
        if self.rows > self.limits.rows:
            self.is_cut = True
        words = "\t".join(cells).rstrip("\t")
        if not self._has_room(len(words)):
            return
        if words.strip():
            self._lines.append(words)
        if self.rows <= self.limits.rows:
            shown = cells[: self.limits.columns]
            before = f"<th>{escape(head)}</th>" if head else ""
            self._html.append(f"<tr>{before}{''.join(f'<{tag}>{escape_lines(cell)}</{tag}>' for cell in shown)}</tr>")
            self.is_cut = self.is_cut or len(cells) > self.limits.columns

    def open_table(self, heads: Sequence[str] = ()) -> None:
        """Rows follow; under these heads, if any."""
        self._leave_list()
        line = f"<thead><tr>{''.join(f'<th>{escape(head)}</th>' for head in heads)}</tr></thead>" if heads else ""
        self._html.append(f"<table>{line}<tbody>")

    def close_table(self) -> None:
        """No more rows. The next table may have as many as this one."""
        self._html.append("</tbody></table>")
        self.rows = 0

    def preformatted(self, text: str) -> None:
        """Words just as they stand."""
        self._leave_list()
        if self._has_room(len(text)):
            self._lines.append(text)
            self._html.append(f"<pre>{escape(text)}</pre>")

    def rule(self) -> None:
        """A line across, which says nothing."""
        self._leave_list()
        self._html.append("<hr>")

    def put_first(self, other: "Sheet") -> None:
        """What is on another sheet stands before all that is on this one."""
        self._put(other, 0)

    def put_last(self, other: "Sheet") -> None:
        """And behind it."""
        self._leave_list()
        self._put(other, len(self._html))

    def _put(self, other: "Sheet", place: int) -> None:
        if self._has_room(len(other.text)):
            lines = 0 if not place else len(self._lines)
            self._lines[lines:lines] = other._lines
            self._html[place:place] = [other.html]
        self.is_cut = self.is_cut or other.is_cut

    def _leave_list(self) -> None:
        if self._in_list:
            self._in_list = False
            self._html.append("</ul>")

    def _has_room(self, length: int) -> bool:
        """Whether so many more characters may be put on it. Each entry counts for a few, or empty ones were free."""
        self._length += length + 8
        self.is_cut = self.is_cut or self._length > self.limits.page
        return self._length <= self.limits.page


def escape_lines(text: str) -> str:
    """The text as markup, with its line ends."""
    return escape(text).replace("\n", "<br>")
