"""Mentions: ``@Ada Okafor`` in running text, for the people who may read it and for nobody else.

The name stands as plain words, so that a post reads well in a mail, in a quote and as source. Which
names count is given by whoever calls; a name that is not among them stays text, so that a mention
never shows whether somebody outside exists.
"""

import re
import unicodedata
from collections.abc import Mapping
from html import escape

from markdown_it.token import Token

MAX_NAME_WORDS = 8
_START = re.compile(r"(?<![\w@.+/-])@(?=\w)")
_BOUNDARY = re.compile(r"(?<=\w)(?=\W|$)|(?<=[.)])(?=\s|$)")
_ACCOUNT_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_LONGEST_NAME = 120
MENTION = re.compile(r'<a class="mention" href="/people/([0-9a-f-]{36})"[^>]*>([^<]*)</a>')
"""One in a rendered post: whose account, and the words, with the @, as HTML."""


def mention_key(name: str) -> str:
    """A name as it is looked up: NFC, one space between words, case folded."""
    return " ".join(unicodedata.normalize("NFC", name).split()).casefold()


def locate_mentions(text: str, names: Mapping[str, str]) -> list[tuple[int, int, str]]:
    """Where names stand after an @ in plain text: (start, end, account id), the longest name first.

    `names` is keyed by `mention_key`.
    """
    if not names or "@" not in text:
        return []
    found = []
    reached = 0
    for match in _START.finditer(text):
        if match.start() < reached:
            continue
        hit = _longest_name(text, match.end(), names)
        if hit:
            reached = hit[0]
            found.append((match.start(), hit[0], hit[1]))
    return found


def mention_token(account_id: str, words: str) -> Token:
    """A mention as one token of finished HTML."""
    content = f'<a class="mention" href="/people/{account_id}">{escape(words, quote=False)}</a>'
    return Token("html_inline", "", 0, content=content, meta={"mention": account_id})


def _longest_name(text: str, start: int, names: Mapping[str, str]) -> tuple[int, str] | None:
    window = text[start : start + _LONGEST_NAME]
    ends = []
    for boundary in _BOUNDARY.finditer(window):
        if window[: boundary.start()].count(" ") >= MAX_NAME_WORDS:
            break
        ends.append(boundary.start())
    for end in reversed(ends):
        account_id = names.get(mention_key(window[:end]))
        if account_id is not None and _ACCOUNT_ID.fullmatch(account_id):
            return start + end, account_id
    return None
