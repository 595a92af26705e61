"""What is put into the index: something that can be found, in terms."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from forum.search.tags import HAS_DOCUMENT, account_tag, kind_tag, network_tag

MOST_PLACES = 255
LAST_PLACE = 16_000
"""PostgreSQL keeps so many places of one word in a text, and none beyond this one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be found, in terms. Of a thread `words` are those of its first post."""

    kind: str
    object_id: str
    version: int
    moment: datetime
    title: Sequence[str]
    words: Sequence[str]
    network_id: str | None = None
    thread_id: str | None = None
    post_id: str | None = None
    account_id: str | None = None
    heading: str = ""
    part: int = 0
    page: int = 0
    last_page: int = 0
    begins_at: int = 0
    """Of a part of what stands in a document: its number, and where it stands there."""
    has_document: bool = False
    """Whether it is a document, belongs to one or cites one."""

    @property
    def key(self) -> tuple[str, str, int]:
        """What no other row has."""
        return self.kind, self.object_id, self.part

    @property
    def is_long(self) -> bool:
        """Whether PostgreSQL would not keep every place of a word."""
        most = max(Counter(self.words).values(), default=0)
        return most > MOST_PLACES or len(self.words) + len(self.title) > LAST_PLACE - 2

    @property
    def tags(self) -> list[str]:
        """By which it is told apart inside the index."""
        tags = [kind_tag(self.kind)]
        if self.network_id is not None:
            tags.append(network_tag(self.network_id))
        if self.account_id is not None:
            tags.append(account_tag(self.account_id))
        if self.has_document:
            tags.append(HAS_DOCUMENT)
        return tags


def terms_of(entries: Collection[Entry]) -> set[str]:
    """Every term of a text in several parts."""
    return {term for entry in entries for term in (*entry.title, *entry.words)}
