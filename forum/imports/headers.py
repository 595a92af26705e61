"""Headers of old mail: encoded words, names, addresses, dates, subjects, however broken."""

import binascii
import quopri
import re
from datetime import UTC, datetime, timedelta
from email.utils import mktime_tz, parsedate_tz

from forum.imports.charsets import decode_bytes
from forum.text import tidy

LONGEST_NAME = 100
LONGEST_SUBJECT = 300
_EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)

_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,40})\?([bBqQ])\?([^?]*)(?:\?=|$)")
_BETWEEN_WORDS = re.compile(r"(\?=)[ \t\r\n]+(?==\?[^?\s]{1,40}\?[bBqQ]\?)")
_FOLD = re.compile(r"\r?\n[ \t]*")
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,500})>")
_ANGLED = re.compile(r"^(.*?)<\s*([^<>]*?)\s*>(.*)$", re.DOTALL)
_COMMENTED = re.compile(r"^([^()]*?)\s*\((.*)\)\s*$", re.DOTALL)
_AT = re.compile(r"\s*(?:\s(?:at|AT)\s|\(at\)|\[at\]|_at_|\s@|@\s)\s*")
_DOT = re.compile(r"\s*(?:\s(?:dot|DOT)\s|\(dot\)|\[dot\])\s*")
_ADDRESS = re.compile(r"[^@\s<>\"(),;]+@[^@\s<>\"(),;]+")
_VIA_LIST = re.compile(r"\s+(?:via|par|über)\s+[\w. -]+$", re.IGNORECASE)
_REVERSED = re.compile(r"^([^\W\d][\w'’. -]{0,40}),\s*([^\W\d][\w'’. -]{0,40})(?:\s*[(\[].*)?$")
_LETTERS_AFTER = re.compile(
    r"^(?:ph\.?\s?d|m\.?d|m\.?sc|b\.?sc|jr|sr|ii|iii|mba|mph|rn|frcp|dr|prof|esq|inc|ltd)\b", re.I
)

_INITIALS = re.compile(r"^[A-Z]{1,4} \(([^()]+ [^()]+)\)$")
# What some Mailman lists put in place of an address: "ada m@iii@g oii ex@mp@e@org".
_MASKED = re.compile(r"\s+m@iii@g\s.*$")

_REPLY_PREFIX = re.compile(
    r"^\s*(?:(?:re|r|aw|antw|antwort|sv|vs|vá|odp|ynt|ref|rif|res|resp|rép|réf|bls|atb|"
    r"απ|απάντηση|ha|回复|答复|返信|ответ|отв|"
    r"fw|fwd|wg|tr|rv|enc|i|vb|vl|doorst|ilt|fs|πρθ|προώθηση|σχετ|转发|пересылка)"
    r"\s*(?:\[\d+\]|\(\d+\)|\^\d+|\d)?\s*[:：]|\(fwd\)|\[fwd:?\]?)\s*",
    re.IGNORECASE,
)
_FORWARDED_WHOLE = re.compile(r"^\s*\[(?:[^\s\[\]]+@[^\s\[\]]+:\s*(.+)|((?:re|fwd?)\s*:.+))\]\s*$", re.IGNORECASE)
_WARNING = re.compile(
    r"^\s*(?:\[(?:external|ext|extern|external e-?mail|(?:suspected )?spam)\]|\*{2,}\s*spam\s*\*{2,})\s*", re.I
)
_TAG = re.compile(r"^\s*\[([^\[\]]{1,60})\]\s*")
_TRAILING_FORWARD = re.compile(
    r"\s*(?:\(fwd\)|\[was:?[^\]]*\]|\((?:was|ursprünglich|eredeti)\b[^)]*\))\s*$", re.IGNORECASE
)


def header_text(raw: str, charset: str | None = None) -> str:
    """A header as words on one line: unfolded, encoded words (RFC 2047) decoded, raw bytes survived.

    `raw` may hold undecoded bytes as surrogate escapes; `charset` is the message's own, for these.
    """
    if not raw.isascii():
        raw = decode_bytes(raw.encode("utf-8", "surrogateescape"), charset)
    raw = _BETWEEN_WORDS.sub(r"\1", _FOLD.sub(" ", raw))
    return " ".join(tidy(_decode_words(raw)).split())


def message_ids(raw: str) -> tuple[str, ...]:
    """The message ids in a header, in order, without angle brackets, each once."""
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(_FOLD.sub("", raw))))


