"""The words of a mail: plain text where there is one, else its HTML read as text, attachments by name."""

import re
from email.message import Message
from html.parser import HTMLParser

from forum.imports.charsets import decode_bytes
from forum.imports.headers import header_text
from forum.text import tidy, well_formed

LONGEST_BODY = 100_000
"""Characters of one message that are brought in."""

CUT = "[The rest of this message is too long to be brought in.]"
NO_WORDS = "[This message has no words.]"

_WORDS = frozenset({"text/plain", "text/html"})
_MOST_PARTS = 200
_MOST_TAGS = 15_000  # deeper nesting than this could be takes the HTML parser quadratic time
_TAGS = re.compile(r"<[^<>]*>")
_ESCAPED_FROM = re.compile(r"^>(>*From )", re.MULTILINE)
_NEEDS_HTML = re.compile(r"^\s*(?:this (?:message|e-?mail) .{0,40}html|\[?html\]?\s*$)", re.IGNORECASE)
_BLOCK_TAGS = frozenset(
    {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "pre", "blockquote", "hr"}
)
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}")


def body_of(message: Message) -> str:
    """The message's words, ready to be laid out as plain text; attachments named in a last line."""
    texts: list[str] = []
    attached: list[str] = []
    _collect(message, texts, attached, [0])
    body = "\n\n".join(text for text in texts if text)
    if attached:
        body = f"{body}\n\n[Attached, not brought in: {', '.join(dict.fromkeys(attached))}]".lstrip("\n")
    if not body.strip():
        return NO_WORDS
    return body


def charset_of(message: Message) -> str | None:
    """The charset that a message or part declares."""
    try:
        charset = message.get_content_charset()
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
    return charset if isinstance(charset, str) else None


def html_text(html: str) -> str:
    """HTML read as plain text: blocks on lines of their own, quotes behind ``>``, addresses after their words."""
    if html.count("<") > _MOST_TAGS:
        return _TAGS.sub(" ", html)
    reader = _Reader()
    # The standard library's parser takes quadratic time over broken markup.
    reader.feed(well_formed(html))
    reader.close()
    return _BLANK_LINES.sub("\n\n", "\n".join(line.rstrip() for line in reader.lines())).strip("\n")


def _collect(part: Message, texts: list[str], attached: list[str], seen: list[int]) -> None:
    """Adds what one part holds to the texts or to the names of attachments."""
    seen[0] += 1
    if seen[0] > _MOST_PARTS:
        return
    kind = part.get_content_type()
    if kind == "message/rfc822" and seen[0] > 1:
        whole = _parts(part)
        subject = header_text(str(whole[0].get("subject", ""))) if whole else ""
        attached.append(f"the message “{subject}”" if subject else "a message")
    elif kind == "multipart/alternative" and part.is_multipart():
        _collect_alternative(part, texts, attached, seen)
    elif part.is_multipart():
        for inner in _parts(part):
            _collect(inner, texts, attached, seen)
    elif part.get_content_maintype() == "multipart" or (kind in _WORDS and not _is_attachment(part)):
        # A list that took the attachments out may have left the header of parts above one plain text.
        texts.append(_text_of(part))
    elif kind not in {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}:
        attached.append(_file_name(part) or f"a file ({kind})")


def _collect_alternative(part: Message, texts: list[str], attached: list[str], seen: list[int]) -> None:
    """The plain form of a message kept in several forms; the HTML one where the plain one says nothing."""
    parts = _parts(part)
    plain = [inner for inner in parts if inner.get_content_type() == "text/plain"]
    words = _text_of(plain[0]) if plain else ""
    if words.strip() and not _NEEDS_HTML.match(words):
        texts.append(words)
        return
    others = [inner for inner in parts if inner not in plain]
    before = len(texts)
    for inner in others[-1:]:
        _collect(inner, texts, attached, seen)
    if len(texts) == before and words:
        texts.append(words)


def _parts(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [inner for inner in payload if isinstance(inner, Message)] if isinstance(payload, list) else []


def _is_attachment(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or (
        part.get_content_disposition() == "inline" and bool(_file_name(part))
    )


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""
    # Only the name: a path says something about somebody's disk.
    return re.split(r"[/\\]", header_text(name))[-1][:100]


def _text_of(part: Message) -> str:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    text = tidy(decode_bytes(raw[: 8 * LONGEST_BODY], charset_of(part)))
    if part.get_content_type() == "text/html":
        text = html_text(text)
    else:
        text = _ESCAPED_FROM.sub(r"\1", text)
        if str(part.get_param("format", "")).lower() == "flowed":
            text = _unflow(text, delete_space=str(part.get_param("delsp", "")).lower() == "yes")
    text = re.sub(r"\A(?:[ \t]*\n)+", "", text).rstrip()
    return text if len(text) <= LONGEST_BODY else f"{text[:LONGEST_BODY].rstrip()}\n\n{CUT}"


def _unflow(text: str, *, delete_space: bool) -> str:
    """Paragraphs of format=flowed text (RFC 3676) joined again: a line that ends in a space goes on in the next."""
    joined: list[str] = []
    goes_on = -1
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        is_signature = content == "-- "
        if goes_on == depth and not is_signature:
            joined[-1] += content
        else:
            joined.append(f"{'>' * depth} {content}" if depth else content)
        goes_on = depth if content.endswith(" ") and not is_signature else -1
        if goes_on >= 0 and delete_space:
            joined[-1] = joined[-1][:-1]
    return "\n".join(joined)


class _Reader(HTMLParser):
    """Collects the lines of an HTML mail."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._done: list[str] = []
        self._line = ""
        self._quotes = 0
        self._preformatted = 0
        self._links: list[tuple[str, int]] = []

    def lines(self) -> list[str]:
        self._break()
        return self._done

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._break(keep_empty=True)
        elif tag in _BLOCK_TAGS:
            self._break()
            if tag not in {"div", "table"}:
                self._gap()
            self._quotes += tag == "blockquote"
            self._preformatted += tag == "pre"
        elif tag in {"li", "tr"}:
            self._break()
            self._line = "- " if tag == "li" else ""
        elif tag in {"td", "th"} and self._line.strip():
            self._line += "   "
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "", len(self._line)))

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCK_TAGS:
            self._break()
            self._quotes = max(0, self._quotes - (tag == "blockquote"))
            self._preformatted = max(0, self._preformatted - (tag == "pre"))
            if tag not in {"div", "table"}:
                self._gap()
        elif tag == "a" and self._links:
            address, start = self._links.pop()
            words = self._line[start:].strip()
            if address.startswith(("http://", "https://")) and address.rstrip("/") != words.rstrip("/"):
                self._line += f" <{address}>"

    def handle_data(self, data: str) -> None:
        if self._preformatted:
            first, *others = data.split("\n")
            self._line += first
            for other in others:
                self._break(keep_empty=True)
                self._line = other
            return
        words = re.sub(r"[ \t\r\n\f]+", " ", data)
        self._line += words.lstrip() if not self._line or self._line.endswith(" ") else words

    def _break(self, *, keep_empty: bool = False) -> None:
        if self._line.strip() or keep_empty:
            self._done.append("> " * min(self._quotes, 10) + self._line.replace("\xa0", " "))
        self._line = ""

    def _gap(self) -> None:
        empty = ("> " * min(self._quotes, 10)).rstrip()
        if self._done and self._done[-1].strip(" >"):
            self._done.append(empty)
        elif self._done:
            self._done[-1] = min(self._done[-1], empty)
