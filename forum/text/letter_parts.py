"""The parts of a plain-text letter: own words, quotes of others, code, signatures and what a list adds.

Mail has no marks for these but habits, so each rule here is a habit: ``>`` before quoted lines,
``-- `` before a signature (RFC 3676, section 4.3), a line of underscores before a list's footer.
"""

import re
from dataclasses import dataclass, field
from typing import Literal

from forum.text.laid_out import LONG_LINE as _LONG_LINE
from forum.text.laid_out import are_prompts, is_prose, looks_laid_out

Kind = Literal["words", "quote", "signature", "notes", "code"]

# "R> " is a program's prompt, and bars that stand in rows are a table or a drawing.
_QUOTED = re.compile(r"^ {0,8}>|^ {0,8}(?!R> )[A-Za-z]{1,4}> |^ ?\| (?=[^\s|][^|]*$)")
_STRICT_QUOTED = re.compile(r"^ ?>")
# Set in by a few spaces and alone it is one too where a word follows; "  > plot(x)" is a prompt.
_SET_IN_QUOTED = re.compile(r"^ {2,4}> [^\W\d_]")
# GroupWise says so whose unmarked letter follows: ">>> Ada Okafor <ada@example.org> 03/05/2004 10:00 AM >>>".
_GROUPWISE_HEAD = re.compile(r"^ ?>>> [^>].{2,200}\d[:.]\d\d.{0,12}>>>\s*$")
_ATTRIBUTION_END = re.compile(
    r"(?:wrote|writes|said|says|schrieb|écrit|a écrit|escribió|ha scritto|scrisse|escreveu|schreef|skrev|έγραψε|"
    r"έγραψαν|написал\(?а?\)?|napsal\(?a?\)?|napísal|napisał\(?a?\)?|kirjoitti|írta|a scris|yazdı|"
    r"wrote the following)[^\w\n]{0,3}:\s*$|"
    # Whatever the language: a year and a time, or an address, and a colon.
    r"\b(?:19|20)\d\d\b.{0,40}\d:\d\d.{0,80}:\s*$|<\S+(?:@|\sat\s)\S+>\s*\S{0,20}\s?\S{0,20}:\s*$",
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
_CONTACT = re.compile(r"\w(?:@| at )\w+\.\w|https?://|www\.|\+\d|\b(?:tel|phone|fax|mobile|e-?mail)\b", re.IGNORECASE)
_SCRUBBED = re.compile(r"^(?:An?|The) .{3,60} was scrubbed\.\.\.$|^-{6,} next part -{6,}$")
_SCRUBBED_FIELD = re.compile(r"^(?:Name|Type|Size|Desc|Url|From|Subject|Date)\s*: ?", re.IGNORECASE)
_LONGEST_SIGNATURE = 40  # lines
_SHORT_SIGNATURE = 16
_LONGEST_ON_CARD = 75  # characters
_ATTACHED_NAME = re.compile(r"^Name\s*:\s*(?!not available)(\S.*)$", re.IGNORECASE)
_NOTE = re.compile(r"^\s*\[\[(?:alternative|elided)[^\]]*\]\]\s*$", re.IGNORECASE)
_PROMPT = re.compile(r"^ ?>\s?\S|^ ?>\s*$")
_SESSION_OUTPUT = re.compile(r"^\s*\[\d+(?:,\d*)?\]\s|^\+ |^(?:Error|Warning message|Call:|Residuals:|Coefficients:)")


@dataclass(slots=True)
class Part:
    """Lines that belong together. `marked` quotes carry a mark before each line; `introduction` says whose they are."""

    kind: Kind
    lines: list[str]
    introduction: list[str] = field(default_factory=list)
    marked: bool = True


def parts_of(lines: list[str]) -> list[Part]:
    """A letter's lines in order, as parts; no line is lost but empty ones between parts."""
    parts: list[Part] = []
    position = 0
    at_prompt = _is_written_at_prompt(lines)
    while position < len(lines):
        part, position = _next_part(lines, position, at_prompt)
        if part.kind == "quote" and part.marked and parts and parts[-1].kind in ("words", "signature"):
            part.introduction = _take_attribution(parts[-1])
        parts.append(part)
    return [part for part in parts if part.introduction or any(line.strip() for line in part.lines)]


def _next_part(lines: list[str], position: int, at_prompt: bool) -> tuple[Part, int]:
    line = lines[position]
    if _is_quoted(lines, position) and not _end_of_groupwise_head(lines, position):
        end = _end_of_quote(lines, position)
        if _is_session(lines, position, end):
            end = _end_of_session(lines, position)
            return Part("code", lines[position:end]), end
        if at_prompt and _STRICT_QUOTED.match(line):
            end = _end_of_prompts(lines, position)
            return Part("code", lines[position:end]), end
        return Part("quote", lines[position:end]), end
    body = _end_of_copied_head(lines, position)
    if body and not _has_words(lines, position):
        # A letter that is nothing but a copy was passed on, or is answered between its lines: there is no folding it.
        return Part("signature", lines[position:body]), body
    if body:
        end = _end_of_copy(lines, body)
        return Part("quote", lines[body:end], lines[position:body], marked=False), end
    if _SCRUBBED.match(line):
        end = _end_of_scrubbed(lines, position + 1)
        return Part("notes", lines[position:end]), end
    if _starts_signature(lines, position):
        end = _end_of_signature(lines, position)
        return Part("signature", lines[position:end]), end
    end = position + 1
    while end < len(lines) and not _begins_part(lines, end):
        end += 1
    return Part("words", lines[position:end]), end


def _begins_part(lines: list[str], position: int) -> bool:
    return (
        _is_quoted(lines, position)
        or bool(_end_of_copied_head(lines, position))
        or bool(_SCRUBBED.match(lines[position]))
        or _starts_signature(lines, position)
    )


def _has_words(lines: list[str], end: int) -> bool:
    return any(lines[index].strip() for index in range(end))


def _is_quoted(lines: list[str], position: int) -> bool:
    line = lines[position]
    if _STRICT_QUOTED.match(line) or (_SET_IN_QUOTED.match(line) and not looks_laid_out([line], after_code=True)):
        return True
    # "AB> words" or "| words" count only in company: alone they are too often something else.
    mark = _QUOTED.match(line)
    if mark is None:
        return False
    near = (*lines[max(0, position - 2) : position], *lines[position + 1 : position + 3])
    return mark.group() in {found.group() for found in map(_QUOTED.match, near) if found}


def _end_of_quote(lines: list[str], position: int) -> int:
    """After the last quoted line; single empty lines, and the tail of a line broken in sending, do not end it."""
    end = position
    while end < len(lines):
        if _end_of_groupwise_head(lines, end):
            break
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
    """A few words alone between two quoted lines, the first of them full: mail programs cut lines so.

    More than a few only where they go on in the middle of a sentence; after a question they may be its answer.
    """
    if not 0 < position < len(lines) - 1:
        return False
    before, tail, after = lines[position - 1].rstrip(), lines[position].strip(), lines[position + 1]
    if not tail or len(lines[position - 1]) <= 60 or not (_STRICT_QUOTED.match(before) and _STRICT_QUOTED.match(after)):
        return False
    if len(tail) < 30:
        return not before.endswith("?")
    return len(tail) < 75 and tail[0].islower() and before[-1] not in ".!?:"


def _is_session(lines: list[str], position: int, end: int) -> bool:
    """Whether ``>`` is the prompt of a program here: what follows at once is its output or a continued command."""
    following = lines[end] if end < len(lines) else ""
    first = lines[position].lstrip()[1:]
    return bool(_SESSION_OUTPUT.match(following)) and not first.lstrip().startswith(">")


def _is_written_at_prompt(lines: list[str]) -> bool:
    """Whether each ``>`` of a letter's own words is a program's prompt: all have commands behind them, and nothing else
    in it looks as if somebody were quoted. In doubt somebody is."""
    end = next((index for index, line in enumerate(lines) if index and _WHOLE_COPY.match(line)), len(lines))
    first = next((index for index in range(end) if _QUOTED.match(lines[index])), 0)
    marked = [line for line in lines[first:end] if _QUOTED.match(line)]
    if not _has_words(lines, first) or not all(map(_STRICT_QUOTED.match, marked)):
        return False
    introductions = (line for line in lines[:end] if len(line) < _LONG_LINE)
    return are_prompts([line.lstrip()[1:] for line in marked]) and not any(map(_ATTRIBUTION_END.search, introductions))


def _end_of_prompts(lines: list[str], position: int) -> int:
    """After the commands of a session, and what goes on from them or answers them without an empty line between."""
    end = position + 1
    while end < len(lines) and lines[end].strip() and not is_prose(lines[end]):
        end += 1
    return end


def _end_of_session(lines: list[str], position: int) -> int:
    """After the last prompt or output of a session at a prompt; an empty line ends it unless a prompt follows."""
    end = position
    while end < len(lines):
        if not lines[end].strip() and not (end + 1 < len(lines) and _PROMPT.match(lines[end + 1])):
            break
        end += 1
    return end


def _end_of_copied_head(lines: list[str], position: int) -> int:
    """Where a whole message copied below an answer begins, after the lines that introduce it; 0 when none does here."""
    line = lines[position]
    groupwise = _end_of_groupwise_head(lines, position)
    if groupwise:
        return groupwise
    following = lines[position + 1 : position + 4]
    copied_header = bool(_COPIED_HEADER.match(line)) and sum(bool(_OTHER_HEADER.match(each)) for each in following) > 1
    if _WHOLE_COPY.match(line) or copied_header:
        end = position + 1
        while end < len(lines) and not lines[end].strip():
            end += 1
        while end < len(lines) and lines[end].strip():
            end += 1
        return end
    # "On Tuesday Ada wrote:" with nothing marked after it, below somebody's own words.
    if not _ATTRIBUTION_START.match(line) or not _has_words(lines, position):
        return 0
    for end in range(position + 1, min(position + 4, len(lines))):
        if len(lines[end - 1]) < _LONG_LINE and _ATTRIBUTION_END.search(lines[end - 1]):
            after = next((index for index in range(end, min(end + 5, len(lines))) if lines[index].strip()), end)
            return 0 if after == len(lines) or _is_quoted(lines, after) else end
    return 0


def _end_of_groupwise_head(lines: list[str], position: int) -> int:
    """After GroupWise's line above a whole letter, below somebody's own words; 0 where marked lines follow it."""
    if not _GROUPWISE_HEAD.match(lines[position]) or not _has_words(lines, position):
        return 0
    following = lines[position + 1 : position + 40]
    return 0 if any(_STRICT_QUOTED.match(line) for line in following) else position + 1


def _end_of_copy(lines: list[str], position: int) -> int:
    """A copy of a whole message below an answer goes to the end, or to the list's own footer."""
    for index in range(position, len(lines)):
        if _starts_footer(lines, index) and len(lines) - index < 12:
            return index
    return len(lines)


def _end_of_scrubbed(lines: list[str], position: int) -> int:
    """After a note of an attachment that an archive took out, and its name, kind and address."""
    while position < len(lines) and (_SCRUBBED.match(lines[position]) or _SCRUBBED_FIELD.match(lines[position])):
        position += 1
    return position


def attachments(notes: Part) -> tuple[int, list[str]]:
    """How many attachments an archive's notes speak of, and the names of those that have one."""
    count = sum("was scrubbed" in line for line in notes.lines)
    return count, [name.group(1).strip() for name in map(_ATTACHED_NAME.match, notes.lines) if name]


def _starts_signature(lines: list[str], position: int) -> bool:
    line = lines[position]
    if _NOTE.match(line):
        return True
    if _SIGNATURE.match(line):
        is_short = len(lines) - position <= _LONGEST_SIGNATURE
        return line == "-- " or is_short or _ends_in_quote(lines, position) or _has_card_below(lines, position)
    return _starts_footer(lines, position) or _starts_card(lines, position)


def _starts_card(lines: list[str], position: int) -> bool:
    """Whether a ruled line stands above somebody's name and addresses, with nothing after them but quotes."""
    if not _FOOTER_RULE.match(lines[position]):
        return False
    end = position + 1
    while end < len(lines) and not _is_quoted(lines, end) and not _end_of_copied_head(lines, end):
        end += 1
        if end - position > _SHORT_SIGNATURE:
            return False
    card = lines[position + 1 : end]
    return all(len(line) < _LONGEST_ON_CARD for line in card) and any(_CONTACT.search(line) for line in card)


def _has_card_below(lines: list[str], position: int) -> bool:
    """Whether the block under a signature's mark is somebody's name and addresses, whatever comes after it."""
    for line in lines[position + 1 : position + _SHORT_SIGNATURE]:
        if not line.strip() or len(line) >= _LONGEST_ON_CARD:
            return False
        if _CONTACT.search(line):
            return True
    return False


def _ends_in_quote(lines: list[str], position: int) -> bool:
    """Whether only a few lines follow before a quote of others: a signature above what is answered."""
    for index in range(position + 1, min(position + _SHORT_SIGNATURE, len(lines))):
        if _is_quoted(lines, index) or _end_of_copied_head(lines, index) or _SCRUBBED.match(lines[index]):
            return True
    return False


def _end_of_signature(lines: list[str], position: int) -> int:
    """To the next quote or to the end; a very long one, which has a whole text after it, to its first empty line."""
    if _NOTE.match(lines[position]):
        return position + 1
    end = position + 1
    is_footer = not _SIGNATURE.match(lines[position])
    while end < len(lines) and not (_begins_part(lines, end) and not (is_footer and _NOTE.match(lines[end]))):
        end += 1
    if end - position <= _LONGEST_SIGNATURE:
        return end
    first = next((index for index in range(position + 2, end) if not lines[index].strip()), end)
    return min(first, position + _LONGEST_SIGNATURE)


def _starts_footer(lines: list[str], position: int) -> bool:
    if not _FOOTER_RULE.match(lines[position]):
        return False
    return any(_FOOTER_WORDS.search(line) for line in lines[position + 1 : position + 6])


def _take_attribution(words: Part) -> list[str]:
    """Takes "On Tuesday Ada Okafor wrote:" from the end of the words before a quote; empty when there is none."""
    lines = words.lines
    last = len(lines) - 1
    while last >= 0 and not lines[last].strip():
        last -= 1
    if last < 0 or len(lines[last]) > _LONG_LINE or not _ATTRIBUTION_END.search(lines[last]):
        return []
    first = last
    while first > 0 and last - first < 3 and not _ATTRIBUTION_START.match(lines[first]) and lines[first - 1].strip():
        first -= 1
    if first != last and not _ATTRIBUTION_START.match(lines[first]):
        first = last
    attribution = lines[first : last + 1]
    del lines[first:]
    return attribution