def author_of(raw: str, charset: str | None = None) -> tuple[str, str]:
    """The author's name and address of a From header; either may be empty. Obfuscated addresses are mended."""
    raw = raw if raw.isascii() else decode_bytes(raw.encode("utf-8", "surrogateescape"), charset)
    raw = _FOLD.sub(" ", raw).strip()
    angled, commented = _ANGLED.match(raw), _COMMENTED.match(raw)
    if angled:
        name, address = angled.group(1) or angled.group(3), angled.group(2)
    elif commented:
        address, name = commented.groups()
    else:
        name, address = "", raw
    address = plain_address(header_text(address))
    if not address and not name:
        name = raw
    return _tidy_name(header_text(name)) or address.partition("@")[0], address


def plain_address(written: str) -> str:
    """An e-mail address in lower case, with "at" and "dot" put back; empty when it is none."""
    address = _DOT.sub(".", _AT.sub("@", written.strip().strip("\"'"))).lower()
    address = address.removeprefix("mailto:")
    return address if len(address) <= 254 and _ADDRESS.fullmatch(address) else ""


def date_of(raw: str) -> datetime | None:
    """A date header as a moment in UTC; None when it is broken, before 1980 or in the future."""
    try:
        fields = parsedate_tz(_FOLD.sub(" ", raw).strip())
        moment = datetime.fromtimestamp(mktime_tz(fields), UTC) if fields else None
    except (ValueError, OverflowError, OSError, TypeError, IndexError):
        return None
    if moment is None or moment < _EARLIEST or moment > datetime.now(UTC) + timedelta(days=2):
        return None
    return moment


def split_subject(subject: str, list_names: frozenset[str] = frozenset()) -> tuple[str, bool]:
    """A subject without "Re:", "AW:", "ΑΠ:" and the list's own tag, and whether it said that it answers or forwards.

    `list_names` are the names, in lower case, that a tag in square brackets may have.
    """
    is_reply = False
    rest = subject
    while True:
        prefix, whole, warning = _REPLY_PREFIX.match(rest), _FORWARDED_WHOLE.match(rest), _WARNING.match(rest)
        tag = _TAG.match(rest)
        if prefix or whole:
            is_reply = True
            rest = rest[prefix.end() :] if prefix else whole.group(1) or whole.group(2) if whole else rest
        elif warning:
            rest = rest[warning.end() :]
        elif tag and tag.group(1).strip().lower() in list_names:
            rest = rest[tag.end() :]
        else:
            break
    rest = _TRAILING_FORWARD.sub("", rest).strip()
    return rest[:LONGEST_SUBJECT].rstrip(), is_reply


def _decode_words(text: str) -> str:
    """Encoded words decoded; neighbours of one charset first joined, for senders that cut within a letter."""
    pieces: list[str] = []
    waiting: list[bytes] = []
    charset = ""
    reached = 0
    for match in _ENCODED_WORD.finditer(text):
        between = text[reached : match.start()]
        name = match.group(1).partition("*")[0].lower()
        if waiting and (between or name != charset):
            pieces.append(decode_bytes(b"".join(waiting), charset))
            waiting = []
        pieces.append(between)
        charset = name
        waiting.append(_word_bytes(match.group(2), match.group(3)))
        reached = match.end()
    if waiting:
        pieces.append(decode_bytes(b"".join(waiting), charset))
    return "".join(pieces) + text[reached:]


def _word_bytes(encoding: str, content: str) -> bytes:
    raw = content.encode("utf-8", "surrogateescape")
    if encoding in "qQ":
        return quopri.decodestring(raw, header=True)
    raw = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
    try:
        # One character too many is what remains of a cut group.
        return binascii.a2b_base64(raw[: len(raw) - (len(raw) % 4 == 1)] + b"==")
    except binascii.Error:
        return content.encode("utf-8", "surrogateescape")


def _tidy_name(name: str) -> str:
    """A person's name as people write it: no quotes, no list's name, given name first."""
    name = name.replace('\\"', '"').strip(" \t\"'<>,;")
    name = _VIA_LIST.sub("", name)
    reversed_name = _REVERSED.match(name)
    if reversed_name and not _LETTERS_AFTER.match(reversed_name.group(2)):
        name = f"{reversed_name.group(2).strip()} {reversed_name.group(1).strip()}"
    initials, masked = _INITIALS.match(name), _MASKED.search(name)
    if initials:
        name = initials.group(1)
    elif masked:
        name = name[: masked.start()]
    elif "@" in _AT.sub("@", name):
        name = _AT.sub("@", name).partition("@")[0]
    return name.strip(" \"'")[:LONGEST_NAME].rstrip()
