"""The parts of a plain-text letter: own words, quotes of others, code, signatures and what a list adds.

Mail has no marks for these but habits, so each rule here is a habit: ``>`` before quoted lines,
``-- `` before a signature (RFC 3676, section 4.3), a line of underscores before a list's footer.
"""

import re
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["words", "quote", "signature", "code"]

_QUOTED = re.compile(r"^ ?(?:>|[A-Za-z]{1,3}> |\| )")
_STRICT_QUOTED = re.compile(r"^ ?>")
_ATTRIBUTION_END = re.compile(
    r"(?:wrote|writes|said|says|schrieb|écrit|a écrit|escribió|ha scritto|scrisse|escreveu|schreef|skrev|έγραψε|"
    r"έγραψαν|написал\(?а?\)?|wrote the following)[^\w\n]{0,3}:\s*$",
    re.IGNORECASE,
)
_ATTRIBUTION_START = re.compile(
    r"^\s*(?:On|At|Am|Le|El|Il|Op|Den|Στις|Em|In article|Quoting|>?\s*From:)\b", re.IGNORECASE
)
_WHOLE_COPY = re.compile(
    r"^\s*-{2,}\s*(?:Original Message|Forwarded message|Original-Nachricht|Ursprüngliche Nachricht|Message d'origine|"
    r"Mensaje original|Messaggio originale|Αρχικό μήνυμα|Begin forwarded message|Mensagem original)\b.*$",
    re.IGNORECASE,
)
_COPIED_HEADER = re.compile(r"^\s*\*?(?:From|Von|De|Da|Από)\s*:\*?\s+\S", re.IGNORECASE)
_OTHER_HEADER = re.compile(r"^\s*\*?(?:Sent|Date|To|Subject|Gesendet|An|Betreff|Envoyé|Στάλθηκε|Cc)\s*:", re.IGNORECASE)
_SIGNATURE = re.compile(r"^--\s*$")
_FOOTER_RULE = re.compile(r"^\s*[_=-]{10,}\s*$")
_FOOTER_WORDS = re.compile(
    r"mailing list|mailman|unsubscribe|listinfo|do you yahoo|yahoo\.com|hotmail|msn\.|confidential|disclaimer|"
    r"intended recipient|posting guide",
    re.IGNORECASE,
)
_NOTE = re.compile(r"^\s*\[\[(?:alternative|elided)[^\]]*\]\]\s*$", re.IGNORECASE)
_PROMPT = re.compile(r"^ ?>\s?\S|^ ?>\s*$")
_SESSION_OUTPUT = re.compile(r"^\s*\[\d+(?:,\d*)?\]\s|^\+ |^(?:Error|Warning message|Call:|Residuals:|Coefficients:)")
_CODE_LINE = re.compile(
    r"<-|^\s*(?:library|require|source|install\.packages|for|while|if|else|function|print|plot)\s*\(|^\s*#\s?\S|"
    r"[;{}]\s*$|^\s*\w[\w.]*\s*=\s*[\w.\"]+\(|^\s*\[\d+\]|\w\(.*\)\s*$|^\s*[A-Z][A-Za-z-]*=\S|^\s*\+ "
)
_COLUMNS = re.compile(r"\S {3,}\S")
_NUMBERS = re.compile(r"^\s*\S*(?:\s+-?[\d.,]+(?:e[+-]?\d+)?[*%]*){3,}\s*$")
_DRAWN = re.compile(r"[|+_=\\/-]{3,}|^\s*\|.*\|\s*$")


@dataclass(slots=True)
class Part:
    """Lines that belong together. `marked` quotes carry a mark before each line; `introduction` says whose they are."""

    kind: Kind
    lines: list[str]
    introduction: list[str] = field(default_factory=list)
    marked: bool = True


def parts_of(lines: list[str], depth: int = 0) -> list[Part]:
    """A letter's lines in order, as parts; no line is lost but empty ones between parts."""
    parts: list[Part] = []
    position = 0
    while position < len(lines):
        part, position = _next_part(lines, position, depth)
        if part.kind == "quote" and parts and parts[-1].kind == "words":
            part.introduction = _take_attribution(parts[-1])
        if any(line.strip() for line in part.lines):
            parts.append(part)
    return [part for part in parts if part.introduction or any(line.strip() for line in part.lines)]


def looks_laid_out(block: list[str]) -> bool:
    """Whether a block without empty lines is code, a table or a drawing, so that every space counts."""
    count = len(block)
    code = sum(1 for line in block if _CODE_LINE.search(line))
    columns = sum(1 for line in block if _COLUMNS.search(line.strip()) or _NUMBERS.match(line))
    drawn = sum(1 for line in block if _DRAWN.search(line))
    if count == 1:
        return bool(code and "<-" in block[0]) or block[0].lstrip().startswith("library(")
    return code * 2 > count or columns * 2 > count or (drawn * 2 > count and count > 2)


