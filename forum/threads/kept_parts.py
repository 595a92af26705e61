"""What was rendered once and is kept in this process: posts, blocks of posts, whole pages for guests.

A part is kept under what it was made of, so that nothing is ever taken back: another version has another key.
The right to read is asked before any of it is looked up.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from markupsafe import Markup

from forum.records import Post
from forum.state import State

_KEPT = "threads.kept_parts"

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Shelf(Generic[Key, Value]):
    """Values within a bound of memory; what was not used for longest goes first."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.held_bytes = 0
        self._values: OrderedDict[Key, tuple[Value, int]] = OrderedDict()

    def find(self, key: Key) -> Value | None:
        """What is kept under this key."""
        found = self._values.get(key)
        if found is None:
            return None
        self._values.move_to_end(key)
        return found[0]

    def keep(self, key: Key, value: Value, size: int) -> None:
        """Keep a value of about `size` bytes, its key included; one that is too large for the shelf is not kept."""
        earlier = self._values.pop(key, None)
        if earlier is not None:
            self.held_bytes -= earlier[1]
        if size > self.most_bytes // 4:
            return
        self._values[key] = (value, size)
        self.held_bytes += size
        while self.held_bytes > self.most_bytes:
            _, (_, dropped) = self._values.popitem(last=False)
            self.held_bytes -= dropped


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody who wrote on a page, and how many of its posts."""

    id: str
    name: str
    count: int
    told_apart: str
    """Their organisation, or else their role, where somebody else of this name wrote on the page too."""


@dataclass(frozen=True, slots=True)
class PostsBlock:
    """The posts of one page, rendered: the same bytes for every reader."""

    fragments: tuple[str, ...]
    numbers: tuple[int, ...]
    written: tuple[datetime, ...]
    writers: tuple[Writer, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the posts of a page, rendered."""

    head: Markup
    beside: Markup
    foot: Markup


@dataclass(frozen=True, slots=True)
class ReadyPage:
    """A whole page for guests, as it is and compressed."""

    content: bytes
    compressed: bytes


BlockKey = tuple[str, int, int, int]
"""Thread, its version, the version of how people look, page."""
FrameKey = tuple[
    str, int, int, int, bool, str, str, str, bool, str, datetime | None, datetime | None, str, str | None, str | None
]
"""The same with whether the thread is kept from all but members, the network's name and address, what the reader may
do, whether anything is unread, what is offered, and whether the network is archived or about to be deleted;
how much they want to hear of it; and the document that it is about, with its title."""
ListKey = tuple[str, int, int, int, int]
"""The same with the number after which the list begins and how many posts it has."""
PageKey = tuple[str, str]
"""What the page shows, as a fingerprint, and its address."""


class KeptParts:
    """The shelves of one process."""

    def __init__(self) -> None:
        self.posts: Shelf[Post, str] = Shelf(500_000)
        self.blocks: Shelf[BlockKey, PostsBlock] = Shelf(600_000)
        self.frames: Shelf[FrameKey, Frame] = Shelf(250_000)
        self.lists: Shelf[ListKey, bytes] = Shelf(600_000)
        self.pages: Shelf[PageKey, ReadyPage] = Shelf(750_000)
        self.build = ""
        self.tools = Markup()

    async def close(self) -> None:
        """Nothing waits here for the end of the process."""


def kept_parts(state: State) -> KeptParts:
    """The shelves of this process."""
    kept = state.kept.get(_KEPT)
    if not isinstance(kept, KeptParts):
        kept = state.kept[_KEPT] = KeptParts()
    return kept
