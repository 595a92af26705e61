"""Names that Confer itself puts into what people write: above a quote, and where somebody is mentioned.

They go where a person takes their name along; what somebody typed in words of their own is theirs.
"""

import hashlib
import re
from collections.abc import Callable, Collection, Mapping
from html import unescape

from forum.text.excerpts import escape_markdown
from forum.text.mentions import MENTION, mention_key

# Nothing of them is given back: a thousand of them take no longer than they are long.
_MARKS = r"^((?:[ \t]{0,8}>)++[ \t]*+)"
# As `quote` begins one, also within a quote; and as its words look once they were selected in a page and quoted again.
_HEAD = re.compile(_MARKS + r"\*\*(?=\S)([^\n]{1,400}?)\*\* in post ([1-9][0-9]{0,6})(?=:)", re.MULTILINE)
_BARE_HEAD = re.compile(_MARKS + r"(?=[^\s*])([^\n]{1,400}?) in post ([1-9][0-9]{0,6})(?=:[ \t]*$)", re.MULTILINE)
_BACKSLASH = re.compile(r"\\(?=[!-/:-@\[-`{-~])")

IsCalled = Callable[[str, str], bool]
"""Whether the account of this id bore this name."""


def name_mark(account_id: str, name: str) -> str:
    """By this somebody's name is known again where it is not kept."""
    return hashlib.sha256(f"{account_id} {mention_key(name)}".encode()).hexdigest()


def quoted_numbers(body: str) -> set[int]:
    """The posts of its own thread that this Markdown quotes by name."""
    if " in post " not in body:
        return set()
    return {int(found[3]) for pattern in (_HEAD, _BARE_HEAD) for found in pattern.finditer(body)}


def mentioned_ids(html: str) -> set[str]:
    """Whom a rendered post mentions."""
    return {account_id for account_id, _ in MENTION.findall(html)}


def rename_quotes(body: str, authors: Mapping[int, str], new_name: str, is_called: IsCalled | None = None) -> str:
    """The Markdown with `new_name` above its quotes of these posts; `authors`: who wrote each, by its number.

    Where the words of such a line were selected and quoted again, only what is somebody's name is one.
    """
    name = escape_markdown(new_name)

    def named(found: re.Match[str]) -> str:
        return f"{found[1]}**{name}** in post {found[3]}" if int(found[3]) in authors else found[0]

    def bare(found: re.Match[str]) -> str:
        author = authors.get(int(found[3]))
        is_name = author is not None and is_called is not None and is_called(author, _BACKSLASH.sub("", found[2]))
        return f"{found[1]}{name} in post {found[3]}" if is_name else found[0]

    return _BARE_HEAD.sub(bare, _HEAD.sub(named, body)) if authors else body


def rename_mentions(body: str, html: str, account_ids: Collection[str], new_name: str) -> str:
    """The Markdown of this rendered post, with `new_name` after the @ wherever one of these is mentioned."""
    said: dict[str, str] = {}
    for account_id, words in MENTION.findall(html):
        said |= dict.fromkeys((unescape(words), escape_markdown(unescape(words))), account_id)
    if not any(account_id in account_ids for account_id in said.values()):
        return body
    # The longest first, as they are found: "@Ada Okafor" does not mention Ada.
    either = "|".join(re.escape(words) for words in sorted(said, key=len, reverse=True))
    mentions = re.compile(rf"(?<![\w@.+/-])(?:{either})(?!\w)")
    return mentions.sub(lambda found: f"@{new_name}" if said[found[0]] in account_ids else found[0], body)