def _next_part(lines: list[str], position: int, depth: int) -> tuple[Part, int]:
    line = lines[position]
    if _is_quoted(lines, position):
        end = _end_of_quote(lines, position)
        if _is_session(lines, position, end):
            end = _end_of_session(lines, position)
            return Part("code", lines[position:end]), end
        return Part("quote", lines[position:end]), end
    if _WHOLE_COPY.match(line) or _starts_copied_header(lines, position):
        end = _end_of_copy(lines, position + 1)
        return Part("quote", lines[position:end], marked=False), end
    if _starts_signature(lines, position, depth):
        end = _end_of_words(lines, position + 1, in_signature=True)
        return Part("signature", lines[position:end]), end
    end = _end_of_words(lines, position + 1, in_signature=False, depth=depth)
    return Part("words", lines[position:end]), end


def _is_quoted(lines: list[str], position: int) -> bool:
    line = lines[position]
    if _STRICT_QUOTED.match(line):
        return True
    # "AB> words" or "| words" count only in company: alone they are too often something else.
    return bool(_QUOTED.match(line)) and any(
        0 <= near < len(lines) and lines[near][:4] == line[:4] for near in (position - 1, position + 1)
    )


def _end_of_quote(lines: list[str], position: int) -> int:
    """After the last quoted line; single empty lines, and the tail of a line broken in sending, do not end it."""
    end = position
    while end < len(lines):
        if _is_quoted(lines, end):
            end += 1
        elif not lines[end].strip() and end + 1 < len(lines) and _is_quoted(lines, end + 1):
            end += 2
        elif _is_broken_tail(lines, end):
            end += 1
        else:
            break
    return end


def _is_broken_tail(lines: list[str], position: int) -> bool:
    """A few words alone between two quoted lines, the first of them full: mail programs cut lines so."""
    return (
        0 < position < len(lines) - 1
        and 0 < len(lines[position].strip()) < 30
        and len(lines[position - 1]) > 60
        and bool(_STRICT_QUOTED.match(lines[position + 1]))
        and bool(_STRICT_QUOTED.match(lines[position - 1]))
    )


def _is_session(lines: list[str], position: int, end: int) -> bool:
    """Whether ``>`` is the prompt of a program here: what follows at once is its output or a continued command."""
    following = lines[end] if end < len(lines) else ""
    first = lines[position].lstrip()[1:]
    return bool(_SESSION_OUTPUT.match(following)) and not first.lstrip().startswith(">")


def _end_of_session(lines: list[str], position: int) -> int:
    """After the last prompt or output of a session at a prompt; an empty line ends it unless a prompt follows."""
    end = position
    while end < len(lines):
        if not lines[end].strip() and not (end + 1 < len(lines) and _PROMPT.match(lines[end + 1])):
            break
        end += 1
    return end


def _starts_copied_header(lines: list[str], position: int) -> bool:
    following = lines[position + 1 : position + 4]
    return (
        bool(_COPIED_HEADER.match(lines[position])) and sum(bool(_OTHER_HEADER.match(line)) for line in following) >= 2
    )


def _end_of_copy(lines: list[str], position: int) -> int:
    """A copy of a whole message below an answer goes to the end, or to the list's own footer."""
    for index in range(position, len(lines)):
        if _starts_footer(lines, index) and len(lines) - index < 12:
            return index
    return len(lines)


def _starts_signature(lines: list[str], position: int, depth: int) -> bool:
    line = lines[position]
    if _NOTE.match(line):
        return True
    if _SIGNATURE.match(line):
        return len(lines) - position <= 40 or bool(line == "-- ")
    return not depth and _starts_footer(lines, position)


def _starts_footer(lines: list[str], position: int) -> bool:
    if not _FOOTER_RULE.match(lines[position]):
        return False
    return any(_FOOTER_WORDS.search(line) for line in lines[position + 1 : position + 6])


def _end_of_words(lines: list[str], position: int, *, in_signature: bool, depth: int = 0) -> int:
    while position < len(lines):
        if _is_quoted(lines, position) or _WHOLE_COPY.match(lines[position]) or _starts_copied_header(lines, position):
            return position
        if not in_signature and _starts_signature(lines, position, depth):
            return position
        position += 1
    return position


def _take_attribution(words: Part) -> list[str]:
    """Takes "On Tuesday Ada Okafor wrote:" from the end of the words before a quote; empty when there is none."""
    lines = words.lines
    last = len(lines) - 1
    while last >= 0 and not lines[last].strip():
        last -= 1
    if last < 0 or not _ATTRIBUTION_END.search(lines[last]):
        return []
    first = last
    while first > 0 and last - first < 3 and not _ATTRIBUTION_START.match(lines[first]) and lines[first - 1].strip():
        first -= 1
    if first != last and not _ATTRIBUTION_START.match(lines[first]):
        first = last
    attribution = lines[first : last + 1]
    del lines[first:]
    return attribution
